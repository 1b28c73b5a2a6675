#include "json/parse.hpp"

#include <fmt/format.h>

#include "json/scanner.hpp"

namespace xzepr::json {
namespace {

Error json_invalid(const ScanFault& fault) {
  Error error{.kind = Errc::invalid,
              .code = "json_invalid",
              .detail = fmt::format("not valid JSON at byte {}: {}", fault.offset, fault.message),
              .hint = "send RFC 8259 JSON in UTF-8"};
  error.violations.push_back({.pointer = fault.pointer,
                              .keyword = std::string(fault.keyword),
                              .message = fmt::format("{} (byte {})", fault.message, fault.offset)});
  return error;
}

}  // namespace

Result<Value> parse(std::string_view text, const ParseLimits& limits) {
  Value value;
  Scanner scanner(text, limits);
  if (!scanner.scan(value)) return std::unexpected(json_invalid(scanner.fault()));
  return value;
}

}  // namespace xzepr::json
