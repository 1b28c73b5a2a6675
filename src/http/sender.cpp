#include "http/sender.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include "base/assert.hpp"
#include "base/grammar.hpp"
#include "http/curl_request.hpp"

namespace xzepr::http {
namespace {

// How long the thread sleeps when nothing happens; who has something for it wakes it.
constexpr int idle_poll_ms = 60'000;

struct Waiting {
  SendRequest request;
  Sender::Done done;
};

ClientRequest client_request(const SendRequest& from) {
  return {.method = from.method,
          .url = from.url,
          .headers = from.headers,
          .body = from.body,
          .timeout = from.timeout,
          .answer_bytes_max = from.answer_bytes_max,
          .ca_file = from.ca_file};
}

// One request in flight. It stays where it is, for libcurl has its address.
struct Transfer {
  explicit Transfer(Waiting what)
      : request(client_request(what.request)),
        may_dial(std::move(what.request.may_dial)),
        done(std::move(what.done)),
        headers(request) {}

  [[nodiscard]] bool is_refused(const IpAddress& address) {
    if (!may_dial || may_dial(address)) return false;
    refused = address;
    return true;
  }

  const ClientRequest request;
  const std::function<bool(const IpAddress&)> may_dial;
  Sender::Done done;
  const curl::HeaderList headers;
  std::array<char, CURL_ERROR_SIZE> error{};
  ClientResponse response;
  std::size_t head_bytes = 0;
  bool is_cut = false;
  std::optional<IpAddress> refused;
};

curl_socket_t on_dial(void* of, curlsocktype, curl_sockaddr* address) {
  const auto ip = from_sockaddr(address->addr);
  if (!ip || static_cast<Transfer*>(of)->is_refused(*ip)) return CURL_SOCKET_BAD;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int on_connected(void* of, char* peer, char*, int, int) {
  const auto ip = parse_ip_address(peer);
  if (!ip || static_cast<Transfer*>(of)->is_refused(*ip)) return CURL_PREREQFUNC_ABORT;
  return CURL_PREREQFUNC_OK;
}

std::size_t on_sender_header(const char* data, std::size_t size, std::size_t count, void* of) {
  auto& transfer = *static_cast<Transfer*>(of);
  transfer.head_bytes += size * count;
  if (transfer.head_bytes > transfer.request.answer_bytes_max) return 0;
  return curl::on_header(data, size, count, &transfer.response);
}

std::size_t on_sender_body(const char* data, std::size_t size, std::size_t count, void* of) {
  auto& transfer = *static_cast<Transfer*>(of);
  auto& body = transfer.response.body;
  const auto room = transfer.request.answer_bytes_max - body.size();
  transfer.is_cut = size * count > room;
  body.append(data, std::min(size * count, room));
  return transfer.is_cut ? 0 : size * count;
}

void set_up_transfer(CURL* handle, Transfer& transfer) {
  curl::set_up(handle, transfer.request, transfer.headers, transfer.error.data());
  curl::set_timeout(handle, transfer.request.timeout);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  // A name server that is silent must not hold the thread: without this, whoever gives up waits for it.
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, on_dial);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, on_connected);
  curl_easy_setopt(handle, CURLOPT_PREREQDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_sender_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_sender_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
}

bool is_header(const std::pair<std::string, std::string>& header) {
  const auto& [name, value] = header;
  return !name.empty() && grammar::span(name, grammar::token) == name.size() &&
         grammar::span(value, grammar::field_value) == value.size();
}

Error header_invalid() {
  return {.kind = Errc::invalid,
          .code = "header_invalid",
          .detail = "a header of the request has a name or a value that HTTP does not allow"};
}

Error sender_stopped() {
  return {.kind = Errc::unavailable, .code = "sender_stopped", .detail = "this server is being stopped"};
}

Error address_refused(const Transfer& transfer) {
  const auto purpose = special_purpose(*transfer.refused);
  return {.kind = Errc::forbidden,
          .code = "address_refused",
          .detail =
              fmt::format("{} is at {}, which may not be dialled ({})", curl::place_of(transfer.request.url),
                          to_string(*transfer.refused), purpose.empty() ? "not allowed" : purpose)};
}

Result<ClientResponse> outcome(Transfer& transfer, CURL* handle, CURLcode code) {
  if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && transfer.is_cut)) {
    transfer.response.status = curl::status_of(handle);
    return std::move(transfer.response);
  }
  // One of several addresses may be refused and another fail for a reason of its own.
  if (transfer.refused && (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK))
    return std::unexpected(address_refused(transfer));
  return std::unexpected(
      Error{.kind = Errc::unavailable,
            .code = "server_unreachable",
            .detail = fmt::format("no answer from {}: {}", curl::place_of(transfer.request.url),
                                  curl::why(transfer.error.data(), code))});
}

}  // namespace

