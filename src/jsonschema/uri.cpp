#include "jsonschema/uri.hpp"

#include <algorithm>

namespace xzepr::jsonschema {
namespace {

/// The components of section 3, each with its delimiter, so that put together they are the text again.
struct Components {
  std::string_view scheme;     // "http:"
  std::string_view authority;  // "//host"
  std::string_view path;
  std::string_view query;  // "?..."
};

bool is_scheme_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
         c == '.';
}

std::string_view take(std::string_view& text, std::size_t size) {
  const auto front = text.substr(0, size);
  text.remove_prefix(front.size());
  return front;
}

Components split(std::string_view text) {
  Components parts;
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && colon > 0 &&
      std::ranges::all_of(text.substr(0, colon), is_scheme_char)) {
    parts.scheme = take(text, colon + 1);
  }
  if (text.starts_with("//"))
    parts.authority = take(text, std::min(text.find_first_of("/?", 2), text.size()));
  parts.path = take(text, std::min(text.find('?'), text.size()));
  parts.query = text;
  return parts;
}

// Section 5.2.4.
std::string remove_dot_segments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(0, end);
    const auto name = segment.starts_with('/') ? segment.substr(1) : segment;
    const bool is_last = end == path.size();
    path.remove_prefix(end);
    if (name == ".") {
      if (is_last) out += '/';
    } else if (name == "..") {
      out.resize(std::min(out.rfind('/'), out.size()));
      if (is_last) out += '/';
    } else {
      out += segment;
    }
  }
  return out;
}

std::string merge(const Components& base, std::string_view path) {
  if (!base.authority.empty() && base.path.empty()) return "/" + std::string(path);
  const auto slash = base.path.rfind('/');
  return std::string(base.path.substr(0, slash == std::string_view::npos ? 0 : slash + 1)) +
         std::string(path);
}

std::string join(std::string_view scheme, std::string_view authority, std::string_view path,
                 std::string_view query) {
  std::string out(scheme);
  out.append(authority).append(path).append(query);
  return out;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

UriParts split_fragment(std::string_view reference) {
  const auto hash = reference.find('#');
  if (hash == std::string_view::npos) return {.uri = reference, .fragment = {}};
  return {.uri = reference.substr(0, hash), .fragment = reference.substr(hash + 1)};
}

std::string resolve_uri(std::string_view base_text, std::string_view reference) {
  if (base_text.empty()) return std::string(reference);
  if (reference.empty()) return std::string(base_text);
  const Components base = split(base_text);
  const Components to = split(reference);
  // "urn:a:b" has segments that only look like a path.
  if (!to.scheme.empty()) {
    return to.path.starts_with('/') ? join(to.scheme, to.authority, remove_dot_segments(to.path), to.query)
                                    : std::string(reference);
  }
  if (!to.authority.empty()) {
    return join(base.scheme, to.authority, remove_dot_segments(to.path), to.query);
  }
  if (to.path.empty()) return join(base.scheme, base.authority, base.path, to.query);
  const std::string path = to.path.starts_with('/') ? std::string(to.path) : merge(base, to.path);
  return join(base.scheme, base.authority, remove_dot_segments(path), to.query);
}

bool decode_percent(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit_of(text[i + 1]) < 0 || digit_of(text[i + 2]) < 0) return false;
    out += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
    i += 2;
  }
  return true;
}

}  // namespace xzepr::jsonschema
