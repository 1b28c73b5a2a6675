#include "redis/client.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include "redis/stream.hpp"

namespace xzepr::redis {
namespace {

using namespace std::chrono_literals;

constexpr auto open_timeout = 1s;
constexpr auto pause_min = 100ms;
constexpr auto pause_max = 2s;
constexpr auto steady_after = 10s;  // a connection that lived as long is no flutter: the next pause is short
constexpr std::size_t chunk_bytes = 4'096;

Task<bool> is_cancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() != asio::cancellation_type::none;
}

template <class AtEnd>
class OnExit {
 public:
  explicit OnExit(AtEnd at_end) : at_end_(std::move(at_end)) {}
  ~OnExit() { at_end_(); }
  OnExit(const OnExit&) = delete;
  OnExit& operator=(const OnExit&) = delete;

 private:
  AtEnd at_end_;
};

}  // namespace

class Client::Impl {
 public:
  Impl(asio::io_context& loop, ClientSettings settings, Link& link);
  [[nodiscard]] Task<> run();
  [[nodiscard]] Task<std::optional<Reply>> call(std::span<const std::string_view> words,
                                                std::string_view expected_error);
  [[nodiscard]] bool is_up() const { return state_ == State::up; }
  [[nodiscard]] std::size_t waiting_count() const { return waiting_.size(); }
  [[nodiscard]] Task<> first_try();

 private:
  using Clock = std::chrono::steady_clock;
  using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
  enum class State : std::uint8_t { down, opening, up, ended };
  struct Waiting {
    Resume<std::optional<Reply>> resume;  // empty once the caller was told that there is no answer
    Clock::time_point until;
    std::string_view expected_error;  // static text
  };

  [[nodiscard]] Task<std::string> open();
  [[nodiscard]] Task<std::string> greet();
  [[nodiscard]] Task<std::string> ask(std::span<const std::string_view> words);
  [[nodiscard]] Task<> read_replies();
  void take_replies();
  void answer(Reply reply);
  void send(std::string_view bytes);
  void watch();
  void tell_late();
  void drop(std::string_view why);
  void close();
  void end_first_try();

  ClientSettings settings_;
  Link& link_;
  Stream stream_;
  Timer timer_;
  State state_ = State::down;
  std::size_t connection_ = 0;  // counts them: what an earlier one still has to say is not heard
  ReplyReader reader_;
  std::deque<Waiting> waiting_;  // in the order in which they were sent
  std::string unsent_;
  std::string being_sent_;
  bool is_sending_ = false;
  bool is_watching_ = false;
  int late_in_a_row_ = 0;
  bool has_tried_ = false;
  std::vector<Resume<bool>> first_tries_;
};

Client::Impl::Impl(asio::io_context& loop, ClientSettings settings, Link& link)
    : settings_(std::move(settings)),
      link_(link),
      stream_(loop, settings_.address, settings_.ca_file),
      timer_(loop.get_executor()) {}

Client::Client(asio::io_context& loop, ClientSettings settings, Link& link)
    : impl_(std::make_unique<Impl>(loop, std::move(settings), link)) {}

Client::~Client() = default;

Task<> Client::run() { return impl_->run(); }

Task<std::optional<Reply>> Client::call(std::span<const std::string_view> words,
                                        std::string_view expected_error) {
  return impl_->call(words, expected_error);
}

bool Client::is_up() const { return impl_->is_up(); }

std::size_t Client::waiting_count() const { return impl_->waiting_count(); }

Task<> Client::first_try() { return impl_->first_try(); }

Task<> Client::Impl::run() {
  const OnExit at_end([this] {
    close();
    state_ = State::ended;
    end_first_try();
  });
  auto pause = std::chrono::milliseconds(pause_min);
  for (;;) {
    const auto why = co_await open();
    if (co_await is_cancelled()) co_return;
    const auto since = Clock::now();
    if (why.empty()) {
      state_ = State::up;
      link_.found();
      end_first_try();
      co_await read_replies();
    } else {
      close();
      link_.lost(why, false);
      end_first_try();
    }
    if (why.empty() && Clock::now() - since >= steady_after) pause = pause_min;
    co_await sleep_for(pause);
    pause = std::min<std::chrono::milliseconds>(2 * pause, pause_max);
  }
}

// --- one connection
// -------------------------------------------------------------------------------------------

Task<std::string> Client::Impl::open() {
  state_ = State::opening;
  reader_ = {};
  late_in_a_row_ = 0;
  bool is_late = false;
  timer_.expires_after(open_timeout);
  timer_.async_wait([this, connection = ++connection_, &is_late](const boost::system::error_code& error) {
    if (error || connection != connection_ || state_ != State::opening) return;
    is_late = true;
    close();
    end_first_try();  // a name that nobody resolves holds up nobody
  });
  auto why = co_await stream_.connect();
  if (why.empty()) why = co_await greet();
  timer_.cancel();
  if (is_late) why = fmt::format("no connection within {} s", open_timeout.count());
  co_return why;
}

// Words of Redis are passed on: they name what is wrong ("WRONGPASS", "NOPERM"), and never the password.
Task<std::string> Client::Impl::greet() {
  const auto& address = settings_.address;
  if (!address.password.empty()) {
    std::vector<std::string_view> words = {"AUTH", address.user, address.password};
    if (address.user.empty()) words.erase(words.begin() + 1);
    if (auto why = co_await ask(words); !why.empty()) co_return why;
  }
  if (address.database != 0) {
    const auto number = std::to_string(address.database);
    const std::array<std::string_view, 2> words = {"SELECT", number};
    if (auto why = co_await ask(words); !why.empty()) co_return why;
  }
  const auto asked = Clock::now();
  const std::vector<std::string_view> probe(settings_.probe.begin(), settings_.probe.end());
  auto why = co_await ask(probe);
  if (why.empty() && Clock::now() - asked > settings_.command_timeout)
    why = fmt::format("it needs more than {} ms for an answer", settings_.command_timeout.count());
  co_return why;
}

