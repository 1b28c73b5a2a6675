#include "service/password_hasher.hpp"

#include <functional>
#include <thread>

#include "crypto/random.hpp"

namespace xzepr::service {
namespace {

constexpr int queued_for_each_thread = 8;
constexpr std::chrono::seconds busy_retry_after{1};

std::size_t thread_count(std::size_t wanted) {
  return wanted > 0 ? wanted : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

// Takes one off the count, however the work ends.
class Counted {
 public:
  explicit Counted(std::atomic<int>& count) : count_(count) {}
  ~Counted() { count_.fetch_sub(1); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<int>& count_;
};

}  // namespace

PasswordHasher::PasswordHasher(std::size_t threads)
    : dummy_(crypto::hash_password(crypto::random_base62(16))),
      waiting_max_(static_cast<int>(thread_count(threads)) * (1 + queued_for_each_thread)),
      worker_(thread_count(threads)) {
  worker_.start();
}

template <class T>
Task<Result<T>> PasswordHasher::run(std::move_only_function<T()> work) {
  if (waiting_.fetch_add(1) >= waiting_max_) {
    waiting_.fetch_sub(1);
    co_return unavailable("too many passwords are being checked", busy_retry_after);
  }
  std::move_only_function<T()> counted = [this, work = std::move(work)]() mutable {
    const Counted until_the_end(waiting_);
    return work();
  };
  co_return co_await run_on<T>(worker_, std::move(counted));
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
