#include "api/docs/html.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace xzepr::api::docs {

std::string prose(std::string_view text) {
  std::string out;
  bool is_code = false;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find('`'));
    out += escaped(part);
    text.remove_prefix(part.size());
    if (text.empty()) break;
    text.remove_prefix(1);
    is_code = !is_code;
    out += is_code ? "<code>" : "</code>";
  }
  return out;
}

std::string method_mark(std::string_view method) {
  std::string lower(method);
  std::ranges::transform(lower, lower.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return fmt::format(R"(<b class="method {}">{}</b>)", lower, method);
}

// The key's field and the filter work with the script only, which shows them.
std::string framed(const Frame& frame) {
  return fmt::format(R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{0}</title>
<link rel="icon" href="/docs/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/docs.css">
<script src="/docs/docs.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<button type="button" id="menu" aria-expanded="false" aria-controls="nav" hidden>Menu</button>
<a class="brand" href="/docs">XZepr <span>API {1}</span></a>
<a href="/docs/errors">Errors</a>
<a href="/openapi.json">openapi.json</a>
<form id="credential" autocomplete="off" hidden>
<label for="key">API key</label>
<input id="key" type="password" autocomplete="off" spellcheck="false" placeholder="xzepr_&hellip;" aria-describedby="who">
<output id="who" for="key"></output>
</form>
</header>
<div class="columns">
<nav id="nav" aria-label="Contents">
{2}</nav>
<main id="main">
{3}</main>
</div>
</body>
</html>
)",
                     escaped(frame.title), escaped(frame.version), frame.navigation, frame.content);
}

}  // namespace xzepr::api::docs
