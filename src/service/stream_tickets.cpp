#include "service/stream_tickets.hpp"

#include <algorithm>
#include <limits>

#include "crypto/random.hpp"
#include "json/object_reader.hpp"
#include "json/object_text.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

// Of no catalogue, so that the rights are read again.
constexpr std::int64_t no_revision = std::numeric_limits<std::int64_t>::max();

// What identifies the credential; the roles are those of a provider's token, which nothing here stores.
std::string caller_text(const identity::Principal& caller) {
  std::string out;
  json::ObjectText object(out);
  object.id("user_id", caller.user_id);
  object.key("username");
  json::append_string(out, caller.username);
  object.id("api_key_id", caller.api_key_id);
  object.id("session_id", caller.session_id);
  object.time("expires_at", caller.expires_at);
  object.key("roles");
  json::append_array(out, identity::role_names(caller.roles), json::append_string);
  object.key("team_roles");
  json::append_array(out, caller.team_roles, json::append_string);
  object.close();
  return out;
}

template <class IdType>
std::optional<IdType> optional_id(json::ObjectReader& reader, std::string_view name) {
  const auto text = reader.optional_string(name);
  return text ? parse_id<IdType>(*text) : std::nullopt;
}

Caller parse_caller(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) throw Fault(Fault::Kind::corrupt, "a stream ticket cannot be read");
  json::ObjectReader reader(*value);
  auto caller = std::make_shared<identity::Principal>();
  const auto user = parse_id<UserId>(reader.required_string("user_id"));
  caller->username = reader.required_string("username");
  caller->api_key_id = optional_id<ApiKeyId>(reader, "api_key_id");
  caller->session_id = optional_id<SessionId>(reader, "session_id");
  caller->expires_at = reader.optional_time("expires_at");
  for (const auto& name : reader.required_strings("roles")) {
    if (const auto role = identity::parse_role(name)) caller->roles.add(*role);
  }
  caller->team_roles = reader.required_strings("team_roles");
  if (!user || !reader.finish().empty()) throw Fault(Fault::Kind::corrupt, "a stream ticket cannot be read");
  caller->user_id = *user;
  caller->revision = no_revision;
  return caller;
}

}  // namespace

Task<StreamTicket> StreamTickets::issue(const Context& context) {
  StreamTicket ticket{.text = crypto::random_base62(ticket_length),
                      .expires_at = context.now + ticket_lifetime};
  store::StreamTicketRecord record{.hash = crypto::sha256(ticket.text),
                                   .caller = caller_text(*context.principal),
                                   .created_at = context.now,
                                   .expires_at = ticket.expires_at};
  co_await store_.put_ticket(std::move(record), context.deadline);
  co_return ticket;
}

Task<Result<Caller>> StreamTickets::authenticate(std::string_view ticket, TimePoint now, Deadline deadline) {
  if (!may_be_genuine(ticket)) co_return std::unexpected(credentials_invalid());
  const auto stored = co_await store_.take_ticket(crypto::sha256(ticket), now, deadline);
  if (!stored) co_return std::unexpected(credentials_invalid());
  const auto known = parse_caller(*stored);
  if (known->expires_at && *known->expires_at <= now) co_return std::unexpected(credentials_invalid());
  const auto revision = co_await sessions_.known_revision(deadline);
  const Context context{.principal = known, .deadline = deadline, .now = now, .request_id = {}};
  co_return co_await caller_at(context, revision, &identities_);
}

bool StreamTickets::may_be_genuine(std::string_view ticket) {
  const auto is_letter = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return ticket.size() == ticket_length && std::ranges::all_of(ticket, is_letter);
}

}  // namespace xzepr::service
