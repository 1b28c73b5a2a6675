// What the blocking client and the asynchronous sender have in common: a request as libcurl wants it. Inside
// of this module only; a handle and what is set on it belong to one thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "http/client.hpp"

namespace xzepr::http::curl {

void initialise_once();

/// A new handle; Fault::Kind::unavailable without memory.
[[nodiscard]] CURL* new_handle();

class HeaderList {
 public:
  explicit HeaderList(const ClientRequest& request);
  ~HeaderList() { curl_slist_free_all(first_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  [[nodiscard]] curl_slist* first() const { return first_; }

 private:
  void add(const std::string& line) { first_ = curl_slist_append(first_, line.c_str()); }

  curl_slist* first_ = nullptr;
};

/// Forgets what was set before, but not the open connections. All three must live until the answer is there.
/// No redirects, TLS 1.2 or later, HTTP/1.1, no signals; neither times nor callbacks are set.
void set_up(CURL* handle, const ClientRequest& request, const HeaderList& headers, char* error);
/// For the whole request, the dialling of it 10 s at most.
void set_timeout(CURL* handle, std::chrono::milliseconds timeout);

/// A CURLOPT_HEADERFUNCTION whose data is a ClientResponse.
std::size_t on_header(const char* data, std::size_t size, std::size_t count, void* into);
[[nodiscard]] int status_of(CURL* handle);

/// "https://host:8042/path" -> "host:8042"
[[nodiscard]] std::string place_of(const std::string& url);
/// What curl wrote into `error`, or what the code means.
[[nodiscard]] std::string_view why(const char* error, CURLcode code);

}  // namespace xzepr::http::curl
