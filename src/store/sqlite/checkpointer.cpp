#include "store/sqlite/checkpointer.hpp"

namespace xzepr::store::sqlite {

Checkpointer::Checkpointer(Connection& connection, Worker& writer, telemetry::Log& log,
                           std::function<void()> on_fatal)
    : connection_(connection), writer_(writer), log_(log), on_fatal_(std::move(on_fatal)) {}

void Checkpointer::after_commit() {
  if (connection_.log_frames() >= log_frames_max) ask();
}

void Checkpointer::ask() {
  if (std::exchange(is_asked_, true)) return;
  asio::post(writer_.loop(), [this] { move(); });
}

void Checkpointer::move() {
  is_asked_ = false;
  try {
    connection_.checkpoint();
  } catch (const Fault& fault) {
    log_.warn("store", "the write-ahead log could not be moved into the database",
              {{"error", std::string_view(fault.what())}});
    if (fault.kind() == Fault::Kind::fatal) on_fatal_();
  }
}

}  // namespace xzepr::store::sqlite
