// The text of a configuration file; after a NUL, which no file may hold, variables as NAME=VALUE, a NUL
// between them. Whatever it says ends in a checked configuration or in problems that each fit on a line and
// say where.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "app/config/load.hpp"
#include "app/config/show.hpp"
#include "base/assert.hpp"

namespace {

using xzepr::app::Environment;
using xzepr::app::Key;
using xzepr::app::KeyType;
using xzepr::app::Loaded;
using xzepr::app::LoadInput;
using xzepr::app::Problem;
using xzepr::app::Profile;
using xzepr::app::Setting;

constexpr std::string_view file_name = "c.yaml";

bool is_one_line(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

LoadInput input_of(std::string_view text, Profile profile) {
  LoadInput input{.profile = profile, .file_name = std::string(file_name)};
  input.file_text = text.substr(0, text.find('\0'));
  text.remove_prefix(std::min(text.size(), input.file_text.size() + 1));
  input.environment = {{"PORT", "8042"}, {"NAMES", "a, b"}, {"EMPTY", ""}};
  while (!text.empty()) {
    const auto variable = text.substr(0, text.find('\0'));
    text.remove_prefix(std::min(text.size(), variable.size() + 1));
    const auto equals = variable.find('=');
    if (equals == std::string_view::npos) continue;
    input.environment.insert_or_assign(std::string(variable.substr(0, equals)),
                                       std::string(variable.substr(equals + 1)));
  }
  return input;
}

// "c.yaml:LINE" with a line of the file.
bool is_place(std::string_view origin, const LoadInput& input) {
  if (!origin.starts_with(file_name) || origin.substr(file_name.size(), 1) != ":") return false;
  origin.remove_prefix(file_name.size() + 1);
  int line = 0;
  const auto [end, error] = std::from_chars(origin.data(), origin.data() + origin.size(), line);
  const auto lines = 1 + std::ranges::count(input.file_text, '\n');
  return error == std::errc{} && end == origin.data() + origin.size() && line >= 1 && line <= lines;
}

void check_problem(const Problem& problem, const LoadInput& input) {
  XZEPR_ASSERT(is_one_line(render(problem)));
  XZEPR_ASSERT(!problem.message.empty());
  XZEPR_ASSERT(is_place(problem.origin, input) || input.environment.contains(problem.origin));
}

void check_setting(const Setting& setting, const LoadInput& input) {
  XZEPR_ASSERT(setting.is_default == setting.origin.starts_with("default"));
  XZEPR_ASSERT(setting.is_default || is_place(setting.origin, input) ||
               input.environment.contains(setting.origin));
  if (const auto* number = std::get_if<std::int64_t>(&setting.value))
    XZEPR_ASSERT(*number >= setting.key->min && *number <= setting.key->max);
}

// What is shown is what a variable would have to say.
void check_shown(const Setting& setting) {
  const std::string shown = shown_value(setting);
  if (setting.key->secrecy == xzepr::app::Secrecy::url_with_password)
    XZEPR_ASSERT(xzepr::app::mask_url(shown) == shown);
  if (setting.key->secrecy != xzepr::app::Secrecy::open) return;
  const auto again = parse_value(*setting.key, shown);
  XZEPR_ASSERT(again && *again == setting.value);
}

void check_loaded(const Loaded& loaded, const LoadInput& input) {
  auto at = loaded.settings.begin();
  for (const Key& key : xzepr::app::key_table()) {
    if (key.type == KeyType::open) {
      while (at != loaded.settings.end() && at->key == &key) ++at;
    } else {
      XZEPR_ASSERT(at != loaded.settings.end() && at->key == &key && at->name == key.name);
      ++at;
    }
  }
  XZEPR_ASSERT(at == loaded.settings.end());
  for (const Setting& setting : loaded.settings) {
    check_setting(setting, input);
    check_shown(setting);
  }
  XZEPR_ASSERT(std::ranges::all_of(loaded.config.warnings, is_one_line));
  for (const Problem& problem : check_for_serving(loaded)) XZEPR_ASSERT(is_one_line(render(problem)));
}

// Whatever a password is made of, what is shown does not depend on it.
void check_mask(std::string_view password) {
  if (password.find_first_of("@/") == std::string_view::npos) {
    const std::string masked = xzepr::app::mask_url(fmt::format("postgres://u:{}@h/d", password));
    XZEPR_ASSERT(masked == (password.contains('?') ? "postgres://***" : "postgres://u:***@h/d"));
  }
  if (!password.contains('&')) {
    const std::string masked = xzepr::app::mask_url(fmt::format("postgres://h/d?password={}", password));
    XZEPR_ASSERT(masked == "postgres://h/d?password=***");
  }
}

void check(std::string_view text, Profile profile) {
  const LoadInput input = input_of(text, profile);
  const auto loaded = xzepr::app::load(input);
  if (loaded) {
    check_loaded(*loaded, input);
    return;
  }
  XZEPR_ASSERT(!loaded.error().empty());
  for (const Problem& problem : loaded.error()) check_problem(problem, input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_mask(text.substr(0, 40));
  check(text, Profile::production);
  check(text, Profile::development);
  return 0;
}
