#include "identity/oidc/login_attempt.hpp"

#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "crypto/secret_box.hpp"
#include "json/object_reader.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::identity::oidc {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t sealed_bytes_max = 4'000;
constexpr std::string_view attempt_context = "xzepr oidc login 1";

std::string random_text() { return crypto::to_base64url(crypto::random_bytes(secret_bytes)); }

std::optional<LoginAttempt> read_attempt(const json::Value& value) {
  json::ObjectReader reader(value);
  LoginAttempt attempt{.state = std::string(reader.required_string("state")),
                       .nonce = std::string(reader.required_string("nonce")),
                       .verifier = std::string(reader.required_string("verifier")),
                       .return_path = std::string(reader.required_string("return_path")),
                       .issuer = std::string(reader.required_string("issuer")),
                       .expires_at = {}};
  const auto expires = reader.optional_int("expires");
  if (!expires || !reader.finish().empty()) return std::nullopt;
  attempt.expires_at = TimePoint(std::chrono::microseconds{*expires});
  return attempt;
}

}  // namespace

LoginAttempt begin_attempt(std::string issuer, std::string return_path, TimePoint now) {
  return LoginAttempt{.state = random_text(),
                      .nonce = random_text(),
                      .verifier = random_text(),
                      .return_path = std::move(return_path),
                      .issuer = std::move(issuer),
                      .expires_at = now + login_time};
}

std::string challenge_of(std::string_view verifier) {
  const auto digest = crypto::sha256(verifier);
  return crypto::to_base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string seal_attempt(std::string_view key, const LoginAttempt& attempt) {
  const json::Object object{
      {"state", attempt.state},       {"nonce", attempt.nonce},
      {"verifier", attempt.verifier}, {"return_path", attempt.return_path},
      {"issuer", attempt.issuer},     {"expires", attempt.expires_at.time_since_epoch().count()}};
  return crypto::to_base64url(crypto::seal(key, attempt_context, json::write(object)));
}

std::optional<LoginAttempt> open_attempt(std::string_view key, std::string_view sealed, TimePoint now) {
  std::string bytes;
  if (sealed.size() > sealed_bytes_max || !crypto::from_base64url(sealed, bytes)) return std::nullopt;
  const auto text = crypto::unseal(key, attempt_context, bytes);
  if (!text) return std::nullopt;
  const auto value = json::parse(*text);
  if (!value) return std::nullopt;
  auto attempt = read_attempt(*value);
  if (!attempt || attempt->expires_at <= now) return std::nullopt;
  return attempt;
}

}  // namespace xzepr::identity::oidc
