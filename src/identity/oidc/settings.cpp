#include "identity/oidc/settings.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "domain/subject.hpp"

namespace xzepr::identity::oidc {
namespace {

constexpr std::string_view role_prefix = "role_map.";
constexpr std::string_view group_prefix = "group_map.";
constexpr std::string_view role_names = "admin, event_manager, event_viewer or user";

bool is_url_character(char c) {
  return c > 0x20 && c < 0x7F && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
}

// Takes keys out of a copy; what is left at the end is unknown.
class KeyReader {
 public:
  explicit KeyReader(const std::map<std::string, std::string>& keys) : keys_(keys) {}

  std::string take(const std::string& name, std::string_view standard = "") {
    const auto node = keys_.extract(name);
    return node.empty() ? std::string(standard) : node.mapped();
  }
  std::string require(const std::string& name, std::string_view advice) {
    auto text = take(name);
    if (text.empty()) add("{} is missing: {}", name, advice);
    return text;
  }
  // What stands beneath a prefix, without it.
  std::map<std::string, std::string, std::less<>> take_map(std::string_view prefix) {
    std::map<std::string, std::string, std::less<>> found;
    for (auto at = keys_.begin(); at != keys_.end();) {
      if (!at->first.starts_with(prefix)) {
        ++at;
        continue;
      }
      found.emplace(at->first.substr(prefix.size()), at->second);
      at = keys_.erase(at);
    }
    return found;
  }
  template <class... Parts>
  void add(fmt::format_string<Parts...> text, Parts&&... parts) {
    problems_.push_back(fmt::format(text, std::forward<Parts>(parts)...));
  }
  std::vector<std::string> finish() {
    for (const auto& [name, value] : keys_) add("{} is unknown", name);
    return std::move(problems_);
  }

 private:
  std::map<std::string, std::string> keys_;
  std::vector<std::string> problems_;
};

std::string read_scopes(KeyReader& reader) {
  std::string scopes = reader.take("scopes", "openid,profile,email");
  std::ranges::replace(scopes, ',', ' ');
  const std::string padded = " " + scopes + " ";
  if (padded.find(" openid ") == std::string::npos)
    reader.add("scopes lacks openid: without it there is no ID token");
  return scopes;
}

ClientProof read_proof(KeyReader& reader) {
  const auto text = reader.take("client_authentication", "client_secret_basic");
  if (text == "client_secret_post") return ClientProof::post;
  if (text != "client_secret_basic")
    reader.add("client_authentication is {}: write client_secret_basic or client_secret_post", text);
  return ClientProof::basic;
}

bool read_switch(KeyReader& reader, const std::string& name) {
  const auto text = reader.take(name, "false");
  if (text != "true" && text != "false") reader.add("{} is {}: write true or false", name, text);
  return text == "true";
}

std::optional<Role> read_role(KeyReader& reader, std::string_view key, std::string_view name) {
  const auto role = parse_role(name);
  if (!role) reader.add("{} is {}: write {}", key, name, role_names);
  return role;
}

RightsRule read_rights(KeyReader& reader) {
  RightsRule rule{.roles_claim = reader.take("roles_claim"),
                  .role_map = {},
                  .default_role = std::nullopt,
                  .groups_claim = reader.take("groups_claim"),
                  .group_map = reader.take_map(group_prefix)};
  for (const auto& [value, name] : reader.take_map(role_prefix)) {
    if (const auto role = read_role(reader, fmt::format("role_map.{}", value), name))
      rule.role_map.emplace(value, *role);
  }
  if (const auto name = reader.take("default_role"); !name.empty())
    rule.default_role = read_role(reader, "default_role", name);
  for (const auto& [value, name] : rule.group_map) {
    if (!domain::parse_subject("role:" + name) || parse_role(name))
      reader.add("group_map.{} is {}: write 1 to 100 of A-Z a-z 0-9 _ . -, and no role of this server", value,
                 name);
  }
  if (!rule.role_map.empty() && rule.roles_claim.empty())
    reader.add(
        "roles_claim is missing: role_map needs the claim that it is about, for example realm_access.roles");
  return rule;
}

void check_urls(KeyReader& reader, const Settings& settings) {
  const std::array<std::pair<std::string_view, std::string_view>, 2> urls = {
      {{"issuer_url", settings.issuer}, {"redirect_url", settings.redirect_url}}};
  for (const auto& [name, url] : urls) {
    if (!url.empty() && !is_trustworthy_url(url))
      reader.add("{} is {}: write an https URL; http is for loopback addresses only", name, url);
    if (url.find_first_of("?#") != std::string_view::npos)
      reader.add("{} may have no query and no fragment", name);
  }
}

}  // namespace

bool is_trustworthy_url(std::string_view url) {
  if (url.size() > 2'048 || !std::ranges::all_of(url, is_url_character)) return false;
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return false;
  const auto scheme = url.substr(0, scheme_end);
  const auto rest = url.substr(scheme_end + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.find('@') != std::string_view::npos) return false;
  if (scheme == "https") return true;
  if (scheme != "http") return false;
  const auto host = authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1)
                                               : authority.substr(0, authority.find(':'));
  return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

std::expected<Settings, std::vector<std::string>> read_settings(
    const std::map<std::string, std::string>& keys) {
  KeyReader reader(keys);
  Settings settings{
      .issuer = reader.require("issuer_url",
                               "write the provider's issuer, for example "
                               "https://login.example.com/realms/main"),
      .client_id = reader.require("client_id", "write the id that the provider gave this server"),
      .client_secret = reader.require("client_secret", "write ${XZEPR__OIDC__CLIENT_SECRET} and set it"),
      .redirect_url = reader.require("redirect_url", "write https://THIS-SERVER/api/v1/auth/oidc/callback"),
      .scopes = read_scopes(reader),
      .proof = read_proof(reader),
      .ca_file = reader.take("ca_file"),
      .asks_userinfo = read_switch(reader, "userinfo"),
      .bearer_audience = reader.take("bearer_audience"),
      .rights = read_rights(reader)};
  check_urls(reader, settings);
  if (auto problems = reader.finish(); !problems.empty()) return std::unexpected(std::move(problems));
  return settings;
}

}  // namespace xzepr::identity::oidc
