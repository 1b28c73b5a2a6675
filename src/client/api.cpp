#include "client/api.hpp"

#include <memory>

#include <fmt/format.h>

#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::client {

namespace {

// An event's payload may be nested as deep as a request may be, and stands inside lists of objects here.
constexpr std::size_t answer_depth_max = 200;

std::string query_text(const http::QueryParameters& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    text += text.empty() ? '?' : '&';
    text += http::percent_encode(name) + "=" + http::percent_encode(value);
  }
  return text;
}

std::string joined(std::string_view base, std::string_view path) {
  while (base.ends_with('/')) base.remove_suffix(1);
  return fmt::format("{}{}", base, path);
}

http::ClientRequest request_of(const Call& call, const Server& server) {
  http::ClientRequest request{.method = call.method,
                              .url = joined(server.url, call.path) + query_text(call.query)};
  request.timeout = call.timeout;
  request.headers.emplace_back("Accept", call.accept);
  if (!call.last_event_id.empty()) request.headers.emplace_back("Last-Event-ID", call.last_event_id);
  request.on_body = call.on_body;
  request.should_stop = call.should_stop;
  request.headers.emplace_back("User-Agent", fmt::format("xzepr/{}", XZEPR_VERSION));
  if (!server.api_key.empty()) request.headers.emplace_back("X-API-Key", server.api_key);
  if (!call.idempotency_key.empty()) request.headers.emplace_back("Idempotency-Key", call.idempotency_key);
  request.body = call.body ? json::write(*call.body) : call.raw_body;
  if (call.body || !call.raw_body.empty()) request.headers.emplace_back("Content-Type", call.content_type);
  return request;
}

std::string where_of(const Call& call, const Server& server) {
  return fmt::format("{} {}", call.method, joined(server.url, call.path) + query_text(call.query));
}

Answer body_of(const http::ClientResponse& response) {
  if (response.body.empty()) return json::Value(nullptr);
  auto parsed = json::parse(response.body, {.depth_max = answer_depth_max});
  if (parsed) return *std::move(parsed);
  return std::unexpected(Failure{
      .status = response.status,
      .code = "answer_unreadable",
      .detail = fmt::format("the answer is not the JSON of an XZepr server: {}", parsed.error().detail),
      .hint = "check that the URL is that of an XZepr server"});
}

}  // namespace

Result<void> check_url(std::string_view url) {
  const auto bad = [url] {
    return std::unexpected(Error{.kind = Errc::invalid,
                                 .code = "url_invalid",
                                 .detail = fmt::format("\"{}\" is no URL of a server", url),
                                 .hint = "write http://HOST:PORT or https://HOST"});
  };
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return bad();
  }
  if (rest.empty() || rest.starts_with('/') || rest.find_first_of("?#@ \t\r\n\\\"") != rest.npos)
    return bad();
  return {};
}

Transport make_transport(std::string ca_file) {
  // A function must be copyable; the connection it keeps is not.
  auto client = std::make_shared<http::Client>();
  return [client, ca_file = std::move(ca_file)](const http::ClientRequest& request) {
    auto secured = request;
    secured.ca_file = ca_file;
    return client->send(secured);
  };
}

std::expected<http::ClientResponse, Failure> Api::send_raw(const Call& call) {
  auto response = transport_(request_of(call, server_));
  if (response) return *std::move(response);
  Failure failure = failure_of(std::move(response).error());
  failure.where = where_of(call, server_);
  return std::unexpected(std::move(failure));
}

Answer Api::send(const Call& call) {
  const auto response = send_raw(call);
  if (!response) return std::unexpected(response.error());
  Answer answer = response->status >= 200 && response->status < 300 ? body_of(*response)
                                                                    : std::unexpected(failure_of(*response));
  if (!answer) answer.error().where = where_of(call, server_);
  return answer;
}

Answer Api::get(std::string path, http::QueryParameters query) {
  const Call call{.path = std::move(path), .query = std::move(query)};
  return send(call);
}

std::string path_of(std::string_view noun) { return fmt::format("/api/v1/{}", noun); }

std::string path_of(std::string_view noun, std::string_view reference, std::string_view rest) {
  return fmt::format("/api/v1/{}/{}{}", noun, http::percent_encode(reference), rest);
}

std::string text_of(const json::Value& object, std::string_view name) {
  if (!object.is_object()) return {};
  const auto* member = object.get_object().if_contains(name);
  if (member == nullptr || !member->is_string()) return {};
  return std::string(json::view(member->get_string()));
}

}  // namespace xzepr::client
