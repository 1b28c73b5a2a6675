#include "jsonschema/regex.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "json/utf8.hpp"
#include "jsonschema/regex_class.hpp"

namespace xzepr::jsonschema {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<std::uint8_t>(c) >= 0x80;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::expected<Regex, std::string> run() {
    out_.is_steady = rest_.starts_with('^');
    while (!rest_.empty() && fault_.empty()) step();
    if (fault_.empty() && depth_ > 0) fault_ = "a group is not closed: missing )";
    if (!fault_.empty()) return std::unexpected(std::move(fault_));
    return std::move(out_);
  }

 private:
  void step() {
    switch (rest_.front()) {
      case '(': return open();
      case ')': return close();
      case '[': return atom(read_class(rest_));
      case '\\': return escape();
      case '.': return plain(1, R"([^\n\r\x{2028}\x{2029}])", true);
      case '|': out_.is_steady = false; [[fallthrough]];
      case '^':
      case '$': return plain(1, rest_.substr(0, 1), false);
      case '*':
      case '+':
      case '?': return quantifier(1, Length::variable);
      case '{': return brace();
      case '}':
      case ']': return plain(1, rest_.front() == ']' ? R"(\])" : R"(\})", true);
      default: break;
    }
    const auto size = std::max<std::size_t>(json::code_point_size(rest_), 1);
    plain(size, rest_.substr(0, size), true);
  }

  void plain(std::size_t size, std::string_view written, bool is_atom) {
    out_.re2 += written;
    rest_.remove_prefix(size);
    can_repeat_ = is_atom;
  }

  void refuse(std::string why) {
    if (out_.refusal.empty()) out_.refusal = std::move(why);
  }

  // Groups catch nothing here, so all of them are plain ones for RE2.
  void open() {
    std::size_t size = 1;
    if (rest_.starts_with("(?")) {
      size = 3;
      const char kind = rest_.size() > 2 ? rest_[2] : '\0';
      const char behind = rest_.size() > 3 ? rest_[3] : '\0';
      if (kind == '=' || kind == '!' || (kind == '<' && (behind == '=' || behind == '!'))) {
        size = kind == '<' ? 4 : 3;
        refuse(fmt::format("look-around and the like cannot be matched in linear time: {}",
                           rest_.substr(0, size)));
      } else if (kind == '<') {
        size = 3 + name_size(rest_.substr(3));
        if (!fault_.empty()) return;
      } else if (kind != ':') {
        fault_ = fmt::format("a group cannot begin with {}", rest_.substr(0, 3));
        return;
      }
    }
    ++depth_;
    plain(size, "(?:", false);
  }

  /// The name of a group with its '>'.
  std::size_t name_size(std::string_view text) {
    const auto end = text.find('>');
    const auto name = text.substr(0, end);
    const bool is_name = end != std::string_view::npos && !name.empty() &&
                         std::ranges::all_of(name, is_name_char) &&
                         (name.front() < '0' || name.front() > '9');
    if (!is_name || !names_.insert(name).second) fault_ = "the name of a group is missing or there twice";
    return is_name ? end + 1 : 0;
  }

  void close() {
    if (depth_ == 0) {
      fault_ = "missing (: a ) closes nothing";
      return;
    }
    --depth_;
    plain(1, ")", true);
  }

  enum class Length : std::uint8_t { fixed, variable };

  void quantifier(std::size_t size, Length length) {
    if (length == Length::variable) out_.is_steady = false;
    if (!can_repeat_) {
      fault_ = fmt::format("nothing to repeat before {}", rest_.substr(0, size));
      return;
    }
    if (size < rest_.size() && rest_[size] == '?') ++size;
    plain(size, rest_.substr(0, size), false);
  }

  std::optional<std::uint64_t> take_count(std::string_view& text) {
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc::invalid_argument) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return error == std::errc() ? count : UINT64_MAX;
  }

  // {n}, {n,} or {n,m}; otherwise the brace stands for itself.
  void brace() {
    std::string_view text = rest_.substr(1);
    const auto low = take_count(text);
    std::optional<std::uint64_t> high = low;
    if (low && text.starts_with(',')) {
      text.remove_prefix(1);
      high = take_count(text).value_or(UINT64_MAX);
    }
    if (!low || !text.starts_with('}')) return plain(1, R"(\{)", true);
    if (*high < *low) {
      fault_ = "the counts of a repetition are out of order";
      return;
    }
    quantifier(rest_.size() - text.size() + 1, low == high ? Length::fixed : Length::variable);
  }

  void escape() {
    const char escaped = rest_.size() > 1 ? rest_[1] : '\0';
    if (escaped == 'b' || escaped == 'B') return plain(2, rest_.substr(0, 2), false);
    if (escaped >= '1' && escaped <= '9') {
      refuse("a back reference cannot be matched in linear time");
      return plain(2, "", true);
    }
    if (rest_.starts_with("\\k<") && rest_.find('>') != std::string_view::npos) {
      refuse("a back reference cannot be matched in linear time");
      return plain(rest_.find('>') + 1, "", true);
    }
    atom(read_escape(rest_, Inside::expression));
  }

  void atom(std::expected<ClassAtom, std::string> read) {
    if (!read) {
      fault_ = std::move(read).error();
      return;
    }
    if (!read->refusal.empty()) refuse(std::move(read->refusal));
    plain(read->size, read->re2, true);
  }

  std::string_view rest_;
  Regex out_;
  std::string fault_;
  std::set<std::string_view> names_;
  std::size_t depth_ = 0;
  bool can_repeat_ = false;
};

}  // namespace

std::expected<Regex, std::string> read_regex(std::string_view text) { return Reader(text).run(); }

}  // namespace xzepr::jsonschema
