#include "client/event_stream.hpp"

#include <utility>

namespace xzepr::client {

std::optional<StreamedEvent> EventStreamReader::next() {
  for (auto end = bytes_.find('\n'); end != std::string::npos; end = bytes_.find('\n')) {
    std::string line = bytes_.substr(0, end);
    bytes_.erase(0, end + 1);
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) {
      read_line(line);
      continue;
    }
    last_id_ = id_;
    auto name = std::exchange(name_, {});
    auto data = std::exchange(data_, {});
    if (!std::exchange(has_data_, false)) continue;
    return StreamedEvent{
        .id = last_id_, .name = name.empty() ? "message" : std::move(name), .data = std::move(data)};
  }
  return std::nullopt;
}

void EventStreamReader::read_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == 0) return;  // a comment
  const auto field = line.substr(0, colon);
  auto value = colon == line.npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "id") id_ = value;
  if (field == "event") name_ = value;
  if (field != "data") return;
  if (has_data_) data_ += '\n';
  data_ += value;
  has_data_ = true;
}

}  // namespace xzepr::client
