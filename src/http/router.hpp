// Path templates to routes: "/api/v1/events/{id}". Literal segments win over parameters. Knows no handler's
// type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace xzepr::http {

class Router {
 public:
  /// Adds a route and returns its number, 0, 1, 2, ... Two routes with the same method and shape assert.
  std::size_t add(Method method, std::string_view path_template);

  enum class Outcome : std::uint8_t { found, path_unknown, method_not_allowed };
  struct Match {
    Outcome outcome;
    std::size_t route = 0;
    std::vector<std::string_view> parameters = {};  ///< in template order, views into `path`
    std::vector<Method> allowed = {};  ///< when method_not_allowed; HEAD with GET, OPTIONS always
  };
  /// HEAD finds the GET route. A literal that leads nowhere gives way to the parameter beside it. Time is
  /// linear in the path and in the table.
  [[nodiscard]] Match match(Method method, std::string_view path) const;

 private:
  struct Node {
    std::string literal;  // "" is the parameter
    std::vector<std::size_t> children;
    std::vector<std::pair<Method, std::size_t>> routes;
  };
  static constexpr std::size_t not_found = ~std::size_t{0};

  std::size_t child(std::size_t parent, std::string_view segment);
  [[nodiscard]] std::size_t find(std::size_t node, std::string_view rest,
                                 std::vector<std::string_view>& parameters) const;
  [[nodiscard]] static std::vector<Method> allowed(const Node& node);

  std::vector<Node> nodes_ = {Node{}};
  std::size_t count_ = 0;
};

}  // namespace xzepr::http
