// Server-sent events out of bytes as they come (WHATWG HTML, section 9.2.6). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace xzepr::client {

struct StreamedEvent {
  std::string id;    ///< the last one given, of this or an earlier event
  std::string name;  ///< "message" when it has none
  std::string data;
};

class EventStreamReader {
 public:
  void append(std::string_view bytes) { bytes_ += bytes; }
  /// nullopt: more bytes are needed.
  [[nodiscard]] std::optional<StreamedEvent> next();
  /// Of everything that was read, also where there was no event.
  [[nodiscard]] const std::string& last_id() const { return last_id_; }

 private:
  void read_line(std::string_view line);

  std::string bytes_;
  std::string id_;  // of the event that is being read
  std::string last_id_;
  std::string name_;
  std::string data_;
  bool has_data_ = false;
};

}  // namespace xzepr::client
