// Reads the events of a batch from a request's body, slice by slice, as they arrive. Shard-local; lives in
// its handler's frame.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "api/exchange.hpp"
#include "api/rest/batch_items.hpp"
#include "api/rest/event_parse.hpp"
#include "crypto/digest.hpp"
#include "service/event_service.hpp"

namespace xzepr::api::rest {

/// What follows each other in a batch.
struct BatchSlice {
  std::vector<service::NewEvent> events;     ///< those that could be read, in order
  std::vector<std::optional<Error>> faults;  ///< one per item; empty: its event is in `events`
};

/// Why a batch is not read to its end.
struct BatchFault {
  int status;
  Error error;
};

class BatchReader {
 public:
  BatchReader(const Exchange& exchange, ItemKey item_key);

  /// The next slice: at most `items_max` items and about 1 MiB of them, so that memory does not grow with the
  /// batch. May be empty once fault() or is_complete().
  [[nodiscard]] Task<BatchSlice> next(std::size_t items_max);
  [[nodiscard]] const std::optional<BatchFault>& fault() const { return fault_; }
  [[nodiscard]] bool is_complete() const { return items_.is_complete(); }
  /// The whole body's, once it is complete.
  [[nodiscard]] crypto::Sha256 hash() { return hash_.finish(); }
  /// Of what is done with the slice that came last.
  [[nodiscard]] Deadline deadline() const;

 private:
  [[nodiscard]] Task<> read();

  const Exchange& exchange_;
  const ItemKey item_key_;
  BatchItems items_;
  crypto::Sha256Stream hash_;
  std::optional<BatchFault> fault_;
};

}  // namespace xzepr::api::rest
