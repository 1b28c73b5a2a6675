// read_environment: XZEPR__SECTION__KEY to settings.
#include <algorithm>

#include <fmt/format.h>

#include "app/config/source.hpp"

namespace xzepr::app {

namespace {

constexpr std::string_view variable_prefix = "XZEPR__";

// XZEPR__SERVER__TLS__CERT_FILE -> server.tls.cert_file
std::string dotted_name(std::string_view variable) {
  std::string name;
  for (std::size_t i = variable_prefix.size(); i < variable.size(); ++i) {
    if (variable.substr(i).starts_with("__")) {
      name += '.';
      ++i;
    } else {
      const char c = variable[i];
      name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return name;
}

std::string variable_name(std::string_view dotted) {
  std::string name(variable_prefix);
  for (const char c : dotted) {
    if (c == '.') {
      name += "__";
    } else {
      name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return name;
}

std::string advice_for_unknown(std::string_view name) {
  const auto near = nearest_key(name);
  if (near.empty()) return "unset it; docs/configuration.md lists every key";
  return fmt::format("did you mean {}?", variable_name(near));
}

void read_variable(const std::string& variable, const std::string& text, Reading& reading) {
  std::string name = dotted_name(variable);
  const Key* key = find_key(name);
  if (key == nullptr) {
    std::string advice = advice_for_unknown(name);
    reading.problems.push_back({variable, std::move(name), "unknown key", std::move(advice)});
    return;
  }
  auto value = parse_value(*key, text);
  if (!value) {
    reading.problems.push_back({variable, std::move(name), value.error(), "correct or unset the variable"});
    return;
  }
  reading.settings.push_back({key, std::move(name), *std::move(value), variable});
}

}  // namespace

std::string render(const Problem& problem) {
  std::string line = problem.origin;
  if (!problem.key.empty()) line += fmt::format(": {}", problem.key);
  line += fmt::format(": {}", problem.message);
  if (!problem.advice.empty()) line += fmt::format("; {}", problem.advice);
  // Values come from outside: they must not end the line or steer the terminal.
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return line;
}

Reading read_environment(const Environment& environment) {
  Reading reading;
  for (auto at = environment.lower_bound(std::string(variable_prefix)); at != environment.end(); ++at) {
    if (!at->first.starts_with(variable_prefix)) break;
    read_variable(at->first, at->second, reading);
  }
  return reading;
}

}  // namespace xzepr::app