Task<std::string> Client::Impl::ask(std::span<const std::string_view> words) {
  const auto bytes = encode_command(words);
  const auto unsent = co_await suspend<std::string>([&](Resume<std::string> resume) {
    stream_.write(bytes, [resume = std::move(resume)](Stream::Error error) mutable {
      resume(error ? error.message() : std::string());
    });
  });
  if (!unsent.empty()) co_return unsent;
  std::array<char, chunk_bytes> chunk{};
  for (;;) {
    const auto reply = reader_.next();
    if (!reply) co_return fmt::format("it answers what is no RESP2: {}", reply.error());
    if (*reply) co_return (*reply)->is_error() ? (*reply)->text : std::string();
    const auto [error, count] = co_await stream_.read(chunk);
    if (error) co_return error.message();
    reader_.feed({chunk.data(), count});
  }
}

Task<> Client::Impl::read_replies() {
  std::array<char, chunk_bytes> chunk{};
  while (state_ == State::up) {
    const auto [error, count] = co_await stream_.read(chunk);
    if (state_ != State::up || co_await is_cancelled()) co_return;
    if (error) {
      drop(error.message());
      co_return;
    }
    reader_.feed({chunk.data(), count});
    take_replies();
  }
}

void Client::Impl::take_replies() {
  while (state_ == State::up) {
    auto reply = reader_.next();
    if (!reply) return drop(fmt::format("it answers what is no RESP2: {}", reply.error()));
    if (!*reply) return;
    if (waiting_.empty()) return drop("it answers what was not asked");
    answer(**std::move(reply));
  }
}

void Client::Impl::answer(Reply reply) {
  auto first = std::move(waiting_.front());
  waiting_.pop_front();
  const bool is_expected =
      !reply.is_error() || (!first.expected_error.empty() && reply.text.starts_with(first.expected_error));
  const auto why = is_expected ? std::string() : reply.text;
  if (first.resume) {
    late_in_a_row_ = 0;
    first.resume(is_expected ? std::optional(std::move(reply)) : std::nullopt);
  }
  if (!is_expected) drop(why);
}

void Client::Impl::drop(std::string_view why) {
  if (state_ != State::up) return;
  close();
  link_.lost(why, true);
}

void Client::Impl::close() {
  stream_.close();
  timer_.cancel();
  if (state_ == State::up) state_ = State::down;
  ++connection_;
  unsent_.clear();
  is_sending_ = is_watching_ = false;
  for (auto& each : std::exchange(waiting_, {})) {
    if (each.resume) each.resume(std::nullopt);
  }
}

// --- commands
// -------------------------------------------------------------------------------------------------

Task<std::optional<Reply>> Client::Impl::call(std::span<const std::string_view> words,
                                              std::string_view expected_error) {
  if (state_ != State::up || waiting_.size() >= settings_.pipeline_max) co_return std::nullopt;
  co_return co_await suspend<std::optional<Reply>>([&](Resume<std::optional<Reply>> resume) {
    waiting_.push_back({.resume = std::move(resume),
                        .until = Clock::now() + settings_.command_timeout,
                        .expected_error = expected_error});
    send(encode_command(words));
    watch();
  });
}

// What comes while something is being sent goes out together, next.
void Client::Impl::send(std::string_view bytes) {
  unsent_.append(bytes);
  if (is_sending_ || unsent_.empty()) return;
  is_sending_ = true;
  being_sent_.swap(unsent_);
  unsent_.clear();
  stream_.write(being_sent_, [this, connection = connection_](Stream::Error error) {
    // Of an aborted one this may be gone.
    if (error == asio::error::operation_aborted || connection != connection_) return;
    is_sending_ = false;
    if (error) return drop(error.message());
    send({});
  });
}

// One timer for all: who was sent first is late first.
void Client::Impl::watch() {
  if (is_watching_) return;
  const auto first = std::ranges::find_if(waiting_, [](const Waiting& each) { return bool(each.resume); });
  if (first == waiting_.end()) return;
  is_watching_ = true;
  timer_.expires_at(first->until);
  timer_.async_wait([this, connection = connection_](const boost::system::error_code& error) {
    if (error || connection != connection_) return;
    is_watching_ = false;
    tell_late();
    watch();
  });
}

void Client::Impl::tell_late() {
  const auto now = Clock::now();
  for (auto& each : waiting_) {
    if (each.until > now) break;
    if (!each.resume) continue;
    std::exchange(each.resume, nullptr)(std::nullopt);
    ++late_in_a_row_;
  }
  if (late_in_a_row_ >= late_max)
    drop(fmt::format("{} commands in a row had no answer within {} ms", late_in_a_row_,
                     settings_.command_timeout.count()));
}

// --- the start
// ------------------------------------------------------------------------------------------------

Task<> Client::Impl::first_try() {
  if (has_tried_) co_return;
  co_await suspend<bool>([this](Resume<bool> resume) { first_tries_.push_back(std::move(resume)); });
}

void Client::Impl::end_first_try() {
  has_tried_ = true;
  for (auto& each : std::exchange(first_tries_, {})) each(true);
}

}  // namespace xzepr::redis
