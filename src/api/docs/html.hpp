// HTML as text: escaping, and the frame that every page has.
#pragma once

#include <string>
#include <string_view>

namespace xzepr::api::docs {

/// What may stand between tags and in quoted attributes.
[[nodiscard]] std::string escaped(std::string_view text);
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
