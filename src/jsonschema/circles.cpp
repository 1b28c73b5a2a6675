#include "jsonschema/circles.hpp"

#include <algorithm>
#include <vector>

namespace xzepr::jsonschema {
namespace {

// Bounds the stack: each schema that is applied to the same value is a call within a call.
constexpr Index chain_max = 64;

bool is_reference(Op op) { return op == Op::reference || op == Op::dynamic_reference; }

/// The schemas that an instruction applies to the same value.
std::vector<Index> next_of(const Code& code, const Instruction& at) {
  if (at.op == Op::reference || at.op == Op::negation) return {at.index};
  if (at.op == Op::dynamic_reference) return {static_cast<Index>(at.operand)};
  if (at.op == Op::all_of || at.op == Op::any_of || at.op == Op::one_of) return code.node_lists[at.index];
  std::vector<Index> next;
  if (at.op == Op::conditional) {
    const Conditional& parts = code.conditionals[at.index];
    next = {parts.condition, parts.then, parts.otherwise};
  } else if (at.op == Op::dependencies) {
    for (const auto& dependency : code.dependency_lists[at.index]) next.push_back(dependency.node);
  }
  std::erase(next, none);
  return next;
}

/// Calls `visit(node, op)` for each schema that `node` applies to the same value.
template <class Visit>
void for_each_next(const Code& code, Index node, Visit visit) {
  const auto& begin = code.nodes[node].begin;
  for (Index i = begin.front(); i < begin.back(); ++i) {
    const Instruction& at = code.instructions[i];
    for (const Index next : next_of(code, at)) visit(next, at.op);
  }
}

struct Graph {
  std::vector<std::vector<Index>> before;  // who leads to a node
  std::vector<Index> ways_out;             // to nodes whose chain is not known yet
  std::vector<Index> chain;                // the longest one from a node
};

Graph make_graph(const Code& code) {
  const auto count = code.nodes.size();
  Graph graph{.before = std::vector<std::vector<Index>>(count),
              .ways_out = std::vector<Index>(count),
              .chain = std::vector<Index>(count)};
  for (Index node = 0; node < count; ++node) {
    for_each_next(code, node, [&](Index next, Op) {
      graph.before[next].push_back(node);
      ++graph.ways_out[node];
    });
  }
  return graph;
}

/// Measures all chains that end; what keeps ways out is in a circle, or leads into one.
void measure(Graph& graph) {
  std::vector<Index> ready;
  for (Index node = 0; node < graph.ways_out.size(); ++node)
    if (graph.ways_out[node] == 0) ready.push_back(node);
  while (!ready.empty()) {
    const Index node = ready.back();
    ready.pop_back();
    for (const Index before : graph.before[node]) {
      graph.chain[before] = std::max(graph.chain[before], graph.chain[node] + 1);
      if (--graph.ways_out[before] == 0) ready.push_back(before);
    }
  }
}

/// The keyword of `node` that leads on by a reference to where `is_bad` says, or any that does; none: "".
template <class IsBad>
std::string_view way_of(const Code& code, Index node, IsBad is_bad) {
  std::string_view found;
  bool is_by_reference = false;
  for_each_next(code, node, [&](Index next, Op op) {
    if (!is_bad(next) || is_by_reference) return;
    found = keyword_of(op);
    is_by_reference = is_reference(op);
  });
  return found;
}

}  // namespace

void find_circles(const Code& code, Faults& faults) {
  Graph graph = make_graph(code);
  measure(graph);
  for (Index node = 0; node < code.nodes.size(); ++node) {
    if (graph.ways_out[node] > 0) {
      const auto keyword = way_of(code, node, [&](Index next) { return graph.ways_out[next] > 0; });
      // Every circle has a reference in it; what only leads there is not at fault.
      if (keyword == "$ref" || keyword == "$dynamicRef")
        faults.add(code.nodes[node].place, keyword, "leads into a circle of references that never ends");
    } else if (graph.chain[node] > chain_max) {
      const auto keyword = way_of(code, node, [&](Index next) { return graph.chain[next] >= chain_max; });
      faults.add(code.nodes[node].place, keyword,
                 "leads through too many schemas for one value: at most 64 may follow each other");
    }
  }
}

}  // namespace xzepr::jsonschema
