#include "telemetry/log.hpp"

#include <cerrno>
#include <condition_variable>
#include <mutex>

#include <poll.h>
#include <unistd.h>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>

#include "telemetry/log_line.hpp"

namespace xzepr::telemetry {
namespace {

// At 100,000 lines a second this is room for a writer that is not scheduled for 20 ms; a line takes 0.5 KiB.
constexpr std::size_t queue_lines_max = 2'048;
constexpr std::size_t write_bytes_max = 65'536;
constexpr auto gather_time = std::chrono::milliseconds{2};

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd wait{.fd = descriptor, .events = POLLOUT, .revents = 0};
      (void)::poll(&wait, 1, 100);
    } else if (errno != EINTR) {
      return;  // nobody is left to be told
    }
  }
}

// Runs on the pool's one thread. Lines that are queued together leave in one write, and after a write it lets
// lines gather for a moment: a producer then finds the thread awake and need not pay for waking it.
class GatheringSink final : public spdlog::sinks::sink {
 public:
  GatheringSink(int descriptor, LogFormat format) : descriptor_(descriptor), format_(format) {}

  void attach(spdlog::details::thread_pool& pool) { pool_ = &pool; }

  void stop_gathering() {
    {
      const std::scoped_lock lock(mutex_);
      is_stopping_ = true;
    }
    stopping_.notify_all();
  }

  void log(const spdlog::details::log_msg& message) override {
    buffer_.append(message.payload.data(), message.payload.size());
    const bool is_last = pool_->queue_size() == 0;
    if (!is_last && buffer_.size() < write_bytes_max) return;
    append_drop_notice();
    flush();
    if (is_last) gather();
  }

  void flush() override {
    write_all(descriptor_, buffer_);
    buffer_.clear();
  }

  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  void gather() {
    std::unique_lock lock(mutex_);
    stopping_.wait_for(lock, gather_time, [this] { return is_stopping_; });
  }

  void append_drop_notice() {
    const auto dropped = pool_->overrun_counter();
    if (dropped == reported_) return;
    const Field count{"dropped", static_cast<std::int64_t>(dropped - reported_)};
    reported_ = dropped;
    append_line(buffer_, format_,
                {.time = SystemClock{}.now(),
                 .level = Level::warn,
                 .target = "telemetry",
                 .message = "log lines were dropped: stderr is slower than the server",
                 .fields = {&count, 1}});
  }

  // Constant after construction.
  int descriptor_;
  LogFormat format_;
  spdlog::details::thread_pool* pool_ = nullptr;
  // The pool's thread.
  std::string buffer_;
  std::size_t reported_ = 0;
  // Guarded by mutex_.
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool is_stopping_ = false;
};

}  // namespace

struct Log::Pipe {
  Pipe(int descriptor, LogFormat format)
      : sink(std::make_shared<GatheringSink>(descriptor, format)),
        pool(std::make_shared<spdlog::details::thread_pool>(queue_lines_max, 1)),
        logger(std::make_shared<spdlog::async_logger>("", sink, pool,
                                                      spdlog::async_overflow_policy::overrun_oldest)) {
    sink->attach(*pool);
    logger->set_level(spdlog::level::trace);
  }
  ~Pipe() {
    sink->stop_gathering();
    pool.reset();  // joins its thread after the last line
    sink->flush();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  std::shared_ptr<GatheringSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
};

Log::Log(Level lowest, LogFormat format) : Log(lowest, format, STDERR_FILENO) {}
Log::Log(Level lowest, LogFormat format, int descriptor)
    : lowest_(lowest), format_(format), pipe_(std::make_unique<Pipe>(descriptor, format)) {}
Log::~Log() = default;

void Log::write(Level level, std::string_view target, std::string_view message,
                std::initializer_list<Field> fields) {
  if (!is_enabled(level)) return;
  thread_local std::string line;
  line.clear();
  append_line(
      line, format_,
      {.time = SystemClock{}.now(), .level = level, .target = target, .message = message, .fields = fields});
  pipe_->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

std::uint64_t Log::dropped_count() const { return pipe_->pool->overrun_counter(); }

}  // namespace xzepr::telemetry
