#include "service/password_hasher.hpp"

#include <exception>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "crypto/random.hpp"

namespace xzepr::service {
namespace {

constexpr int queued_for_each_thread = 8;
constexpr std::chrono::seconds busy_retry_after{1};

template <class T>
struct HashDone {
  std::optional<T> value;
  std::exception_ptr error;
};

std::size_t thread_count(std::size_t wanted) {
  return wanted > 0 ? wanted : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

}  // namespace

struct PasswordHasher::Threads {
  explicit Threads(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back([this] {
        const auto work = asio::require(loop.get_executor(), asio::execution::outstanding_work.tracked);
        loop.run();
      });
    }
  }
  asio::io_context loop;
  std::vector<std::jthread> threads;
};

PasswordHasher::PasswordHasher(std::size_t threads)
    : dummy_(crypto::hash_password(crypto::random_base62(16))),
      waiting_max_(static_cast<int>(thread_count(threads)) * (1 + queued_for_each_thread)),
      threads_(std::make_unique<Threads>(thread_count(threads))) {}

PasswordHasher::~PasswordHasher() { stop(); }

void PasswordHasher::stop() {
  threads_->loop.stop();
  threads_->threads.clear();
}

template <class T>
Task<Result<T>> PasswordHasher::run(std::move_only_function<T()> work) {
  if (waiting_.fetch_add(1) >= waiting_max_) {
    waiting_.fetch_sub(1);
    co_return unavailable("too many passwords are being checked", busy_retry_after);
  }
  auto start = [this, work = std::move(work)](Resume<HashDone<T>> resume) mutable {
    asio::post(threads_->loop, [this, work = std::move(work), resume = std::move(resume)]() mutable {
      HashDone<T> done;
      try {
        done.value.emplace(work());
      } catch (...) {
        done.error = std::current_exception();
      }
      waiting_.fetch_sub(1);
      resume(std::move(done));
    });
  };
  auto done = co_await suspend<HashDone<T>>(std::move(start));
  if (done.error) std::rethrow_exception(done.error);
  co_return std::move(*done.value);
}

Task<Result<std::string>> PasswordHasher::hash(std::string password) {
  return run<std::string>([password = std::move(password)] { return crypto::hash_password(password); });
}

Task<Result<bool>> PasswordHasher::verify(std::string password, std::string hash) {
  const bool is_nobodys = hash.empty();
  if (is_nobodys) hash = dummy_;
  return run<bool>([password = std::move(password), hash = std::move(hash), is_nobodys] {
    return crypto::verify_password(password, hash) && !is_nobodys;
  });
}

}  // namespace xzepr::service
