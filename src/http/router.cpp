#include "http/router.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/assert.hpp"

namespace xzepr::http {
namespace {

bool is_parameter(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

// The first segment of "a/b/c"; what follows the slash stays in `rest`.
std::string_view take_segment(std::string_view& rest) {
  const auto segment = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(rest.size(), segment.size() + 1));
  return segment;
}

std::string_view without_first_slash(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

}  // namespace

std::size_t Router::child(std::size_t parent, std::string_view segment) {
  const std::string_view literal = is_parameter(segment) ? std::string_view{} : segment;
  for (const auto index : nodes_[parent].children) {
    if (nodes_[index].literal == literal) return index;
  }
  const std::size_t index = nodes_.size();
  nodes_.push_back(Node{.literal = std::string(literal), .children = {}, .routes = {}});
  auto& siblings = nodes_[parent].children;
  // The parameter stays last, so that a search meets the literals first.
  const bool has_parameter = !siblings.empty() && nodes_[siblings.back()].literal.empty();
  siblings.insert(has_parameter && !literal.empty() ? std::prev(siblings.end()) : siblings.end(), index);
  return index;
}

std::size_t Router::add(Method method, std::string_view path_template) {
  XZEPR_ASSERT(path_template.starts_with('/'));
  std::size_t node = 0;
  for (auto rest = without_first_slash(path_template); !rest.empty();) {
    const auto segment = take_segment(rest);
    XZEPR_ASSERT(!segment.empty());
    node = child(node, segment);
  }
  auto& routes = nodes_[node].routes;
  XZEPR_ASSERT(std::ranges::find(routes, method, &std::pair<Method, std::size_t>::first) == routes.end());
  routes.emplace_back(method, count_);
  return count_++;
}

// Depth first, literals before the parameter. Each node is visited at most once, and a table has few nodes
// per level, so the work is bounded by the table and never by what the client sends.
std::size_t Router::find(std::size_t node, std::string_view rest,
                         std::vector<std::string_view>& parameters) const {
  if (rest.empty()) return nodes_[node].routes.empty() ? not_found : node;
  const auto segment = take_segment(rest);
  for (const auto index : nodes_[node].children) {
    const auto& literal = nodes_[index].literal;
    if (literal.empty() ? segment.empty() : literal != segment) continue;
    if (literal.empty()) parameters.push_back(segment);
    const auto found = find(index, rest, parameters);
    if (found != not_found) return found;
    if (literal.empty()) parameters.pop_back();
  }
  return not_found;
}

std::vector<Method> Router::allowed(const Node& node) {
  std::vector<Method> out;
  for (const auto& [method, route] : node.routes) {
    out.push_back(method);
    if (method == Method::get) out.push_back(Method::head);
  }
  out.push_back(Method::options);
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

Router::Match Router::match(Method method, std::string_view path) const {
  Match match{.outcome = Outcome::path_unknown};
  if (!path.starts_with('/')) return match;
  const auto node = find(0, without_first_slash(path), match.parameters);
  if (node == not_found) return match;
  const auto find_route = [&](Method wanted) {
    const auto& routes = nodes_[node].routes;
    const auto at = std::ranges::find(routes, wanted, &std::pair<Method, std::size_t>::first);
    if (at == routes.end()) return false;
    match.outcome = Outcome::found;
    match.route = at->second;
    return true;
  };
  if (find_route(method) || (method == Method::head && find_route(Method::get))) return match;
  match.outcome = Outcome::method_not_allowed;
  match.allowed = allowed(nodes_[node]);
  return match;
}

}  // namespace xzepr::http
