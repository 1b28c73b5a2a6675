#include "store/sqlite/readers.hpp"

#include "base/assert.hpp"

namespace xzepr::store::sqlite {

ReaderPool::ReaderPool(const std::string& path, std::size_t threads, std::size_t cache_bytes)
    : worker_(threads) {
  for (std::size_t i = 0; i < threads; ++i) free_.push_back(std::make_unique<Reader>(path, cache_bytes));
}

ReaderPool::Waiting::Waiting(Count count) : count_(std::move(count)) {
  if (++*count_ <= waiting_max) return;
  --*count_;
  throw Fault(Fault::Kind::unavailable, "too many lists wait to be read");
}

ReaderPool::Lease::Lease(ReaderPool& from, Deadline deadline) : pool(from) {
  {
    const std::lock_guard lock(pool.mutex_);
    XZEPR_ASSERT(!pool.free_.empty());
    reader = std::move(pool.free_.back());
    pool.free_.pop_back();
  }
  reader->connection.set_deadline(deadline);
}

ReaderPool::Lease::~Lease() {
  reader->connection.set_deadline(std::nullopt);
  const std::lock_guard lock(pool.mutex_);
  pool.free_.push_back(std::move(reader));
}

}  // namespace xzepr::store::sqlite
