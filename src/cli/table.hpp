// Tables for people: columns as wide as their longest cell.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xzepr::cli {

using Row = std::vector<std::string>;

/// Columns on a screen: code points, wide East Asian ones count two, combining marks none.
[[nodiscard]] std::size_t screen_width(std::string_view text);

/// Cells are made printable here. The last column is not padded. Without titles only the rows are shown.
/// Colours::on: states and outcomes are coloured.
enum class Colours : bool { off, on };
[[nodiscard]] std::string render_table(const Row& titles, const std::vector<Row>& rows, Colours colours);

/// One object: a title and its value per line.
[[nodiscard]] std::string render_pairs(const Row& titles, const Row& values, Colours colours);

}  // namespace xzepr::cli
