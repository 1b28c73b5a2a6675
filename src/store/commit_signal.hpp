// Tells those who read the journal that this process has committed something, so that they need not wait for
// their next poll. What other nodes commit is found by polling.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace xzepr::store {

class CommitSignal {
 public:
  /// `wake` is called from any thread, after the commit, and must not wait. Call before the database starts;
  /// `wake` must be callable as long as the database runs.
  void subscribe(std::function<void()> wake) { subscribers_.push_back(std::move(wake)); }
  void notify() const {
    for (const auto& wake : subscribers_) wake();
  }

 private:
  std::vector<std::function<void()>> subscribers_;
};

}  // namespace xzepr::store
