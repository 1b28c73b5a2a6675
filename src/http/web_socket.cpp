#include "http/web_socket.hpp"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

#include "base/grammar.hpp"

namespace xzepr::http {
namespace {

constexpr std::string_view version = "13";
constexpr std::size_t key_length = 24;  // 16 bytes in Base64

bool has_element(std::string_view list, std::string_view wanted, bool ignores_case) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    const auto element = grammar::without_ows(list.substr(0, comma));
    if (ignores_case ? grammar::equal_ignoring_case(element, wanted) : element == wanted) return true;
    list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
  }
  return false;
}

bool is_base64_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

bool is_key(std::string_view text) {
  return text.size() == key_length && text.ends_with("==") &&
         std::ranges::all_of(text.substr(0, key_length - 2), is_base64_character);
}

// Section 4.2.2, 5.4.
std::string accept_key(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, 4 * (EVP_MAX_MD_SIZE / 3 + 1) + 1> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)};
}

Response refused(int status) { return {.status = status, .content_type = ""}; }

}  // namespace

bool wants_web_socket(const Request& request) {
  return has_element(request.header("Upgrade"), "websocket", true);
}

Response accept_web_socket(const Request& request, std::shared_ptr<WebSocketSession> session,
                           std::span<const std::string_view> protocols) {
  const auto key = request.header("Sec-WebSocket-Key");
  const bool is_asked = request.method == Method::get && wants_web_socket(request) &&
                        has_element(request.header("Connection"), "upgrade", true) && is_key(key);
  if (!is_asked) return refused(400);
  if (request.header("Sec-WebSocket-Version") != version) {
    auto response = refused(426);
    response.set("Sec-WebSocket-Version", std::string(version));
    return response;
  }
  Response response{.status = 101, .content_type = ""};
  response.set("Upgrade", "websocket");
  response.set("Connection", "Upgrade");
  response.set("Sec-WebSocket-Accept", accept_key(key));
  const auto offered = request.header("Sec-WebSocket-Protocol");
  const auto chosen =
      std::ranges::find_if(protocols, [&](std::string_view one) { return has_element(offered, one, false); });
  if (chosen != protocols.end()) response.set("Sec-WebSocket-Protocol", std::string(*chosen));
  response.web_socket = std::move(session);
  return response;
}

}  // namespace xzepr::http
