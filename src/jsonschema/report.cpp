#include "jsonschema/report.hpp"

#include <fmt/format.h>

#include "jsonschema/limits.hpp"

namespace xzepr::jsonschema {
namespace {

// RFC 3986: what may stand in a fragment as it is.
bool is_fragment_char(char c) {
  constexpr std::string_view others = "-._~!$&'()*+,;=:@/?";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         others.find(c) != std::string_view::npos;
}

}  // namespace

bool Report::add(Violation violation) {
  has_more_ = has_more_ || list_.size() >= limits::schema_violations_max ||
              bytes_ >= limits::schema_violation_bytes_max;
  if (has_more_) return false;
  bytes_ += violation.pointer.size() + violation.message.size() + violation.schema.size();
  list_.push_back(std::move(violation));
  return true;
}

std::vector<Violation> Report::finish(std::string_view base) && {
  if (has_more_) {
    if (list_.size() >= limits::schema_violations_max) list_.pop_back();
    std::string note = fmt::format("there are more violations than these {}", list_.size());
    list_.push_back(
        {.pointer = std::string(base), .keyword = "more", .message = std::move(note), .schema = "#"});
  }
  return std::move(list_);
}

std::string to_fragment(std::string_view pointer) {
  const auto hash = pointer.empty() || pointer.front() == '/' ? std::string_view::npos : pointer.find('#');
  std::string out(hash == std::string_view::npos ? "#" : pointer.substr(0, hash + 1));
  for (const char c : pointer.substr(hash == std::string_view::npos ? 0 : hash + 1)) {
    if (is_fragment_char(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
    }
  }
  return out;
}

}  // namespace xzepr::jsonschema