struct Sender::Impl {
  explicit Impl(std::size_t in_flight_max);
  ~Impl();

  void run();
  void begin_waiting();
  void begin(Waiting what);
  void release(CURL* handle);
  void finish_done();
  void end_all();
  [[nodiscard]] std::optional<Waiting> next();
  [[nodiscard]] bool must_stop();

  // Constant after construction.
  const std::size_t in_flight_max;
  CURLM* const multi;

  // The sender's thread, while it runs.
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> in_flight;
  std::vector<CURL*> idle;

  // Any thread, under the mutex.
  std::mutex mutex;
  std::deque<Waiting> waiting;
  bool is_stopped = false;

  // Whoever stops it.
  std::once_flag stopped;
  std::thread thread;
};

Sender::Impl::Impl(std::size_t count_max) : in_flight_max(count_max), multi(curl_multi_init()) {
  XZEPR_ASSERT(in_flight_max > 0);
  if (multi == nullptr) throw Fault(Fault::Kind::unavailable, "libcurl cannot start: no memory");
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(in_flight_max));
}

Sender::Impl::~Impl() {
  for (CURL* const handle : idle) curl_easy_cleanup(handle);
  curl_multi_cleanup(multi);
}

bool Sender::Impl::must_stop() {
  const std::scoped_lock lock(mutex);
  return is_stopped;
}

std::optional<Waiting> Sender::Impl::next() {
  const std::scoped_lock lock(mutex);
  if (waiting.empty()) return std::nullopt;
  Waiting first = std::move(waiting.front());
  waiting.pop_front();
  return first;
}

void Sender::Impl::begin_waiting() {
  while (in_flight.size() < in_flight_max) {
    auto what = next();
    if (!what) return;
    if (std::ranges::all_of(what->request.headers, is_header)) {
      begin(*std::move(what));
    } else {
      what->done(std::unexpected(header_invalid()));
    }
  }
}

// Handles are made when they are needed and kept then: most servers have few webhooks.
void Sender::Impl::begin(Waiting what) {
  if (idle.empty()) {
    try {
      idle.push_back(curl::new_handle());
    } catch (const Fault& fault) {
      return what.done(std::unexpected(
          Error{.kind = Errc::unavailable, .code = "server_unreachable", .detail = fault.what()}));
    }
  }
  CURL* const handle = idle.back();
  auto transfer = std::make_unique<Transfer>(std::move(what));
  set_up_transfer(handle, *transfer);
  idle.pop_back();
  in_flight.emplace(handle, std::move(transfer));
  curl_multi_add_handle(multi, handle);
}

// The handle must not know the transfer any more when that is destroyed.
void Sender::Impl::release(CURL* handle) {
  curl_multi_remove_handle(multi, handle);
  curl_easy_reset(handle);
  idle.push_back(handle);
}

void Sender::Impl::finish_done() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    CURL* const handle = message->easy_handle;
    const CURLcode code = message->data.result;  // the message is gone when the handle is taken out
    const auto found = in_flight.find(handle);
    const auto transfer = std::move(found->second);
    in_flight.erase(found);
    auto result = outcome(*transfer, handle, code);
    release(handle);
    transfer->done(std::move(result));
  }
}

// The callbacks may not send any more: the flag is up.
void Sender::Impl::end_all() {
  for (auto& [handle, transfer] : in_flight) {
    release(handle);
    transfer->done(std::unexpected(sender_stopped()));
  }
  in_flight.clear();
  while (auto what = next()) what->done(std::unexpected(sender_stopped()));
}

void Sender::Impl::run() {
  while (!must_stop()) {
    int running = 0;
    curl_multi_perform(multi, &running);
    finish_done();
    begin_waiting();  // the poll ends at once for what is begun here
    curl_multi_poll(multi, nullptr, 0, idle_poll_ms, nullptr);
  }
  end_all();
}

Sender::Sender(std::size_t in_flight_max) {
  curl::initialise_once();
  impl_ = std::make_unique<Impl>(in_flight_max);
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Sender::~Sender() { stop(); }

void Sender::send(SendRequest request, Done done) {
  {
    const std::scoped_lock lock(impl_->mutex);
    if (!impl_->is_stopped) {
      impl_->waiting.push_back({.request = std::move(request), .done = std::move(done)});
      curl_multi_wakeup(impl_->multi);
      return;
    }
  }
  done(std::unexpected(sender_stopped()));
}

void Sender::stop() {
  std::call_once(impl_->stopped, [this] {
    {
      const std::scoped_lock lock(impl_->mutex);
      impl_->is_stopped = true;
    }
    curl_multi_wakeup(impl_->multi);
    impl_->thread.join();
  });
}

}  // namespace xzepr::http
