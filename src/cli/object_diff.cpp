#include "cli/object_diff.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/terminal.hpp"
#include "client/api.hpp"
#include "yaml/write.hpp"

namespace xzepr::cli {

namespace {

constexpr std::size_t context_lines = 2;
// Beyond it the whole is shown as replaced: the table of a diff has this many cells.
constexpr std::size_t cells_max = 4'000'000;

struct Line {
  char mark;  // ' ', '-' or '+'
  std::string text;
};
using Lines = std::vector<std::string>;

// Members in the order of the model, so that only what differs shows.
json::Value in_order_of(const json::Value& value, const json::Value& model) {
  if (!value.is_object() || !model.is_object()) return value;
  const auto& members = value.get_object();
  json::Object ordered;
  for (const auto& member : model.get_object()) {
    if (const auto* own = members.if_contains(member.key()))
      ordered.emplace(member.key(), in_order_of(*own, member.value()));
  }
  for (const auto& member : members) ordered.emplace(member.key(), member.value());
  return ordered;
}

Lines lines_of(const json::Value& value) {
  Lines lines;
  if (!value.is_object()) return lines;
  const std::string text = yaml::to_yaml(value);
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end, rest.size() - 1) + 1);
  }
  return lines;
}

// The longest common subsequence of what lies between the common ends.
void append_middle(std::vector<Line>& out, const Lines& a, const Lines& b, std::size_t first,
                   std::size_t a_end, std::size_t b_end) {
  const std::size_t rows = a_end - first;
  const std::size_t columns = b_end - first;
  const bool is_small = rows * columns <= cells_max;
  std::vector<std::uint32_t> length(is_small ? (rows + 1) * (columns + 1) : 0);
  const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
    return length[i * (columns + 1) + j];
  };
  if (is_small) {
    for (std::size_t i = rows; i-- > 0;) {
      for (std::size_t j = columns; j-- > 0;)
        at(i, j) = a[first + i] == b[first + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows || j < columns) {
    const bool is_same = is_small && i < rows && j < columns && a[first + i] == b[first + j];
    const bool is_gone = i < rows && (j == columns || !is_small || at(i + 1, j) >= at(i, j + 1));
    if (is_same) {
      out.push_back({' ', a[first + i]});
      ++i;
      ++j;
    } else if (is_gone) {
      out.push_back({'-', a[first + i++]});
    } else {
      out.push_back({'+', b[first + j++]});
    }
  }
}

std::vector<Line> compare(const Lines& a, const Lines& b) {
  const auto [a_first, b_first] = std::ranges::mismatch(a, b);
  const auto first = static_cast<std::size_t>(a_first - a.begin());
  std::size_t a_end = a.size();
  std::size_t b_end = b.size();
  while (a_end > first && b_end > first && a[a_end - 1] == b[b_end - 1]) {
    --a_end;
    --b_end;
  }
  std::vector<Line> out;
  for (std::size_t i = 0; i < first; ++i) out.push_back({' ', a[i]});
  append_middle(out, a, b, first, a_end, b_end);
  for (std::size_t i = a_end; i < a.size(); ++i) out.push_back({' ', a[i]});
  return out;
}

std::string field_at(const std::vector<Line>& lines, std::size_t index) {
  for (std::size_t i = index + 1; i-- > 0;) {
    const std::string& text = lines[i].text;
    if (!text.empty() && text.front() != ' ') return text.substr(0, text.find(':'));
  }
  return {};
}

std::string painted(const Line& line, Colours colours) {
  const std::string text = fmt::format("{}{}\n", line.mark, printable(line.text));
  if (colours == Colours::off || line.mark == ' ') return text;
  return fmt::format("\x1b[{}m{}{}\x1b[0m\n", line.mark == '-' ? 31 : 32, line.mark, printable(line.text));
}

std::string hunks(const std::vector<Line>& lines, Colours colours) {
  const auto is_change = [](const Line& line) { return line.mark != ' '; };
  std::string out;
  std::size_t shown = 0;  // lines before it are out
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!is_change(lines[i])) continue;
    const std::size_t begin = std::max(shown, i - std::min(i, context_lines));
    if (out.empty() || begin > shown) out += fmt::format("@@ {} @@\n", printable(field_at(lines, i)));
    const std::size_t end = std::min(lines.size(), i + context_lines + 1);
    // Up to the change itself: what follows may be part of the next hunk.
    for (std::size_t at = begin; at <= i; ++at) out += painted(lines[at], colours);
    shown = i + 1;
    while (shown < end && !is_change(lines[shown])) out += painted(lines[shown++], colours);
  }
  return out;
}

const json::Value& side(const json::Value& object, std::string_view name) {
  static const json::Value nothing;
  const auto* found = object.is_object() ? object.get_object().if_contains(name) : nullptr;
  return found == nullptr ? nothing : *found;
}

}  // namespace

std::string render_diff(const json::Value& object, Colours colours) {
  const auto& before = side(object, "before");
  const auto& after = side(object, "after");
  const auto text = hunks(compare(lines_of(in_order_of(before, after)), lines_of(after)), colours);
  if (text.empty()) return {};
  const std::string name =
      printable(fmt::format("{} {}@{}", client::text_of(object, "kind"), client::text_of(object, "name"),
                            client::text_of(object, "version")));
  return fmt::format("--- {}\n+++ {}\n{}", before.is_object() ? name + " as it is" : "nothing",
                     after.is_object() ? name + " as it would be" : "nothing", text);
}

}  // namespace xzepr::cli
