#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/config/key_table.hpp"

namespace xzepr::app {

namespace {

bool is_under(std::string_view name, std::string_view section) {
  return name.size() > section.size() && name.starts_with(section) && name[section.size()] == '.';
}

std::string_view section_of_open(const Key& key) { return key.name.substr(0, key.name.size() - 2); }

// Levenshtein's distance; both names are short.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({row[j] + 1, row[j + 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

const Key* find_key(std::string_view name) {
  for (const Key& key : key_table()) {
    if (key.type == KeyType::open ? is_under(name, section_of_open(key)) : key.name == name) return &key;
  }
  return nullptr;
}

bool is_section(std::string_view name) {
  return std::ranges::any_of(key_table(), [name](const Key& key) { return is_under(key.name, name); });
}

std::string_view nearest_key(std::string_view name) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(2, name.size() / 4) + 1;
  if (name.size() > 128) return best;
  const auto consider = [&](std::string_view candidate) {
    // No distance is less than the difference of the lengths: a file of nothing but unknown keys is refused
    // soon.
    if (std::max(name.size(), candidate.size()) - std::min(name.size(), candidate.size()) >= least) return;
    const std::size_t away = distance(name, candidate);
    if (away >= least) return;
    least = away;
    best = candidate;
  };
  for (const Key& key : key_table()) {
    consider(key.name);
    for (auto dot = key.name.find('.'); dot != key.name.npos; dot = key.name.find('.', dot + 1))
      consider(key.name.substr(0, dot));
  }
  return best;
}

std::string describe_type(const Key& key) {
  switch (key.type) {
    case KeyType::boolean: return "true or false";
    case KeyType::integer: return fmt::format("an integer from {} to {}", key.min, key.max);
    case KeyType::text:
      return key.choices.empty() ? "text" : fmt::format("one of {}", fmt::join(key.choices, ", "));
    case KeyType::list: return "a list of text";
    case KeyType::rates:
      return fmt::format("a map of path prefix to an integer from {} to {}", key.min, key.max);
    case KeyType::open: return "a section of text";
  }
  std::unreachable();
}

}  // namespace xzepr::app
