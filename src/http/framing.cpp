#include "http/framing.hpp"

#include <cstring>
#include <limits>

#include "base/grammar.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace xzepr::http {
namespace {

constexpr Refusal malformed(std::string_view detail) { return {400, "http_malformed", detail}; }
constexpr Refusal bad_path(std::string_view detail) { return {400, "path_malformed", detail}; }

constexpr std::size_t authority_bytes_max = 255 + 6;  // the longest host name, a colon and a port
constexpr std::size_t content_length_digits_max = std::numeric_limits<std::int64_t>::digits10;

// What the special fields of one head said; views into the head.
struct Seen {
  std::string_view host;
  bool has_host = false;
  bool has_length = false;
  bool has_coding = false;
  bool says_close = false;
  bool says_keep_alive = false;
  std::string_view authority;  // of an absolute-form target
};

std::string_view trim_spaces(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end - 1);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<Refusal> parse_version(std::string_view text, Framing& framing) {
  framing.is_version_1_0 = text == "HTTP/1.0";
  if (framing.is_version_1_0 || text == "HTTP/1.1") return std::nullopt;
  const bool is_version = text.size() == 8 && text.starts_with("HTTP/") && text[5] >= '0' && text[5] <= '9' &&
                          text[6] == '.' && text[7] >= '0' && text[7] <= '9';
  if (is_version)
    return Refusal{505, "http_version_unsupported", "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  return malformed("the request line does not end with an HTTP version");
}

bool is_valid_port(std::string_view port) {
  if (port.empty() || port.size() > 5) return false;
  unsigned value = 0;
  for (const char c : port) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= 65535;
}

// The bytes of "[...]" at the front, 0 when that cannot be an IPv6 address.
std::size_t address_literal_size(std::string_view text) {
  const auto end = text.find(']');
  if (end == std::string_view::npos) return 0;
  std::size_t colons = 0;
  for (const char c : text.substr(1, end - 1)) {
    if (c == ':') {
      ++colons;
    } else if (c != '.' && !grammar::is(c, grammar::hexadecimal)) {
      return 0;
    }
  }
  return colons >= 2 ? end + 1 : 0;
}

bool is_valid_authority(std::string_view text) {
  if (text.size() > authority_bytes_max) return false;
  const auto host_size =
      text.starts_with('[') ? address_literal_size(text) : grammar::span(text, grammar::host);
  const auto rest = text.substr(host_size);
  if (host_size == 0) return false;
  return rest.empty() || (rest.front() == ':' && is_valid_port(rest.substr(1)));
}

// Leaves the origin form of an absolute-form target.
std::optional<Refusal> take_authority(std::string_view& target, Seen& seen) {
  const auto scheme_end = target.find("://");
  const auto scheme = target.substr(0, scheme_end);
  const bool is_absolute =
      scheme_end != std::string_view::npos &&
      (grammar::equal_ignoring_case(scheme, "http") || grammar::equal_ignoring_case(scheme, "https"));
  if (!is_absolute) return malformed("the target must be a path that starts with '/'");
  const auto rest = target.substr(scheme_end + 3);
  seen.authority = rest.substr(0, rest.find_first_of("/?"));
  if (!is_valid_authority(seen.authority)) return malformed("the target's host is malformed");
  target = rest.substr(seen.authority.size());
  if (target.empty()) target = "/";
  if (target.front() == '?') return malformed("the target has no path");
  return std::nullopt;
}

std::optional<Refusal> parse_target(std::string_view target, Request& request, Seen& seen) {
  if (target == "*" && request.method == Method::options) {
    request.target = target;
    request.path = "*";
    request.query = {};
    return std::nullopt;
  }
  if (request.method_text == "CONNECT")
    return Refusal{405, "method_not_allowed", "this server is not a proxy"};
  if (!target.starts_with('/')) {
    if (auto refusal = take_authority(target, seen)) return refusal;
  }
  request.target = target;
  const auto path = target.substr(0, target.find('?'));
  request.query = target.substr(std::min(target.size(), path.size() + 1));
  for (std::size_t i = 0; i < request.query.size(); ++i) {
    if (!grammar::is(request.query[i], grammar::query) && request.query[i] != '%') {
      return malformed("the query holds a character that must be percent-encoded");
    }
  }
  return normalise_path(path, request.path);
}

std::optional<Refusal> parse_request_line(std::string_view line, Request& request, Framing& framing,
                                          Seen& seen) {
  const auto method_size = grammar::span(line, grammar::token);
  if (method_size == 0 || method_size >= line.size() || line[method_size] != ' ') {
    return malformed("the request line does not start with a method and one space");
  }
  request.method_text = line.substr(0, method_size);
  const auto rest = line.substr(method_size + 1);
  const auto target = rest.substr(0, rest.find(' '));
  if (target.empty() || target.size() == rest.size())
    return malformed("the request line must be method, target and version");
  if (auto refusal = parse_version(rest.substr(target.size() + 1), framing)) return refusal;
  for (const char c : request.method_text) {
    if (grammar::is(c, grammar::lower_case)) return malformed("methods are written in upper case");
  }
  request.method = parse_method(request.method_text);
  return parse_target(target, request, seen);
}

std::optional<Refusal> on_content_length(std::string_view value, Framing& framing, Seen& seen) {
  if (seen.has_length) return malformed("Content-Length is given twice");
  seen.has_length = true;
  if (value.empty() || value.size() > content_length_digits_max)
    return malformed("Content-Length is not a number");
  for (const char c : value) {
    if (c < '0' || c > '9') return malformed("Content-Length is not a number");
    framing.content_length = framing.content_length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (framing.content_length > 0) framing.body = Framing::Body::sized;
  return std::nullopt;
}

// Only the exact word: every other spelling is one on which a proxy before us may disagree.
std::optional<Refusal> on_transfer_encoding(std::string_view raw, Framing& framing, Seen& seen) {
  if (framing.is_version_1_0) return malformed("Transfer-Encoding does not exist in HTTP/1.0");
  if (seen.has_coding) return malformed("Transfer-Encoding is given twice");
  seen.has_coding = true;
  if (raw.find('\t') != std::string_view::npos) return malformed("Transfer-Encoding is malformed");
  const auto value = trim_spaces(raw);
  if (value.empty() || value.find(',') != std::string_view::npos)
    return malformed("Transfer-Encoding must be chunked alone");
  if (value != "chunked")
    return Refusal{501, "transfer_coding_unknown", "the only transfer coding is chunked"};
  framing.body = Framing::Body::chunked;
  return std::nullopt;
}

void on_connection(std::string_view value, Seen& seen) {
  while (!value.empty()) {
    const auto part = value.substr(0, value.find(','));
    value.remove_prefix(std::min(value.size(), part.size() + 1));
    const auto option = trim_spaces(part);
    seen.says_close = seen.says_close || grammar::equal_ignoring_case(option, "close");
    seen.says_keep_alive = seen.says_keep_alive || grammar::equal_ignoring_case(option, "keep-alive");
  }
}

std::optional<Refusal> on_expect(std::string_view value, Framing& framing) {
  if (!grammar::equal_ignoring_case(value, "100-continue")) {
    return Refusal{417, "expectation_failed", "the only expectation is 100-continue"};
  }
  framing.expects_continue = !framing.is_version_1_0;
  return std::nullopt;
}

std::optional<Refusal> on_host(std::string_view value, Seen& seen) {
  if (seen.has_host) return malformed("Host is given twice");
  if (!is_valid_authority(value)) return malformed("Host is malformed");
  seen.has_host = true;
  seen.host = value;
  return std::nullopt;
}

// The length tells the few fields that matter here apart from the rest at once.
std::optional<Refusal> on_field(const Header& field, std::string_view raw_value, Framing& framing,
                                Seen& seen) {
  switch (field.name.size()) {
    case 4:
      if (grammar::equal_ignoring_case(field.name, "host")) return on_host(field.value, seen);
      break;
    case 6:
      if (grammar::equal_ignoring_case(field.name, "expect")) return on_expect(field.value, framing);
      break;
    case 10:
      if (grammar::equal_ignoring_case(field.name, "connection")) on_connection(field.value, seen);
      break;
    case 14:
      if (grammar::equal_ignoring_case(field.name, "content-length"))
        return on_content_length(field.value, framing, seen);
      break;
    case 17:
      if (grammar::equal_ignoring_case(field.name, "transfer-encoding"))
        return on_transfer_encoding(raw_value, framing, seen);
      break;
  }
  return std::nullopt;
}

std::optional<Refusal> parse_field(std::string_view line, Request& request, Framing& framing, Seen& seen) {
  const auto name_size = grammar::span(line, grammar::token);
  if (name_size == 0 && (line.front() == ' ' || line.front() == '\t'))
    return malformed("a header is folded over two lines");
  if (name_size == 0 || name_size == line.size() || line[name_size] != ':') {
    return malformed("a header line is not a name directly followed by a colon");
  }
  const auto raw_value = line.substr(name_size + 1);
  if (grammar::span(raw_value, grammar::field_value) != raw_value.size()) {
    return malformed("a header's value holds a control character");
  }
  const Header field{.name = line.substr(0, name_size), .value = trim_spaces(raw_value)};
  request.headers.push_back(field);
  return on_field(field, raw_value, framing, seen);
}

std::optional<Refusal> check_together(Framing& framing, const Seen& seen) {
  if (seen.has_length && seen.has_coding)
    return malformed("Content-Length and Transfer-Encoding exclude each other");
  if (!seen.has_host && !framing.is_version_1_0) return malformed("Host is missing");
  if (!seen.authority.empty() && seen.has_host && !grammar::equal_ignoring_case(seen.authority, seen.host)) {
    return Refusal{421, "misdirected_request", "the target names another host than Host"};
  }
  framing.is_keep_alive =
      framing.is_version_1_0 ? seen.says_keep_alive && !seen.says_close : !seen.says_close;
  return std::nullopt;
}

// Takes the percent escape at raw[i]; moves i behind it.
std::optional<Refusal> take_escape(std::string_view raw, std::size_t& i, std::string& path) {
  const int high = i + 2 < raw.size() ? grammar::hex_value(raw[i + 1]) : -1;
  const int low = i + 2 < raw.size() ? grammar::hex_value(raw[i + 2]) : -1;
  if (high < 0 || low < 0) return bad_path("the path holds a malformed percent escape");
  const auto byte = static_cast<unsigned char>(high * 16 + low);
  if (byte < 0x20 || byte == 0x7F) return bad_path("the path holds an encoded control character");
  if (byte == '/' || byte == '\\') return bad_path("the path holds an encoded slash or backslash");
  path += static_cast<char>(byte);
  i += 3;
  return std::nullopt;
}

std::optional<Refusal> check_segment(std::string_view segment) {
  if (segment.empty()) return bad_path("the path holds an empty segment");
  if (segment == "." || segment == "..") return bad_path("the path holds a dot segment");
  return std::nullopt;
}

}  // namespace

HeadScanner::State HeadScanner::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  return State::refused;
}

std::optional<Refusal> HeadScanner::check_line_length(std::size_t length) const {
  if (lines_ == 0) {
    if (length <= limits::request_line_bytes_max) return std::nullopt;
    return Refusal{414, "uri_too_long", "the request line is longer than 8,192 bytes"};
  }
  if (length > limits::header_bytes_max)
    return Refusal{431, "headers_too_large", "a header is longer than 8,192 bytes"};
  if (lines_ > limits::header_count_max && length > 0)
    return Refusal{431, "headers_too_large", "there are more than 100 headers"};
  if (line_ + length > begin_ + limits::head_bytes_max) {
    return Refusal{431, "headers_too_large", "the request line and all headers are longer than 40,960 bytes"};
  }
  return std::nullopt;
}

HeadScanner::State HeadScanner::check_partial_line(std::string_view bytes) {
  const std::size_t length = bytes.size() - line_;
  if (length > 0 && is_hopeless(bytes[line_])) return refuse(malformed("this is not HTTP"));
  // The last byte may be the CR that ends the line.
  if (const auto refusal = length > 0 ? check_line_length(length - 1) : std::nullopt) return refuse(*refusal);
  position_ = bytes.size();
  return State::incomplete;
}

// A first byte that starts no request, as of a TLS handshake, is answered at once instead of after a
// time-out.
bool HeadScanner::is_hopeless(char first) const {
  return lines_ == 0 && first != '\r' && !grammar::is(first, grammar::token);
}

HeadScanner::State HeadScanner::scan(std::string_view bytes) {
  for (;;) {
    const auto* found = bytes.size() > position_
                            ? std::memchr(bytes.data() + position_, '\n', bytes.size() - position_)
                            : nullptr;
    if (found == nullptr) return check_partial_line(bytes);
    const auto feed = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (feed == line_ || bytes[feed - 1] != '\r') return refuse(malformed("a line ends without CR LF"));
    const std::size_t length = feed - 1 - line_;
    if (is_hopeless(bytes[line_])) return refuse(malformed("this is not HTTP"));
    if (const auto refusal = check_line_length(length)) return refuse(*refusal);
    position_ = feed + 1;
    line_ = position_;
    if (length > 0) {
      ++lines_;
    } else if (lines_ > 0) {
      return State::complete;
    } else if (begin_ > 0) {
      return refuse(malformed("there are empty lines before the request line"));
    } else {
      begin_ = position_;
    }
  }
}

std::optional<Refusal> parse_head(std::string_view head, Request& request, Framing& framing) {
  Seen seen;
  framing = Framing{};
  request.headers.clear();
  request.body = {};
  if (auto refusal = parse_request_line(take_line(head), request, framing, seen)) return refusal;
  for (auto line = take_line(head); !line.empty(); line = take_line(head)) {
    if (auto refusal = parse_field(line, request, framing, seen)) return refusal;
  }
  return check_together(framing, seen);
}

std::optional<Refusal> normalise_path(std::string_view raw, std::string& path) {
  path.clear();
  if (!raw.starts_with('/')) return bad_path("the path must start with '/'");
  if (raw.size() > 1 && raw.ends_with('/') && raw != "//") raw.remove_suffix(1);
  path += '/';
  if (raw.size() == 1) return std::nullopt;
  std::size_t segment = 1;
  bool has_escape = false;
  for (std::size_t i = 1; i < raw.size();) {
    const auto plain = grammar::span(raw.substr(i), grammar::path);
    path.append(raw, i, plain);
    i += plain;
    if (i == raw.size()) break;
    if (raw[i] == '/') {
      if (auto refusal = check_segment(std::string_view(path).substr(segment))) return refusal;
      path += '/';
      segment = path.size();
      ++i;
    } else if (raw[i] == '%') {
      has_escape = true;
      if (auto refusal = take_escape(raw, i, path)) return refusal;
    } else {
      return bad_path("the path holds a character that must be percent-encoded");
    }
  }
  if (auto refusal = check_segment(std::string_view(path).substr(segment))) return refusal;
  if (has_escape && !is_valid_utf8(path)) return bad_path("the path is not UTF-8");
  return std::nullopt;
}

}  // namespace xzepr::http
