#include "store/sqlite/rows.hpp"

#include <cstring>

#include <fmt/format.h>

namespace xzepr::store::sqlite {
namespace {

template <class Enum>
Enum enumerator(std::int64_t value, Enum last) {
  if (value < 1 || value > static_cast<std::int64_t>(last))
    throw Fault(Fault::Kind::corrupt, fmt::format("SQLite: {} is no known value", value));
  return static_cast<Enum>(value);
}

std::vector<EventId> read_ids(std::string_view bytes) {
  std::vector<EventId> ids(bytes.size() / sizeof(Ulid));
  for (std::size_t i = 0; i < ids.size(); ++i)
    std::memcpy(ids[i].value.bytes.data(), bytes.data() + i * sizeof(Ulid), sizeof(Ulid));
  return ids;
}

}  // namespace

domain::Event read_event(const Rows& rows, int first) {
  domain::Event event;
  event.id = rows.id<EventId>(first);
  event.artifact_id = rows.artifact_id(first + 1);
  event.artifact = {.name = rows.text(first + 2),
                    .version = rows.text(first + 3),
                    .release = rows.text(first + 4),
                    .platform_id = rows.text(first + 5),
                    .package = rows.text(first + 6)};
  event.description = rows.text(first + 7);
  event.payload = rows.text(first + 8);
  event.success = rows.boolean(first + 9);
  event.event_start = rows.time(first + 10);
  event.event_end = rows.time(first + 11);
  event.receiver_id = rows.id<ReceiverId>(first + 12);
  event.receiver_version = rows.integer(first + 13);
  event.created_at = rows.time(first + 14);
  event.created_by = rows.id<UserId>(first + 15);
  return event;
}

ArtifactListing read_artifact(const Rows& rows, int first) {
  return {.id = rows.artifact_id(first),
          .artifact = {.name = rows.text(first + 1),
                       .version = rows.text(first + 2),
                       .release = rows.text(first + 3),
                       .platform_id = rows.text(first + 4),
                       .package = rows.text(first + 5)},
          .first_seen_at = rows.time(first + 6)};
}

domain::GateRow read_gate(const Rows& rows, int first) {
  return {.group_id = rows.id<GroupId>(first),
          .artifact_id = rows.artifact_id(first + 1),
          .state = enumerator(rows.integer(first + 2), domain::GateState::open),
          .group_revision = rows.integer(first + 3),
          .since = rows.time(first + 4),
          .first_opened_at = rows.optional_time(first + 5)};
}

domain::OutcomeRow read_outcome(const Rows& rows, const domain::ArtifactId& artifact) {
  return {.artifact_id = artifact,
          .receiver_id = rows.id<ReceiverId>(0),
          .passed = rows.boolean(1),
          .event_id = rows.id<EventId>(2),
          .position = rows.integer(3),
          .at = rows.time(4)};
}

domain::JournalRow read_journal_row(const Rows& rows) {
  return {.position = rows.integer(0),
          .id = rows.ulid(1),
          .kind = enumerator(rows.integer(2), domain::JournalKind::group_deleted),
          .cause = enumerator(rows.integer(3), domain::JournalCause::request),
          .event_id = rows.optional_id<EventId>(4),
          .receiver_id = rows.optional_id<ReceiverId>(5),
          .receiver_version = rows.integer(6),
          .group_id = rows.optional_id<GroupId>(7),
          .group_version = rows.integer(8),
          .satisfying = read_ids(rows.bytes(9)),
          .at = rows.time(10)};
}

identity::User read_user(const Rows& rows, int first) {
  identity::User user;
  user.id = rows.id<UserId>(first);
  user.username = rows.text(first + 1);
  user.email = rows.text(first + 2);
  user.display_name = rows.text(first + 3);
  user.enabled = rows.boolean(first + 4);
  user.created_at = rows.time(first + 5);
  return user;
}

identity::ApiKey read_api_key(const Rows& rows, int first) {
  identity::ApiKey key;
  key.id = rows.id<ApiKeyId>(first);
  key.user_id = rows.id<UserId>(first + 1);
  key.name = rows.text(first + 2);
  key.prefix = rows.text(first + 3);
  key.hash = rows.bytes32(first + 4);
  key.roles = parse_roles(rows.bytes(first + 5));
  if (!rows.is_null(first + 6)) key.rpm = static_cast<std::uint32_t>(rows.integer(first + 6));
  key.default_receiver = rows.optional_id<ReceiverId>(first + 7);
  key.created_at = rows.time(first + 8);
  key.expires_at = rows.optional_time(first + 9);
  key.revoked_at = rows.optional_time(first + 10);
  key.last_used_at = rows.optional_time(first + 11);
  return key;
}

std::string roles_text(identity::RoleSet roles) {
  std::string text;
  for (const auto name : identity::role_names(roles)) text.append(text.empty() ? "" : ",").append(name);
  return text;
}

void add_role(identity::RoleSet& roles, std::string_view name) {
  const auto role = identity::parse_role(name);
  if (!role) throw Fault(Fault::Kind::corrupt, fmt::format("SQLite: no role is named {}", name));
  roles.add(*role);
}

identity::RoleSet parse_roles(std::string_view text) {
  identity::RoleSet roles;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    add_role(roles, text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return roles;
}

}  // namespace xzepr::store::sqlite
