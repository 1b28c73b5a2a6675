#include "identity/oidc/token_endpoint.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "http/query.hpp"
#include "json/parse.hpp"

namespace xzepr::identity::oidc {
namespace {

constexpr std::size_t error_bytes_max = 100;

std::string member_text(const json::Value& value, std::string_view name) {
  const auto* object = value.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains(name);
  const auto* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string{} : std::string(json::view(*text));
}

bool equals_bearer(std::string_view type) {
  return type.size() == 6 && std::ranges::equal(type, std::string_view("bearer"), {}, [](char c) {
           return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
         });
}

}  // namespace

http::ClientRequest code_request(const Settings& settings, std::string endpoint, std::string_view code,
                                 std::string_view verifier) {
  http::ClientRequest request{
      .method = "POST",
      .url = std::move(endpoint),
      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}}};
  const auto id = http::percent_encode(settings.client_id);
  const auto secret = http::percent_encode(settings.client_secret);
  request.body =
      fmt::format("grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}",
                  http::percent_encode(code), http::percent_encode(settings.redirect_url), verifier);
  if (settings.proof == ClientProof::post)
    request.body += fmt::format("&client_id={}&client_secret={}", id, secret);
  else
    request.headers.emplace_back("Authorization", "Basic " + crypto::to_base64(id + ":" + secret));
  return request;
}

std::optional<std::pair<std::string, std::string>> parse_tokens(std::string_view body) {
  const auto value = json::parse(body);
  if (!value) return std::nullopt;
  auto id_token = member_text(*value, "id_token");
  if (id_token.empty() || !equals_bearer(member_text(*value, "token_type"))) return std::nullopt;
  return std::pair(std::move(id_token), member_text(*value, "access_token"));
}

std::string token_error(std::string_view body) {
  const auto value = json::parse(body);
  auto error = value ? member_text(*value, "error") : std::string{};
  const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  if (error.size() > error_bytes_max || !std::ranges::all_of(error, is_allowed)) error.clear();
  return error;
}

bool merge_userinfo(ForeignIdentity& identity, const json::Value& userinfo) {
  if (member_text(userinfo, "sub") != identity.subject) return false;
  auto& claims = identity.claims.as_object();
  for (const auto& [name, value] : userinfo.as_object()) {
    if (!claims.contains(name)) claims.emplace(name, value);
  }
  if (identity.preferred_username.empty())
    identity.preferred_username = member_text(userinfo, "preferred_username");
  if (identity.display_name.empty()) identity.display_name = member_text(userinfo, "name");
  return true;
}

}  // namespace xzepr::identity::oidc
