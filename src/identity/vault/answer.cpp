#include "identity/vault/answer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/time_text.hpp"
#include "json/parse.hpp"

namespace xzepr::identity::vault {
namespace {

constexpr std::size_t words_max = 200;  // of Vault's own, in a line of ours
constexpr std::chrono::seconds lease_max = std::chrono::hours{24 * 366 * 10};

std::unexpected<std::string> is_no_answer(std::string_view why) {
  return std::unexpected(fmt::format("the answer is none of Vault's: {}", why));
}

const json::Object* object_in(const json::Object& object, std::string_view name) {
  const auto* found = object.if_contains(name);
  return found == nullptr ? nullptr : found->if_object();
}

std::string_view advice_for(int status) {
  switch (status) {
    case 400: return "the request was refused";
    case 403: return "the token may not do this: look at its policy, its life, and vault.namespace";
    case 404: return "there is no such secret: look at vault.mount and the path, which is without data/";
    case 429: return "Vault's own rate limit is over: try again later";
    case 503: return "Vault is sealed or in maintenance: unseal it";
    default: break;
  }
  if (status >= 300 && status < 400)
    return "redirects are not followed: name the active node or a load balancer in vault.address";
  return status >= 500 ? "Vault failed: look at its log" : "is vault.address the address of Vault?";
}

// The words in {"errors": [...]}, printable ones only.
std::string words_of(std::string_view body) {
  const auto value = json::parse(body);
  const auto* object = value ? value->if_object() : nullptr;
  const auto* errors = object == nullptr ? nullptr : object->if_contains("errors");
  if (errors == nullptr || !errors->is_array()) return {};
  std::string words;
  for (const auto& error : errors->get_array()) {
    if (!error.is_string()) continue;
    if (!words.empty()) words += "; ";
    for (const char c : json::view(error.get_string())) words += c >= 0x20 && c < 0x7F ? c : ' ';
    if (words.size() > words_max) break;
  }
  words.resize(std::min(words.size(), words_max));
  return words;
}

std::int64_t version_in(const json::Object& metadata) {
  const auto* version = metadata.if_contains("version");
  return version != nullptr && version->is_int64() ? std::max<std::int64_t>(version->get_int64(), 0) : 0;
}

TimePoint creation_in(const json::Object& metadata) {
  const auto* time = metadata.if_contains("created_time");
  const auto* text = time == nullptr ? nullptr : time->if_string();
  return text == nullptr ? TimePoint{} : parse_time(json::view(*text)).value_or(TimePoint{});
}

}  // namespace

std::expected<Secret, std::string> read_secret(std::string_view body, std::string_view field) {
  const auto value = json::parse(body);
  if (!value) return is_no_answer("no JSON");
  const auto* outer = value->if_object();
  const auto* data = outer == nullptr ? nullptr : object_in(*outer, "data");
  const auto* metadata = data == nullptr ? nullptr : object_in(*data, "metadata");
  // The first version of the engine has the fields right here.
  if (metadata == nullptr) return is_no_answer("no data with metadata; is the secrets engine of version 2?");
  const auto* fields = object_in(*data, "data");
  if (fields == nullptr) return std::unexpected("this version of the secret was deleted: write it anew");
  const auto* found = fields->if_contains(field);
  if (found == nullptr) return std::unexpected(fmt::format("the secret has no field {}", field));
  const auto* text = found->if_string();
  if (text == nullptr || text->empty() || text->size() > secret_bytes_max)
    return std::unexpected(fmt::format("the field {} is no text of 1 to {} bytes", field, secret_bytes_max));
  return Secret{.text = std::string(json::view(*text)),
                .version = version_in(*metadata),
                .created_at = creation_in(*metadata)};
}

std::expected<Lease, std::string> read_lease(std::string_view body) {
  const auto value = json::parse(body);
  if (!value) return is_no_answer("no JSON");
  const auto* outer = value->if_object();
  const auto* auth = outer == nullptr ? nullptr : object_in(*outer, "auth");
  const auto* duration = auth == nullptr ? nullptr : auth->if_contains("lease_duration");
  const auto* renewable = auth == nullptr ? nullptr : auth->if_contains("renewable");
  if (duration == nullptr || !duration->is_int64() || renewable == nullptr || !renewable->is_bool())
    return is_no_answer("no auth with lease_duration and renewable");
  const std::chrono::seconds seconds(duration->get_int64());
  if (seconds.count() < 0 || seconds > lease_max) return is_no_answer("a lease_duration that cannot be");
  return Lease{.duration = seconds, .is_renewable = renewable->get_bool()};
}

std::string explain_refusal(int status, std::string_view body) {
  const auto words = words_of(body);
  if (words.empty()) return fmt::format("Vault answers {}: {}", status, advice_for(status));
  return fmt::format("Vault answers {} ({}): {}", status, words, advice_for(status));
}

}  // namespace xzepr::identity::vault
