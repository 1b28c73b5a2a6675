// Token buckets in Redis, for all nodes together. A request's buckets are taken from by one script, which
// Redis runs as one step and by its own clock. A bucket lives until it is full, so that Redis keeps no caller
// for longer than a minute; beyond `keys_max` keys it keeps no new ones, and the nodes' own bounded tables
// count those.
#pragma once

#include <memory>
#include <string>

#include "limits/shared_buckets.hpp"
#include "redis/client.hpp"

namespace xzepr::redis {

struct BucketStoreSettings {
  Address address;
  std::string ca_file = {};  ///< of TLS, PEM; "" is the system's authorities
  std::chrono::milliseconds command_timeout = std::chrono::milliseconds{20};
  std::size_t keys_max = 100'000;  ///< of Redis's database, whoever made them
};

class BucketStore final : public limits::SharedBuckets {
 public:
  /// `link` must outlive this.
  BucketStore(asio::io_context& loop, const BucketStoreSettings& settings, Link& link);
  ~BucketStore() override;

  /// Keeps the connection; see Client::run.
  [[nodiscard]] Task<> run() { return client_.run(); }
  [[nodiscard]] Task<> first_try() { return client_.first_try(); }

  [[nodiscard]] bool is_up() const override { return client_.is_up(); }
  [[nodiscard]] Task<std::optional<std::array<limits::Taken, 2>>> take(limits::Demands demands) override;

 private:
  std::string keys_max_;
  std::string script_digest_;
  Client client_;
};

}  // namespace xzepr::redis
