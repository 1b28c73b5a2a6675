#include "service/page.hpp"

#include <fmt/format.h>

#include "base/time_text.hpp"
#include "crypto/digest.hpp"
#include "json/object_reader.hpp"
#include "service/part_text.hpp"

namespace xzepr::service {
namespace {

constexpr std::size_t mac_bytes = 16;
constexpr std::size_t cursor_length_max = 512;

}  // namespace

std::string CursorCodec::mac_of(std::string_view query, std::string_view position) const {
  std::string signed_text;
  append_part(signed_text, query);
  signed_text += position;
  const auto mac = crypto::hmac_sha256(secret_, signed_text);
  return {reinterpret_cast<const char*>(mac.data()), mac_bytes};
}

std::string CursorCodec::encode(std::string_view query, std::string_view position) const {
  return crypto::to_base64url(std::string(position) + mac_of(query, position));
}

Result<std::string> CursorCodec::decode(std::string_view query, std::string_view cursor) const {
  std::string bytes;
  if (cursor.size() > cursor_length_max || !crypto::from_base64url(cursor, bytes)) return cursor_invalid();
  if (bytes.size() < mac_bytes) return cursor_invalid();
  std::string position = bytes.substr(0, bytes.size() - mac_bytes);
  const auto mac = std::string_view(bytes).substr(position.size());
  if (!crypto::equal_in_constant_time(mac, mac_of(query, position))) return cursor_invalid();
  return position;
}

std::unexpected<Error> cursor_invalid() {
  Error error{.kind = Errc::invalid,
              .code = "cursor_invalid",
              .detail = "the cursor does not belong to this list with these filters"};
  error.violations.push_back(
      {.pointer = "/after", .keyword = "cursor", .message = "must be the `next` of a page of the same list"});
  error.hint = "start again without `after`";
  error.field = "after";
  return std::unexpected(std::move(error));
}

QueryText::QueryText(std::string_view list, const UserId& user) {
  append_part(text_, list);
  append_part(text_, to_string(user));
}

QueryText& QueryText::add(std::string_view name, const std::optional<std::string>& value) {
  if (!value) return *this;
  append_part(text_, name);
  append_part(text_, *value);
  return *this;
}

QueryText& QueryText::add(std::string_view name, const std::optional<bool>& value) {
  if (!value) return *this;
  return add(name, std::optional<std::string>(*value ? "true" : "false"));
}

QueryText& QueryText::add(std::string_view name, const std::optional<TimePoint>& value) {
  if (!value) return *this;
  return add(name, std::optional<std::string>(to_string(*value)));
}

Result<std::optional<std::string>> position_of(const PageRequest& page, const CursorCodec& cursors,
                                               const QueryText& query) {
  if (page.limit < 1 || page.limit > limits::page_size_max) {
    std::vector<Violation> faults;
    faults.push_back({.pointer = "/limit",
                      .keyword = "range",
                      .message = fmt::format("must be 1 to {}", limits::page_size_max)});
    return std::unexpected(json::request_invalid(std::move(faults)));
  }
  if (!page.after) return std::optional<std::string>();
  auto position = cursors.decode(query.text(), *page.after);
  if (!position) return std::unexpected(std::move(position).error());
  return std::optional<std::string>(*std::move(position));
}

}  // namespace xzepr::service
