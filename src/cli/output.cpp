#include "cli/output.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/table.hpp"
#include "json/write.hpp"
#include "yaml/write.hpp"

namespace xzepr::cli {

namespace {

constexpr std::size_t table_rows_at_once = 1'000;

Colours colours_of(const Terminal& terminal) { return terminal.has_colour ? Colours::on : Colours::off; }

void append_pretty(std::string& out, const json::Value& value, std::size_t indent);

template <class Container, class AppendItem>
void append_block(std::string& out, const Container& items, char open, char close, std::size_t indent,
                  AppendItem append_item) {
  out += open;
  bool is_first = true;
  for (const auto& item : items) {
    out += is_first ? "\n" : ",\n";
    is_first = false;
    out.append(indent + 2, ' ');
    append_item(item);
  }
  out += '\n';
  out.append(indent, ' ');
  out += close;
}

void append_pretty(std::string& out, const json::Value& value, std::size_t indent) {
  if (value.is_object() && !value.get_object().empty()) {
    append_block(out, value.get_object(), '{', '}', indent, [&](const auto& member) {
      json::append_string(out, member.key());
      out += ": ";
      append_pretty(out, member.value(), indent + 2);
    });
  } else if (value.is_array() && !value.get_array().empty()) {
    append_block(out, value.get_array(), '[', ']', indent,
                 [&](const json::Value& item) { append_pretty(out, item, indent + 2); });
  } else {
    json::append(out, value);
  }
}

std::string tsv_cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\\': out += "\\\\"; break;
      default: out += c;
    }
  }
  return out;
}

Row cells_of(const Columns& columns, const json::Value& item) {
  Row row;
  for (const Column& one : columns) row.push_back(one.cell(item));
  return row;
}

Row titles_of(const Columns& columns) {
  Row row;
  for (const Column& one : columns) row.push_back(one.title);
  return row;
}

std::string tsv_line(const Row& row) {
  std::string line;
  for (const std::string& cell : row) {
    if (!line.empty() || &cell != &row.front()) line += '\t';
    line += tsv_cell(cell);
  }
  return line + "\n";
}

}  // namespace

std::optional<Format> parse_format(std::string_view text) {
  if (text == "table") return Format::table;
  if (text == "json") return Format::json;
  if (text == "ndjson") return Format::ndjson;
  if (text == "yaml") return Format::yaml;
  if (text == "tsv") return Format::tsv;
  return std::nullopt;
}

const json::Value* find_member(const json::Value& value, std::string_view path) {
  const json::Value* at = &value;
  while (at != nullptr && !path.empty()) {
    const auto slash = path.find('/');
    if (!at->is_object()) return nullptr;
    at = at->get_object().if_contains(path.substr(0, slash));
    path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
  }
  return at;
}

std::string cell_of(const json::Value& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return std::string(json::view(value.get_string()));
  if (!value.is_array()) return json::write(value);
  std::string text;
  for (const auto& item : value.get_array()) {
    if (!text.empty()) text += ", ";
    text += cell_of(item);
  }
  return text;
}

Column column(std::string title, std::string path) {
  auto cell = [path = std::move(path)](const json::Value& item) {
    const auto* found = find_member(item, path);
    return found == nullptr ? std::string() : cell_of(*found);
  };
  return {std::move(title), std::move(cell)};
}

ListWriter::ListWriter(Terminal& terminal, Format format, Columns columns)
    : terminal_(terminal), format_(format), columns_(std::move(columns)) {
  if (format_ == Format::tsv) {
    Row titles = titles_of(columns_);
    for (std::string& title : titles) {
      std::ranges::transform(title, title.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
    }
    terminal_.out(tsv_line(titles));
  }
}

void ListWriter::add(const json::Value& item) {
  switch (format_) {
    case Format::table:
      rows_.push_back(cells_of(columns_, item));
      if (rows_.size() == table_rows_at_once) flush_table();
      break;
    case Format::json: {
      std::string text = is_first_ ? "[\n  " : ",\n  ";
      append_pretty(text, item, 2);
      terminal_.out(text);
      break;
    }
    case Format::ndjson: terminal_.out(json::write(item) + "\n"); break;
    case Format::yaml: terminal_.out(yaml::to_yaml(json::Array{item})); break;
    case Format::tsv: terminal_.out(tsv_line(cells_of(columns_, item))); break;
  }
  is_first_ = false;
}

void ListWriter::flush_table() {
  terminal_.out(render_table(has_titles_ ? Row() : titles_of(columns_), rows_, colours_of(terminal_)));
  has_titles_ = true;
  rows_.clear();
}

void ListWriter::finish() {
  switch (format_) {
    case Format::table:
      if (!rows_.empty() || !has_titles_) flush_table();
      break;
    case Format::json: terminal_.out(is_first_ ? "[]\n" : "\n]\n"); break;
    case Format::yaml:
      if (is_first_) terminal_.out("[]\n");
      break;
    case Format::ndjson:
    case Format::tsv: break;
  }
}

void print_object(Terminal& terminal, Format format, const Columns& columns, const json::Value& value) {
  switch (format) {
    case Format::table:
      return terminal.out(render_pairs(titles_of(columns), cells_of(columns, value), colours_of(terminal)));
    case Format::json: return terminal.out(to_pretty_json(value));
    case Format::ndjson: return terminal.out(json::write(value) + "\n");
    case Format::yaml: return terminal.out(yaml::to_yaml(value));
    case Format::tsv: {
      ListWriter writer(terminal, format, columns);
      writer.add(value);
      return writer.finish();
    }
  }
}

std::string to_pretty_json(const json::Value& value) {
  std::string out;
  append_pretty(out, value, 0);
  return out + "\n";
}

}  // namespace xzepr::cli
