#include "http/client.hpp"

#include <mutex>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/limits.hpp"
#include "http/grammar.hpp"

namespace xzepr::http {
namespace {

// A page of a thousand of the largest events is the largest answer that can be.
constexpr std::size_t answer_bytes_max = limits::page_size_max * 2 * limits::body_bytes_max;

void initialise_once() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

struct HeaderList {
  ~HeaderList() { curl_slist_free_all(first); }
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  void add(const std::string& line) { first = curl_slist_append(first, line.c_str()); }

  curl_slist* first = nullptr;
};

struct BodySink {
  CURL* handle;
  const ClientRequest& request;
  std::string& body;
  std::size_t bytes_max;
  bool is_stopped = false;  // by who asked
};

bool is_good(CURL* handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
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

std::string_view trim(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::size_t on_header(const char* data, std::size_t size, std::size_t count, void* into) {
  auto& headers = static_cast<ClientResponse*>(into)->headers;
  const std::string_view line(data, size * count);
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/")) {
    headers.clear();  // what came before belongs to an interim answer
  } else if (colon != std::string_view::npos) {
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(), grammar::to_lower);
    headers.emplace_back(std::move(name), trim(line.substr(colon + 1)));
  }
  return size * count;
}

// "https://host:8042/path" -> "host:8042"
std::string place_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto start = scheme == std::string::npos ? 0 : scheme + 3;
  return url.substr(start, url.find_first_of("/?#", start) - start);
}

std::unexpected<Error> unreachable(const ClientRequest& request, CURLcode code, std::string_view detail) {
  const auto place = place_of(request.url);
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

  void set_up(const ClientRequest& request, const HeaderList& headers, ClientResponse& response,
              BodySink& sink);
};

std::string ClientResponse::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

Client::Client() : impl_(std::make_unique<Impl>()) {
  initialise_once();
  impl_->handle = curl_easy_init();
  if (impl_->handle == nullptr) throw Fault(Fault::Kind::unavailable, "libcurl cannot start: no memory");
}

Client::~Client() { curl_easy_cleanup(impl_->handle); }

void Client::Impl::set_up(const ClientRequest& request, const HeaderList& headers, ClientResponse& response,
                          BodySink& sink) {
  curl_easy_reset(handle);  // keeps open connections
  error.fill('\0');
  const bool has_body = !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
                        request.method == "PATCH";
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!request.ca_file.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, request.ca_file.c_str());
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  if (request.on_body) {
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME,
                     static_cast<long>(std::chrono::ceil<std::chrono::seconds>(request.timeout).count()));
  } else {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  }
  if (request.should_stop) {
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &sink);
  }
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min<std::int64_t>(request.timeout.count(), 10'000)));
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error.data());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "xzepr/" XZEPR_VERSION);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.first);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &response);
  if (has_body) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.c_str());
  }
  if (request.method == "HEAD") curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

Result<ClientResponse> Client::send(const ClientRequest& request) {
  HeaderList headers;
  // curl would add these two on its own: the one is never right here, the other costs a round trip.
  headers.add("Content-Type:");
  headers.add("Expect:");
  for (const auto& [name, value] : request.headers)
    headers.add(value.empty() ? name + ";" : name + ": " + value);
  ClientResponse response;
  BodySink sink{.handle = impl_->handle,
                .request = request,
                .body = response.body,
                .bytes_max = request.answer_bytes_max == 0 ? answer_bytes_max : request.answer_bytes_max};
  impl_->set_up(request, headers, response, sink);
  const auto code = curl_easy_perform(impl_->handle);
  if (code != CURLE_OK && !sink.is_stopped) {
    return unreachable(request, code,
                       impl_->error[0] != '\0' ? impl_->error.data() : curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(impl_->handle, CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  return response;
}

}  // namespace xzepr::http
