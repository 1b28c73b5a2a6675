#include "identity/oidc/rights.hpp"

#include <algorithm>

#include "domain/subject.hpp"
#include "json/pointer.hpp"

namespace xzepr::identity::oidc {
namespace {

constexpr std::size_t claim_texts_max = 1'000;
constexpr std::size_t teams_max = 200;

const json::Value* find_claim(const json::Value& claims, std::string_view path) {
  if (path.starts_with('/')) return json::find(claims, path);
  const auto* object = claims.if_object();
  if (object == nullptr) return nullptr;
  if (const auto* whole = object->if_contains(path)) return whole;
  for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
    const auto* outer = object->if_contains(path.substr(0, dot));
    const auto* inner = outer == nullptr ? nullptr : find_claim(*outer, path.substr(dot + 1));
    if (inner != nullptr) return inner;
  }
  return nullptr;
}

RoleSet mapped_roles(const json::Value& claims, const RightsRule& rule) {
  RoleSet roles;
  for (const auto text : claim_texts(claims, rule.roles_claim)) {
    const auto found = rule.role_map.find(text);
    if (found != rule.role_map.end()) roles.add(found->second);
  }
  if (roles.is_empty() && rule.default_role) roles.add(*rule.default_role);
  return roles;
}

std::string team_of(std::string_view group, const RightsRule& rule) {
  const auto found = rule.group_map.find(group);
  if (found != rule.group_map.end()) return found->second;
  return std::string(group.substr(group.starts_with('/') ? 1 : 0));
}

bool is_team(std::string_view name) {
  return !parse_role(name) && domain::parse_subject("role:" + std::string(name)).has_value();
}

}  // namespace

std::vector<std::string_view> claim_texts(const json::Value& claims, std::string_view path) {
  std::vector<std::string_view> texts;
  const auto* claim = path.empty() ? nullptr : find_claim(claims, path);
  if (claim == nullptr) return texts;
  if (const auto* text = claim->if_string()) texts.push_back(json::view(*text));
  const auto* array = claim->if_array();
  if (array == nullptr) return texts;
  for (const auto& item : *array) {
    if (texts.size() == claim_texts_max) break;
    if (const auto* text = item.if_string()) texts.push_back(json::view(*text));
  }
  return texts;
}

Rights rights_of(const json::Value& claims, const RightsRule& rule) {
  Rights rights{.roles = mapped_roles(claims, rule), .team_roles = {}};
  auto& teams = rights.team_roles;
  for (const auto group : claim_texts(claims, rule.groups_claim)) {
    auto team = team_of(group, rule);
    if (is_team(team)) teams.push_back(std::move(team));
  }
  std::ranges::sort(teams);
  teams.erase(std::ranges::unique(teams).begin(), teams.end());
  if (teams.size() > teams_max) teams.resize(teams_max);
  return rights;
}

}  // namespace xzepr::identity::oidc
