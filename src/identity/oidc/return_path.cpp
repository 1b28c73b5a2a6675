#include "identity/oidc/return_path.hpp"

#include <algorithm>

#include "http/query.hpp"

namespace xzepr::identity::oidc {
namespace {

constexpr std::size_t return_path_bytes_max = 2'048;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// RFC 3986's characters of paths, queries and fragments, without ';'.
bool is_link_character(char c) {
  return is_alphanumeric(c) || std::string_view("-._~!$&'()*+,=:@/?#%").find(c) != std::string_view::npos;
}

// What an escape may not hide: somebody on the way may undo it.
bool is_hidden_danger(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ||
         std::string_view("/\\.;%?#").find(c) != std::string_view::npos;
}

bool has_dangerous_escape(std::string_view path) {
  for (auto at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
    const auto decoded = http::percent_decode(path.substr(at, 3));
    if (!decoded || decoded->size() != 1 || is_hidden_danger(decoded->front())) return true;
  }
  return false;
}

// "/a/b": every segment is there and none is "." or "..". A slash at the end is one.
bool has_plain_segments(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto segment = path.substr(0, path.find('/'));
    const bool is_last = segment.size() == path.size();
    if (segment == "." || segment == ".." || (segment.empty() && !is_last)) return false;
    path.remove_prefix(segment.size());
  }
  return true;
}

}  // namespace

bool is_return_path(std::string_view text) {
  if (text.empty() || text.size() > return_path_bytes_max || text.front() != '/') return false;
  if (!std::ranges::all_of(text, is_link_character)) return false;
  const auto path = text.substr(0, text.find_first_of("?#"));
  const bool is_interface = path == "/api" || path.starts_with("/api/");
  return has_plain_segments(path) && !has_dangerous_escape(path) && !is_interface;
}

}  // namespace xzepr::identity::oidc
