#include "http/client.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "http/curl_request.hpp"

namespace xzepr::http {
namespace {

// A page of a thousand of the largest events is the largest answer that can be.
constexpr std::size_t answer_bytes_max = limits::page_size_max * 2 * limits::body_bytes_max;

struct BodySink {
  CURL* handle;
  const ClientRequest& request;
  std::string& body;
  std::size_t bytes_max;
  bool is_stopped = false;  // by who asked
};

bool is_good(CURL* handle) {
  const int status = curl::status_of(handle);
  return status >= 200 && status < 300;
}

std::size_t on_body(const char* data, std::size_t size, std::size_t count, void* into) {
  auto& sink = *static_cast<BodySink*>(into);
  if (sink.request.on_body && is_good(sink.handle)) {
    sink.is_stopped = !sink.request.on_body({data, size * count});
    return sink.is_stopped ? 0 : size * count;
  }
  if (sink.body.size() + size * count > sink.bytes_max) return 0;
  sink.body.append(data, size * count);
  return size * count;
}

int on_progress(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& sink = *static_cast<BodySink*>(of);
  sink.is_stopped = sink.request.should_stop();
  return sink.is_stopped ? 1 : 0;
}

std::unexpected<Error> unreachable(const ClientRequest& request, CURLcode code, std::string_view detail) {
  const auto place = curl::place_of(request.url);
  std::string hint = fmt::format("is the server running at {}? set XZEPR_URL or --url to where it is", place);
  if (code == CURLE_OPERATION_TIMEDOUT)
    hint = fmt::format("try again, or look at the load of the server at {}", place);
  if (code == CURLE_PEER_FAILED_VERIFICATION) hint = fmt::format("check the certificate of {}", place);
  if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
    hint = "give an address such as http://127.0.0.1:8042";
  return std::unexpected(Error{.kind = Errc::unavailable,
                               .code = "server_unreachable",
                               .detail = fmt::format("no answer from {}: {}", place, detail),
                               .hint = std::move(hint)});
}

}  // namespace

struct Client::Impl {
  CURL* handle = nullptr;
  std::array<char, CURL_ERROR_SIZE> error{};

  void set_up(const ClientRequest& request, const curl::HeaderList& headers, ClientResponse& response,
              BodySink& sink);
};

std::string ClientResponse::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

Client::Client() : impl_(std::make_unique<Impl>()) {
  curl::initialise_once();
  impl_->handle = curl::new_handle();
}

Client::~Client() { curl_easy_cleanup(impl_->handle); }

void Client::Impl::set_up(const ClientRequest& request, const curl::HeaderList& headers,
                          ClientResponse& response, BodySink& sink) {
  curl::set_up(handle, request, headers, error.data());
  curl::set_timeout(handle, request.timeout);
  if (request.on_body) {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 0L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME,
                     static_cast<long>(std::chrono::ceil<std::chrono::seconds>(request.timeout).count()));
  }
  if (request.should_stop) {
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &sink);
  }
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, curl::on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &response);
}

Result<ClientResponse> Client::send(const ClientRequest& request) {
  const curl::HeaderList headers(request);
  ClientResponse response;
  BodySink sink{.handle = impl_->handle,
                .request = request,
                .body = response.body,
                .bytes_max = request.answer_bytes_max == 0 ? answer_bytes_max : request.answer_bytes_max};
  impl_->set_up(request, headers, response, sink);
  const auto code = curl_easy_perform(impl_->handle);
  if (code != CURLE_OK && !sink.is_stopped)
    return unreachable(request, code, curl::why(impl_->error.data(), code));
  response.status = curl::status_of(impl_->handle);
  return response;
}

}  // namespace xzepr::http
