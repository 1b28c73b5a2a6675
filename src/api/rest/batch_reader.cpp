#include "api/rest/batch_reader.hpp"

#include "api/error_map.hpp"
#include "api/rest/batch_parse.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::size_t slice_bytes_max = limits::body_bytes_max;

// The shard serves others between two of these: 64 of the largest items take some tens of milliseconds.
constexpr std::size_t items_between_pauses = 64;

BatchFault fault_of(const http::Refusal& refusal) {
  const auto kind = refusal.status == 413 ? Errc::too_large : Errc::invalid;
  return {.status = refusal.status,
          .error = {.kind = kind, .code = refusal.code, .detail = std::string(refusal.detail)}};
}

}  // namespace

BatchReader::BatchReader(const Exchange& exchange, ItemKey item_key)
    : exchange_(exchange),
      item_key_(item_key),
      items_(exchange.is_ndjson ? BatchFormat::lines : BatchFormat::array) {}

Deadline BatchReader::deadline() const {
  const auto* stream = exchange_.request.stream;
  return stream == nullptr ? exchange_.request.deadline : stream->deadline();
}

Task<> BatchReader::read() {
  auto* stream = exchange_.request.stream;
  if (stream == nullptr) {
    items_.finish();
    co_return;
  }
  const auto part = co_await stream->next();
  if (!part) {
    fault_ = fault_of(part.error());
  } else if (part->empty()) {
    items_.finish();
  } else {
    hash_.add(*part);
    items_.feed(*part);
  }
}

Task<BatchSlice> BatchReader::next(std::size_t items_max) {
  BatchSlice slice;
  std::size_t bytes = 0;
  while (!fault_ && !items_.is_complete() && slice.faults.size() < items_max && bytes < slice_bytes_max) {
    const auto item = items_.next();
    if (!item) {
      fault_ = BatchFault{.status = status_of(item.error()), .error = item.error()};
    } else if (*item) {
      bytes += (*item)->size();
      auto event = parse_item(**item, item_key_);
      slice.faults.push_back(event ? std::nullopt : std::optional(event.error()));
      if (event) slice.events.push_back(*std::move(event));
      if (slice.faults.size() % items_between_pauses == 0) co_await sleep_for({});
    } else if (!items_.is_complete()) {
      co_await read();
    }
  }
  co_return slice;
}

}  // namespace xzepr::api::rest
