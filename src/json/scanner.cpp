#include "json/scanner.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/assert.hpp"
#include "json/pointer.hpp"
#include "json/utf8.hpp"

namespace xzepr::json {
namespace {

// More than this many keys in one bucket of the object do not happen by chance (a full table of 100,000
// random keys has about 9): somebody computed them, and every lookup would walk the chain.
constexpr int chain_length_max = 64;

// The least table size at which the library hashes instead of searching one by one.
constexpr std::size_t hashed_capacity_min = 19;

constexpr std::size_t fault_pointer_bytes_max = 256;

// Spares most of the first growths; more would let "{\"a\":1}" cost fifty times its size.
constexpr std::size_t members_reserved = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// True for bytes that a string may hold as they are: no control, quote, backslash, nothing beyond ASCII.
constexpr auto plain_bytes = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 0x80; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

bool is_plain(char c) { return plain_bytes[static_cast<std::uint8_t>(c)]; }

// Eight bytes at a time: a byte is special when it is below 0x20, '"', '\\', or has the high bit.
bool are_plain(const char* at) {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  const std::uint64_t quote = word ^ (ones * '"');
  const std::uint64_t slash = word ^ (ones * '\\');
  const std::uint64_t special = (word - ones * 0x20U) | (quote - ones) | (slash - ones) | word;
  return (special & (ones * 0x80U)) == 0;
}

bool is_chain_too_long(const Object& object, const boost::json::key_value_pair& member) {
  if (object.capacity() < hashed_capacity_min) return false;
  const auto* at = &member;
  for (int length = 0; length < chain_length_max; ++length) {
    const auto next = boost::json::detail::access::next(const_cast<boost::json::key_value_pair&>(*at));
    if (next >= object.size()) return false;
    at = object.begin() + next;
  }
  return true;
}

}  // namespace

Scanner::Scanner(std::string_view text, const ParseLimits& limits)
    : begin_(text.data()),
      end_(text.data() + text.size()),
      at_(text.data()),
      depth_left_(limits.depth_max),
      big_integers_(limits.big_integers) {
  XZEPR_ASSERT(limits.depth_max <= 1'000);  // each level is a stack frame
}

bool Scanner::scan(Value& out) {
  if (rest().starts_with("\xEF\xBB\xBF")) return fail("syntax", "a byte order mark is not allowed");
  skip_space();
  if (!value(out)) return false;
  skip_space();
  return at_end() || fail_syntax("nothing may follow the value");
}

bool Scanner::value(Value& out) {
  if (at_end()) return fail_syntax("a value is expected");
  switch (*at_) {
    case '{': return object(out);
    case '[': return array(out);
    case 't': return literal(out, "true", true);
    case 'f': return literal(out, "false", false);
    case 'n': return literal(out, "null", nullptr);
    case '"': {
      std::string_view text;
      if (!string(text)) return false;
      out.emplace_string().assign(text.data(), text.size());
      return true;
    }
    default: return number(out);
  }
}

bool Scanner::object(Value& out) {
  if (!open()) return false;
  Object& members = out.emplace_object();
  skip_space();
  if (!accept('}')) {
    members.reserve(members_reserved);
    do {
      skip_space();
      if (!member(members)) return false;
      skip_space();
    } while (accept(','));
    if (!accept('}')) return fail_syntax("',' or '}' is expected");
  }
  ++depth_left_;
  return true;
}

bool Scanner::member(Object& out) {
  if (at_end() || *at_ != '"') return fail_syntax("a key in quotes is expected");
  const char* key_at = at_;
  std::string_view key;
  if (!string(key)) return false;
  // The key goes in at once, so that its bytes may be overwritten and the value is built in its place.
  const auto [slot, is_new] = out.emplace(key, nullptr);
  if (!is_new) {
    at_ = key_at;
    fail("duplicateKey", "the key stands twice in this object");
    lead_to(slot->key());
    return false;
  }
  if (is_chain_too_long(out, *slot))
    return fail("duplicateKey", "the keys of this object were made to collide");
  skip_space();
  if (!accept(':')) return fail_syntax("':' is expected");
  skip_space();
  if (value(slot->value())) return true;
  lead_to(slot->key());
  return false;
}

bool Scanner::array(Value& out) {
  if (!open()) return false;
  Array& items = out.emplace_array();
  skip_space();
  if (!accept(']')) {
    do {
      skip_space();
      if (!value(items.emplace_back(nullptr))) {
        lead_to(std::to_string(items.size() - 1));
        return false;
      }
      skip_space();
    } while (accept(','));
    if (!accept(']')) return fail_syntax("',' or ']' is expected");
  }
  ++depth_left_;
  return true;
}

bool Scanner::open() {
  if (depth_left_ == 0) return fail("depth", "nested too deeply");
  --depth_left_;
  ++at_;
  return true;
}

bool Scanner::literal(Value& out, std::string_view word, Value is) {
  if (!rest().starts_with(word)) return fail_syntax("a value is expected");
  at_ += word.size();
  out = std::move(is);
  return true;
}

bool Scanner::number(Value& out) {
  const char* from = at_;
  accept('-');
  if (at_end() || !is_digit(*at_)) return fail_syntax("a value is expected");
  if (*at_ == '0') {
    ++at_;
  } else if (!digits()) {
    return false;
  }
  bool is_integer = true;
  if (accept('.')) {
    is_integer = false;
    if (!digits()) return false;
  }
  if (accept('e') || accept('E')) {
    is_integer = false;
    if (!accept('+')) accept('-');
    if (!digits()) return false;
  }
  const std::string_view token(from, static_cast<std::size_t>(at_ - from));
  return is_integer ? integer(out, token) : real(out, token);
}

bool Scanner::digits() {
  if (at_end() || !is_digit(*at_)) return fail_syntax("digits are expected");
  while (!at_end() && is_digit(*at_)) ++at_;
  return true;
}

bool Scanner::integer(Value& out, std::string_view token) {
  const char* last = token.data() + token.size();
  std::int64_t number = 0;
  if (std::from_chars(token.data(), last, number).ec == std::errc()) {
    out = number;
    return true;
  }
  std::uint64_t large = 0;
  if (token.front() != '-' && std::from_chars(token.data(), last, large).ec == std::errc()) {
    out = large;
    return true;
  }
  if (big_integers_ == BigIntegers::read_as_double) return real(out, token);
  at_ = token.data();
  return fail("number", "an integer beyond 64 bits cannot be kept exactly");
}

bool Scanner::real(Value& out, std::string_view token) {
  double number = 0;
  const auto [last, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  const auto mantissa = token.substr(0, token.find_first_of("eE"));
  const bool is_lost = number == 0 && mantissa.find_first_of("123456789") != std::string_view::npos;
  if (error != std::errc() || !std::isfinite(number) || is_lost) {
    at_ = token.data();
    return fail("number", "the number is beyond what a double can hold");
  }
  out = number;
  return true;
}

bool Scanner::string(std::string_view& out) {
  const char* from = ++at_;
  if (!plain_run()) return false;
  if (accept('"')) {
    out = std::string_view(from, static_cast<std::size_t>(at_ - 1 - from));
    return true;
  }
  if (!escaped_rest(from)) return false;
  out = decoded_;
  return true;
}

bool Scanner::escaped_rest(const char* run) {
  decoded_.clear();
  while (true) {
    decoded_.append(run, at_);
    if (accept('"')) return true;
    if (!escape()) return false;
    run = at_;
    if (!plain_run()) return false;
  }
}

// Stops at a quote or a backslash.
bool Scanner::plain_run() {
  while (true) {
    while (end_ - at_ >= 8 && are_plain(at_)) at_ += 8;
    while (!at_end() && is_plain(*at_)) ++at_;
    if (at_end()) return fail_syntax("the string does not end");
    if (*at_ == '"' || *at_ == '\\') return true;
    if (static_cast<std::uint8_t>(*at_) < 0x20) return fail_syntax("a control character must be escaped");
    const std::size_t size = code_point_size(rest());
    if (size == 0) return fail("utf8", "the bytes are not valid UTF-8");
    at_ += size;
  }
}

bool Scanner::escape() {
  ++at_;
  if (at_end()) return fail_syntax("the string does not end");
  switch (*at_++) {
    case '"': decoded_ += '"'; return true;
    case '\\': decoded_ += '\\'; return true;
    case '/': decoded_ += '/'; return true;
    case 'b': decoded_ += '\b'; return true;
    case 'f': decoded_ += '\f'; return true;
    case 'n': decoded_ += '\n'; return true;
    case 'r': decoded_ += '\r'; return true;
    case 't': decoded_ += '\t'; return true;
    case 'u': return unicode_escape();
    default: --at_; return fail_syntax("no such escape");
  }
}

bool Scanner::unicode_escape() {
  std::uint32_t unit = 0;
  if (!hex4(unit)) return false;
  if (unit == 0) return fail("nul", "U+0000 is not allowed");
  if (unit >= 0xDC00 && unit <= 0xDFFF) return fail("utf8", "a low surrogate stands alone");
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    if (!rest().starts_with("\\u")) return fail("utf8", "a high surrogate stands alone");
    at_ += 2;
    std::uint32_t low = 0;
    if (!hex4(low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return fail("utf8", "a high surrogate stands alone");
    unit = 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U);
  }
  append_code_point(decoded_, unit);
  return true;
}

bool Scanner::hex4(std::uint32_t& unit) {
  const auto four = rest().substr(0, 4);
  const auto [last, error] = std::from_chars(four.data(), four.data() + four.size(), unit, 16);
  // from_chars takes a minus for signed types only, so four digits read means four digits there.
  if (four.size() < 4 || error != std::errc() || last != four.data() + 4) {
    return fail_syntax("four hexadecimal digits are expected");
  }
  at_ += 4;
  return true;
}

void Scanner::skip_space() {
  while (!at_end() && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
}

bool Scanner::accept(char c) {
  if (at_end() || *at_ != c) return false;
  ++at_;
  return true;
}

bool Scanner::fail(std::string_view keyword, std::string_view message) {
  fault_ = {.keyword = keyword, .message = message, .offset = static_cast<std::size_t>(at_ - begin_)};
  return false;
}

bool Scanner::fail_syntax(std::string_view message) { return fail("syntax", message); }

// Called from the inside out while scanning unwinds.
void Scanner::lead_to(std::string_view token) {
  if (token.size() > fault_pointer_bytes_max || fault_.pointer.size() > fault_pointer_bytes_max) {
    fault_.pointer.clear();
    return;
  }
  std::string pointer;
  append_token(pointer, token);
  fault_.pointer.insert(0, pointer);
}

}  // namespace xzepr::json
