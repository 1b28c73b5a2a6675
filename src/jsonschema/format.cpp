#include "jsonschema/format.hpp"

#include <algorithm>
#include <array>

#include "jsonschema/regex.hpp"

namespace xzepr::jsonschema {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// True when every part between separators, the empty ones included, is one that `is_part` likes.
bool all_parts(std::string_view text, char separator, bool (*is_part)(std::string_view)) {
  for (;;) {
    const auto end = text.find(separator);
    if (!is_part(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

// --- mail and hosts

bool is_email_atom(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-/=?^_`{|}~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_alnum(c) || marks.find(c) != std::string_view::npos;
  });
}

bool is_domain_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '-'; });
}

/// The length of a quoted string at the front, its quotes included; 0 when there is none.
std::size_t quoted_size(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
    if (i < text.size() && (text[i] < ' ' || text[i] > '~')) return 0;
  }
  return 0;
}

bool is_mail_domain(std::string_view text) {
  if (!text.starts_with('[')) return all_parts(text, '.', is_domain_label);
  if (!text.ends_with(']')) return false;
  const auto address = text.substr(1, text.size() - 2);
  return address.starts_with("IPv6:") ? is_ipv6(address.substr(5)) : is_ipv4(address);
}

bool is_octet(std::string_view text) {
  if (text.empty() || text.size() > 3 || !std::ranges::all_of(text, is_digit)) return false;
  if (text.size() > 1 && text.front() == '0') return false;
  return text.size() < 3 || text <= "255";
}

bool is_hextet(std::string_view text) {
  return !text.empty() && text.size() <= 4 && std::ranges::all_of(text, is_hex);
}

/// Hextets in a list of them, a dotted quad at the end counting two; -1 when something else is in it.
int count_hextets(std::string_view text) {
  if (text.empty()) return 0;
  int count = 0;
  for (;;) {
    const auto end = text.find(':');
    const auto part = text.substr(0, end);
    if (end == std::string_view::npos && is_ipv4(part)) return count + 2;
    if (!is_hextet(part)) return -1;
    ++count;
    if (end == std::string_view::npos) return count;
    text.remove_prefix(end + 1);
  }
}

// --- URIs

constexpr auto uri_characters = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "-._~:/?#[]@!$&'()*+,;=%"))
    table[static_cast<std::uint8_t>(c)] = true;
  return table;
}();

bool is_uri_character(char c) { return uri_characters[static_cast<std::uint8_t>(c)]; }

bool is_percent_encoding_complete(std::string_view text) {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
  }
  return true;
}

// Brackets may only hold an IP literal, at the start of the host.
bool are_brackets_in_place(std::string_view rest) {
  const auto open = rest.find('[');
  if (open == std::string_view::npos) return rest.find(']') == std::string_view::npos;
  if (!rest.starts_with("//")) return false;
  const auto authority = rest.substr(2, rest.find_first_of("/?#", 2) - 2);
  const auto at = authority.find('@');
  const auto host = authority.substr(at == std::string_view::npos ? 0 : at + 1);
  return host.starts_with('[') && host.find(']') != std::string_view::npos &&
         std::ranges::count(rest, '[') == 1 && std::ranges::count(rest, ']') == 1;
}

bool is_hierarchy(std::string_view rest) {
  return std::ranges::all_of(rest, is_uri_character) && is_percent_encoding_complete(rest) &&
         std::ranges::count(rest, '#') <= 1 && are_brackets_in_place(rest);
}

bool is_pointer_token(std::string_view text) {
  for (auto at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

// Sorted by name.
constexpr auto formats = std::to_array<Format>({{"date", is_date},
                                                {"date-time", is_date_time},
                                                {"duration", is_duration},
                                                {"email", is_email},
                                                {"hostname", is_hostname},
                                                {"ipv4", is_ipv4},
                                                {"ipv6", is_ipv6},
                                                {"json-pointer", is_json_pointer},
                                                {"regex", is_regex},
                                                {"time", is_time},
                                                {"uri", is_uri},
                                                {"uri-reference", is_uri_reference},
                                                {"uuid", is_uuid}});
static_assert(std::ranges::is_sorted(formats, {}, &Format::name));

}  // namespace

bool is_email(std::string_view text) {
  const bool is_quoted = text.starts_with('"');
  const auto at = is_quoted ? quoted_size(text) : text.find('@');
  if (at == 0 || at > 64 || at >= text.size() || text[at] != '@') return false;
  return (is_quoted || all_parts(text.substr(0, at), '.', is_email_atom)) &&
         is_mail_domain(text.substr(at + 1));
}

bool is_hostname(std::string_view text) {
  return text.size() <= 253 && all_parts(text, '.', is_domain_label);
}

bool is_ipv4(std::string_view text) {
  return std::ranges::count(text, '.') == 3 && all_parts(text, '.', is_octet);
}

bool is_ipv6(std::string_view text) {
  if (text.size() > 45) return false;
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) return count_hextets(text) == 8;
  const auto before = text.substr(0, gap);
  const int first = before.find('.') == std::string_view::npos ? count_hextets(before) : -1;
  const int second = count_hextets(text.substr(gap + 2));
  return first >= 0 && second >= 0 && first + second <= 7;
}

bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_alpha(text.front())) return false;
  const auto is_scheme_character = [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; };
  return std::ranges::all_of(text.substr(0, colon), is_scheme_character) &&
         is_hierarchy(text.substr(colon + 1));
}

bool is_uri_reference(std::string_view text) {
  // Without a scheme the first segment has no colon, or it would be one.
  const auto first = text.substr(0, text.find_first_of("/?#"));
  return is_uri(text) || (first.find(':') == std::string_view::npos && is_hierarchy(text));
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != shape.size()) return false;
  return std::ranges::equal(text, shape,
                            [](char c, char wanted) { return wanted == '-' ? c == '-' : is_hex(c); });
}

bool is_json_pointer(std::string_view text) {
  return text.empty() || (text.front() == '/' && all_parts(text, '/', is_pointer_token));
}

bool is_regex(std::string_view text) { return read_regex(text).has_value(); }

const Format* find_format(std::string_view name) {
  const auto* found = std::ranges::lower_bound(formats, name, {}, &Format::name);
  return found != formats.end() && found->name == name ? found : nullptr;
}

}  // namespace xzepr::jsonschema
