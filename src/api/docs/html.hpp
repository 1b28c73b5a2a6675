// HTML as text: the frame that every page has, and what stands in it.
#pragma once

#include <string>
#include <string_view>

#include "api/html_text.hpp"

namespace xzepr::api::docs {

/// Escaped, with `code` between back quotes.
[[nodiscard]] std::string prose(std::string_view text);
/// <b class="method get">GET</b>
[[nodiscard]] std::string method_mark(std::string_view method);

struct Frame {
  std::string_view title;
  std::string_view version;  ///< of the server
  std::string navigation;    ///< what <nav> holds
  std::string content;       ///< what <main> holds
};
[[nodiscard]] std::string framed(const Frame& frame);

}  // namespace xzepr::api::docs
