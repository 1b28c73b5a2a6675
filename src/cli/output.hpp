// Data to stdout, in the form that was asked for. The same columns make the table and the tab-separated form.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.hpp"
#include "json/value.hpp"

namespace xzepr::cli {

enum class Format : std::uint8_t { table, json, ndjson, yaml, tsv };
[[nodiscard]] std::optional<Format> parse_format(std::string_view text);

struct Column {
  std::string title;  ///< "CREATED"
  std::function<std::string(const json::Value&)> cell;
};
using Columns = std::vector<Column>;

/// Column of the member at `path`: names separated by '/'. Text as it is, null and absent as "", lists by
/// comma, everything else as JSON.
[[nodiscard]] Column column(std::string title, std::string path);
[[nodiscard]] std::string cell_of(const json::Value& value);
/// The member at `path` ("group/name"), or nullptr.
[[nodiscard]] const json::Value* find_member(const json::Value& value, std::string_view path);

/// A list, item by item, as it comes. json is one array, yaml one list, ndjson a line per item; tsv begins
/// with a line of titles, its cells hold no tab or newline (written \t, \n, \\). A table is laid out a
/// thousand rows at a time.
class ListWriter {
 public:
  ListWriter(Terminal& terminal, Format format, Columns columns);
  void add(const json::Value& item);
  void finish();

 private:
  void flush_table();

  Terminal& terminal_;
  Format format_;
  Columns columns_;
  std::vector<std::vector<std::string>> rows_;
  bool is_first_ = true;
  bool has_titles_ = false;
};

/// One object: a table shows title and value per line.
void print_object(Terminal& terminal, Format format, const Columns& columns, const json::Value& value);

/// Indented by two, ends with a newline.
[[nodiscard]] std::string to_pretty_json(const json::Value& value);

}  // namespace xzepr::cli
