// schema_bench FOLDER [benchmark's own options]: validates FOLDER/NAME.json against FOLDER/NAME.schema.json,
// each as often as it takes, documents parsed before. schema_bench.py runs it beside others on the same
// files. NAME/asserted is the same with formats asserted, as receivers have them.
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "json/parse.hpp"
#include "jsonschema/schema.hpp"

namespace {

namespace fs = std::filesystem;
namespace js = xzepr::jsonschema;
using xzepr::json::Value;

Value read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  auto value = xzepr::json::parse(text.str());
  if (!value) throw std::runtime_error(path.string() + ": " + value.error().detail);
  return *std::move(value);
}

void add(const std::string& name, const fs::path& stem, js::Formats formats) {
  auto schema = js::Schema::compile(read(stem.string() + ".schema.json"), {.formats = formats});
  if (!schema) throw std::runtime_error(name + ": " + schema.error().detail);
  auto value = std::make_shared<const Value>(read(stem.string() + ".json"));
  if (!(*schema)->validate(*value).empty()) throw std::runtime_error(name + ": the document is not valid");
  benchmark::RegisterBenchmark(name.c_str(), [schema = *schema, value](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(schema->validate(*value, "/payload").empty());
  });
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    fmt::print(stderr, "usage: schema_bench FOLDER [--benchmark_...]\n");
    return 2;
  }
  std::vector<fs::path> stems;
  for (const auto& entry : fs::directory_iterator(arguments[1])) {
    const std::string name = entry.path().string();
    if (name.ends_with(".schema.json")) stems.emplace_back(name.substr(0, name.size() - 12));
  }
  std::ranges::sort(stems);
  for (const auto& stem : stems) {
    add(stem.filename(), stem, js::Formats::annotated);
    add(stem.filename().string() + "/asserted", stem, js::Formats::asserted);
  }
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
