// For tests: a provider that is played, with all that can be wrong with one, and a loop for one task.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include "http/query.hpp"
#include "identity/oidc/fetch.hpp"
#include "identity/oidc/refusal.hpp"
#include "identity/oidc/world_test.hpp"
#include "json/value.hpp"
#include "json/write.hpp"

namespace xzepr::identity::oidc {

/// Runs a task to its end, here.
template <class T>
T run(Task<T> task) {
  asio::io_context loop{1};
  std::optional<T> result;
  std::exception_ptr escaped;
  asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, T value) {
    escaped = error;
    result.emplace(std::move(value));
  });
  loop.run();
  if (escaped) std::rethrow_exception(escaped);
  return *std::move(result);
}

class PlayedProvider final : public Fetcher {
 public:
  explicit PlayedProvider(std::string issuer = "https://idp.example")
      : discovery{{"issuer", issuer},
                  {"authorization_endpoint", issuer + "/auth"},
                  {"token_endpoint", issuer + "/token"},
                  {"jwks_uri", issuer + "/jwks"},
                  {"userinfo_endpoint", issuer + "/userinfo"},
                  {"authorization_response_iss_parameter_supported", true}},
        claims{{"iss", issuer},
               {"sub", "u-1"},
               {"aud", "xzepr"},
               {"iat", seconds_of(world_now)},
               {"exp", seconds_of(world_now) + 3'600}} {}

  Task<Result<http::ClientResponse>> fetch(http::ClientRequest request) override {
    co_return answer(request);
  }

  /// A new key under this name; only it is shown and signs from now on.
  void rotate(std::string name) {
    kid = std::move(name);
    signer = crypto::TestSigner(static_cast<char>('a' + ++rotations_));
    header = R"({"alg":"EdDSA","kid":")" + kid + R"("})";
  }
  [[nodiscard]] std::string access_token(std::string_view audience) const {
    auto said = claims;
    said["aud"] = audience;
    return token_of(signer, R"({"alg":"EdDSA","kid":"one","typ":"at+jwt"})", json::write(said));
  }

  json::Object discovery;
  json::Object claims;  ///< null members are left out
  json::Object userinfo;
  std::optional<std::string> nonce;
  std::string challenge;
  std::string header = R"({"alg":"EdDSA","kid":"one"})";
  std::string kid = "one";
  crypto::TestSigner signer;
  std::optional<crypto::TestSigner> shows_keys_of;
  std::string cache_control;
  int token_status = 200;
  bool is_away = false;

  int discovery_calls = 0;
  int keys_calls = 0;
  int token_calls = 0;
  std::map<std::string, std::string> form;  ///< of the last call of the token endpoint
  std::string authorization;                ///< header of the last call

 private:
  Result<http::ClientResponse> answer(const http::ClientRequest& request) {
    authorization.clear();
    for (const auto& [name, value] : request.headers) {
      if (name == "Authorization") authorization = value;
    }
    const bool is_discovery = request.url.ends_with("/.well-known/openid-configuration");
    discovery_calls += is_discovery ? 1 : 0;
    if (is_away) return provider_unavailable("away");
    if (is_discovery) return json_answer(json::write(discovery));
    if (request.url.ends_with("/jwks")) return show_keys();
    if (request.url.ends_with("/token")) return show_tokens(request);
    return json_answer(json::write(userinfo));
  }
  static http::ClientResponse json_answer(std::string body, int status = 200) {
    return {.status = status, .body = std::move(body)};
  }
  http::ClientResponse show_keys() {
    ++keys_calls;
    auto shown = json_answer(key_set(shows_keys_of.value_or(signer), kid));
    shown.headers.emplace_back("cache-control", cache_control);
    return shown;
  }
  http::ClientResponse show_tokens(const http::ClientRequest& request) {
    ++token_calls;
    form.clear();
    const auto fields = http::parse_query(request.body);
    for (const auto& [name, value] : *fields) form[name] = value;
    if (token_status != 200) return json_answer(R"({"error":"invalid_grant"})", token_status);
    json::Object said;
    for (const auto& [name, value] : claims) {
      if (!value.is_null()) said.emplace(name, value);
    }
    if (nonce) said["nonce"] = *nonce;
    const json::Object tokens{{"token_type", "bearer"},
                              {"access_token", "at-1"},
                              {"id_token", token_of(signer, header, json::write(said))}};
    return json_answer(json::write(tokens));
  }

  int rotations_ = 0;
};

}  // namespace xzepr::identity::oidc
