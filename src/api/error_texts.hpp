// What each error code means, why it comes and what to do: the titles of problem bodies and the pages under
// /docs/errors. The compiler insists that error_codes.hpp has no code without a row here.
#pragma once

#include <string_view>

#include "api/error_codes.hpp"
#include "base/error.hpp"

namespace xzepr::api {

/// The one broken rule of an example.
struct ExampleRule {
  std::string_view pointer = {};
  std::string_view keyword = {};
  std::string_view message = {};
};

struct ErrorText {
  std::string_view code;
  std::string_view title;
  std::string_view cause;
  std::string_view fix;
  std::string_view detail;      ///< of the example
  std::string_view field = {};  ///< of the example
  ExampleRule rule = {};
};

/// Null for a code that the table does not have.
[[nodiscard]] const ErrorText* text_of(std::string_view code);
/// "" for a code that the table does not have.
[[nodiscard]] std::string_view title_of(std::string_view code);
/// An error as the server would tell it, for the examples.
[[nodiscard]] Error example_of(const ErrorText& text);

}  // namespace xzepr::api
