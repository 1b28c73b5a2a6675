#include "api/rest/batch_items.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.hpp"

namespace xzepr::api::rest {
namespace {

constexpr std::string_view white_space = " \t\r\n";

bool is_white(char c) { return white_space.find(c) != std::string_view::npos; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::unexpected<Error> no_array() {
  return std::unexpected(Error{.kind = Errc::invalid,
                               .code = "json_invalid",
                               .detail = "the body must be one JSON array of events",
                               .hint = "or send one event a line with Content-Type: application/x-ndjson"});
}

std::unexpected<Error> no_items() {
  return std::unexpected(
      Error{.kind = Errc::invalid, .code = "batch_invalid", .detail = "the batch has no items"});
}

std::unexpected<Error> too_many_items() {
  return std::unexpected(Error{.kind = Errc::too_large,
                               .code = "batch_too_large",
                               .detail = fmt::format("a batch has at most {} items", limits::batch_items_max),
                               .hint = "send several batches"});
}

}  // namespace

void BatchItems::feed(std::string_view bytes) {
  if (expect_ == Expect::nothing) start_ = at_;
  buffer_.erase(0, start_);
  at_ -= start_;
  start_ = 0;
  // The rest of an item that is too large is looked at, not kept.
  if (at_ > limits::body_bytes_max + 1) {
    buffer_.erase(limits::body_bytes_max + 1, at_ - limits::body_bytes_max - 1);
    at_ = limits::body_bytes_max + 1;
  }
  buffer_ += bytes;
}

BatchItems::Cut BatchItems::next() {
  auto item = cut();
  if (item && *item && ++count_ > limits::batch_items_max) return too_many_items();
  return item;
}

BatchItems::Cut BatchItems::cut() {
  if (format_ == BatchFormat::array) return cut_element();
  while (true) {
    auto line = cut_line();
    const bool is_blank = line && *line && (*line)->empty();
    if (!is_blank) return line;
  }
}

BatchItems::Cut BatchItems::cut_line() {
  const auto feed = buffer_.find('\n', at_);
  const bool has_end = feed != std::string::npos;
  if (!has_end && (!is_finished_ || start_ == buffer_.size())) {
    at_ = buffer_.size();
    return end_of_body();
  }
  const auto end = std::min(feed, buffer_.size());
  const auto line = std::string_view(buffer_).substr(start_, end - start_);
  start_ = at_ = has_end ? end + 1 : end;
  return trimmed(line);
}

// An element ends at a comma or bracket outside of strings and of what it opens itself. Brackets are only
// counted.
bool BatchItems::ends_element(char c) {
  if (is_in_string_) {
    const bool was_escaped = std::exchange(is_escaped_, !is_escaped_ && c == '\\');
    is_in_string_ = was_escaped || c != '"';
    return false;
  }
  switch (c) {
    case '"': is_in_string_ = true; return false;
    case '{':
    case '[': ++depth_; return false;
    case ',': return depth_ == 0;
    case '}':
    case ']':
      if (depth_ == 0) return true;
      --depth_;
      return false;
    default: return false;
  }
}

BatchItems::Cut BatchItems::cut_element() {
  for (; at_ < buffer_.size(); ++at_) {
    const char c = buffer_[at_];
    if (expect_ != Expect::item) {
      if (is_white(c)) continue;
      if (expect_ == Expect::nothing || c != '[') return no_array();
      expect_ = Expect::item;
      start_ = at_ + 1;
      continue;
    }
    if (!ends_element(c)) continue;
    if (c == '}') return no_array();
    const auto element = trimmed(std::string_view(buffer_).substr(start_, at_ - start_));
    start_ = ++at_;
    if (c == ',') return element;
    expect_ = Expect::nothing;
    const bool is_empty_array = count_ == 0 && element.empty();
    return is_empty_array ? cut_element() : element;
  }
  return end_of_body();
}

BatchItems::Cut BatchItems::end_of_body() {
  if (!is_finished_) return std::nullopt;
  if (format_ == BatchFormat::array && expect_ != Expect::nothing) return no_array();
  if (count_ == 0) return no_items();
  is_complete_ = true;
  return std::nullopt;
}

}  // namespace xzepr::api::rest
