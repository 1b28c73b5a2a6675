#include "store/sqlite/checkpointer.hpp"

namespace xzepr::store::sqlite {
namespace {

constexpr std::size_t cache_bytes = 1'048'576;

}  // namespace

Checkpointer::Checkpointer(std::string path, Connection& connection, Worker& writer, telemetry::Log& log,
                           std::function<void()> on_fatal)
    : path_(std::move(path)),
      writer_connection_(connection),
      writer_(writer),
      log_(log),
      on_fatal_(std::move(on_fatal)),
      worker_(1) {}

void Checkpointer::after_commit() {
  if (is_busy_ || writer_connection_.log_frames() < log_frames_max) return;
  is_busy_ = true;
  asio::post(worker_.loop(), [this] { move_most(); });
}

void Checkpointer::move_most() {
  try {
    if (!connection_) connection_ = std::make_unique<Connection>(path_, Access::write, cache_bytes);
    connection_->checkpoint();
  } catch (const Fault& fault) {
    report(fault);
  }
  asio::post(writer_.loop(), [this] { move_rest(); });
}

void Checkpointer::move_rest() {
  try {
    writer_connection_.checkpoint();
  } catch (const Fault& fault) {
    report(fault);
  }
  is_busy_ = false;
}

void Checkpointer::report(const Fault& fault) {
  log_.warn("store", "the write-ahead log could not be moved into the database",
            {{"error", std::string_view(fault.what())}});
  if (fault.kind() == Fault::Kind::fatal) on_fatal_();
}

}  // namespace xzepr::store::sqlite
