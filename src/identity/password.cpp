#include "identity/password.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "identity/common_passwords.hpp"

namespace xzepr::identity {
namespace {

constexpr TextRule password_rule{
    .length_min = password_length_min, .length_max = password_length_max, .ends = Ends::kept};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool is_common(std::string_view password) {
  const std::string wanted = lower(password) + '\n';
  const std::string_view all = common_passwords();
  if (all.starts_with(wanted)) return true;
  return all.find('\n' + wanted) != std::string_view::npos;
}

}  // namespace

Result<std::string> check_new_password(std::string_view password) {
  auto checked = clean_text(password, password_rule);
  if (!checked) return invalid_field("password", checked.error().keyword, checked.error().message);
  if (is_common(*checked)) {
    return invalid_field("password", "common", "is among the most common passwords: choose another");
  }
  return *std::move(checked);
}

std::optional<std::string> typed_password(std::string_view password) {
  auto checked =
      clean_text(password, {.length_min = 0, .length_max = password_length_max, .ends = Ends::kept});
  if (!checked) return std::nullopt;
  return *std::move(checked);
}

}  // namespace xzepr::identity
