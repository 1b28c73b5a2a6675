#include "cli/table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "cli/terminal.hpp"
#include "json/utf8.hpp"

namespace xzepr::cli {

namespace {

constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view green = "\x1b[32m";
constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view yellow = "\x1b[33m";
constexpr std::string_view dim = "\x1b[2m";
constexpr std::string_view reset = "\x1b[0m";

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> coloured_words = {{
    {"open", green},
    {"passed", green},
    {"healthy", green},
    {"true", green},
    {"failing", red},
    {"failed", red},
    {"unhealthy", red},
    {"false", red},
    {"pending", yellow},
    {"missing", yellow},
    {"degraded", yellow},
    {"disabled", dim},
}};

std::string_view colour_of(std::string_view cell) {
  const auto* found =
      std::ranges::find(coloured_words, cell, &std::pair<std::string_view, std::string_view>::first);
  return found == coloured_words.end() ? std::string_view() : found->second;
}

std::uint32_t first_code_point(std::string_view bytes) {
  std::uint32_t value = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() > 1) value &= 0xffU >> (bytes.size() + 1);
  for (const char c : bytes.substr(1)) value = value << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  return value;
}

std::size_t width_of(std::uint32_t code) {
  const auto in = [code](std::uint32_t first, std::uint32_t last) { return code >= first && code <= last; };
  if (in(0x300, 0x36f) || in(0x200b, 0x200d) || in(0xfe00, 0xfe0f) || in(0x20d0, 0x20ff)) return 0;
  const bool is_wide = in(0x1100, 0x115f) || in(0x2e80, 0xa4cf) || in(0xac00, 0xd7a3) || in(0xf900, 0xfaff) ||
                       in(0xfe30, 0xfe6f) || in(0xff00, 0xff60) || in(0xffe0, 0xffe6) ||
                       in(0x1f300, 0x1f64f) || in(0x1f900, 0x1f9ff) || in(0x20000, 0x3fffd);
  return is_wide ? 2 : 1;
}

void append_cell(std::string& out, const std::string& cell, std::size_t width, Colours colours) {
  const std::string_view colour = colours == Colours::on ? colour_of(cell) : std::string_view();
  out += colour;
  out += cell;
  if (!colour.empty()) out += reset;
  const std::size_t used = screen_width(cell);
  if (used < width) out.append(width - used, ' ');
}

// Ends a line; a copied table shall have no spaces behind its last cell.
void end_line(std::string& out) {
  while (out.ends_with(' ')) out.pop_back();
  out += '\n';
}

void append_row(std::string& out, const Row& cells, const std::vector<std::size_t>& widths, Colours colours) {
  for (std::size_t i = 0; i < cells.size(); ++i) append_cell(out, cells[i], widths[i] + 2, colours);
  end_line(out);
}

Row printable_row(const Row& row) {
  Row cells;
  for (const std::string& cell : row) cells.push_back(printable(cell));
  return cells;
}

}  // namespace

std::size_t screen_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::size_t size = std::max<std::size_t>(json::code_point_size(text), 1);
    width += width_of(first_code_point(text.substr(0, size)));
    text.remove_prefix(size);
  }
  return width;
}

std::string render_table(const Row& titles, const std::vector<Row>& rows, Colours colours) {
  std::vector<std::size_t> widths;
  for (const std::string& title : titles) widths.push_back(screen_width(title));
  if (titles.empty() && !rows.empty()) widths.resize(rows.front().size());
  std::vector<Row> cells;
  for (const Row& row : rows) {
    cells.push_back(printable_row(row));
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], screen_width(cells.back()[i]));
  }
  std::string out;
  if (!titles.empty()) {
    if (colours == Colours::on) out += bold;
    append_row(out, titles, widths, Colours::off);
    if (colours == Colours::on) out.insert(out.size() - 1, reset);
  }
  for (const Row& row : cells) append_row(out, row, widths, colours);
  return out;
}

std::string render_pairs(const Row& titles, const Row& values, Colours colours) {
  std::size_t width = 0;
  for (const std::string& title : titles) width = std::max(width, screen_width(title));
  std::string out;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    append_cell(out, titles[i], width + 2, Colours::off);
    append_cell(out, printable(values[i]), 0, colours);
    end_line(out);
  }
  return out;
}

}  // namespace xzepr::cli
