// One pass over a JSON text that builds the value as it goes. Private to this module; use parse().
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "json/parse.hpp"
#include "json/value.hpp"

namespace xzepr::json {

/// Why scanning stopped, and where. `pointer` leads to the innermost value begun.
struct ScanFault {
  std::string_view keyword;
  std::string_view message;
  std::size_t offset = 0;
  std::string pointer = {};
};

class Scanner {
 public:
  Scanner(std::string_view text, const ParseLimits& limits);

  /// The whole text as one value. False: see fault().
  [[nodiscard]] bool scan(Value& out);
  [[nodiscard]] const ScanFault& fault() const { return fault_; }

 private:
  [[nodiscard]] bool value(Value& out);
  [[nodiscard]] bool object(Value& out);
  [[nodiscard]] bool member(Object& out);
  [[nodiscard]] bool array(Value& out);
  [[nodiscard]] bool open();
  [[nodiscard]] bool literal(Value& out, std::string_view word, Value is);

  [[nodiscard]] bool number(Value& out);
  [[nodiscard]] bool digits();
  [[nodiscard]] bool integer(Value& out, std::string_view token);
  [[nodiscard]] bool real(Value& out, std::string_view token);

  /// A string without its quotes; the view lasts until the next call.
  [[nodiscard]] bool string(std::string_view& out);
  [[nodiscard]] bool escaped_rest(const char* run);
  [[nodiscard]] bool plain_run();
  [[nodiscard]] bool escape();
  [[nodiscard]] bool unicode_escape();
  [[nodiscard]] bool hex4(std::uint32_t& unit);

  void skip_space();
  [[nodiscard]] bool at_end() const { return at_ == end_; }
  /// Steps over `c` when it is next.
  bool accept(char c);
  [[nodiscard]] std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  bool fail(std::string_view keyword, std::string_view message);
  bool fail_syntax(std::string_view message);
  void lead_to(std::string_view token);

  const char* begin_;
  const char* end_;
  const char* at_;
  std::size_t depth_left_;
  BigIntegers big_integers_;
  std::string decoded_;
  ScanFault fault_;
};

}  // namespace xzepr::json
