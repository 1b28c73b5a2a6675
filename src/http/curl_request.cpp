#include "http/curl_request.hpp"

#include <algorithm>
#include <mutex>

#include "base/grammar.hpp"

namespace xzepr::http::curl {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace

void initialise_once() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

CURL* new_handle() {
  CURL* const handle = curl_easy_init();
  if (handle == nullptr) throw Fault(Fault::Kind::unavailable, "libcurl cannot start: no memory");
  return handle;
}

HeaderList::HeaderList(const ClientRequest& request) {
  // curl would add these two on its own: the one is never right here, the other costs a round trip.
  add("Content-Type:");
  add("Expect:");
  for (const auto& [name, value] : request.headers) add(value.empty() ? name + ";" : name + ": " + value);
}

void set_up(CURL* handle, const ClientRequest& request, const HeaderList& headers, char* error) {
  curl_easy_reset(handle);
  *error = '\0';
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
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "xzepr/" XZEPR_VERSION);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.first());
  if (has_body) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.c_str());
  }
  if (request.method == "HEAD") curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_timeout(CURL* handle, std::chrono::milliseconds timeout) {
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min<std::int64_t>(timeout.count(), 10'000)));
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

int status_of(CURL* handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

std::string place_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto start = scheme == std::string::npos ? 0 : scheme + 3;
  return url.substr(start, url.find_first_of("/?#", start) - start);
}

std::string_view why(const char* error, CURLcode code) {
  return *error != '\0' ? error : curl_easy_strerror(code);
}

}  // namespace xzepr::http::curl
