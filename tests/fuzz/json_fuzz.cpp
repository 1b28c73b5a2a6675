// Whatever is accepted is UTF-8 JSON by another parser's opinion too, and survives being written and read
// again.
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/parse.hpp>

#include "base/assert.hpp"
#include "json/parse.hpp"
#include "json/pointer.hpp"
#include "json/write.hpp"

namespace {

using xzepr::json::Value;

void check_refusal(const xzepr::Error& error) {
  XZEPR_ASSERT(error.code == "json_invalid");
  XZEPR_ASSERT(error.violations.size() == 1);
  XZEPR_ASSERT(xzepr::json::parse("\"" + std::string(error.violations[0].keyword) + "\"").has_value());
}

void check_value(std::string_view text, const Value& value) {
  boost::system::error_code error;
  boost::json::parse(text, error);
  // It gives up on zeros with a huge exponent, 0e-99999999999.
  XZEPR_ASSERT(!error || error == boost::json::error::exponent_overflow);

  const std::string written = xzepr::json::write(value);
  const auto again = xzepr::json::parse(written);
  XZEPR_ASSERT(again.has_value());
  XZEPR_ASSERT(*again == value);
  XZEPR_ASSERT(xzepr::json::write(*again) == written);

  const std::string canonical = xzepr::json::canonical(value);
  const auto normal =
      xzepr::json::parse(canonical, {.big_integers = xzepr::json::BigIntegers::read_as_double});
  XZEPR_ASSERT(normal.has_value());
  XZEPR_ASSERT(xzepr::json::canonical(*normal) == canonical);
  XZEPR_ASSERT(xzepr::json::equal(value, value));
  XZEPR_ASSERT(xzepr::json::find(value, "") == &value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = xzepr::json::parse(text);
  if (value) {
    check_value(text, *value);
  } else {
    check_refusal(value.error());
  }
  std::string quoted;
  xzepr::json::append_string(quoted, text);
  const bool has_nul = text.find('\0') != std::string_view::npos;
  XZEPR_ASSERT(has_nul || xzepr::json::parse(quoted).has_value());
  static_cast<void>(value && xzepr::json::find(*value, text) != nullptr);
  return 0;
}
