// schema_suite SUITE EXCEPTIONS: the official JSON-Schema-Test-Suite of both drafts, its remotes as
// documents. Every required and optional test; those of formats that are annotations only are left out. An
// exception is a line "file | case | test | reason" (the test may be *), and one that passes is a failure.
// The last line is "N passed, N failed".
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "jsonschema/format.hpp"
#include "jsonschema/schema.hpp"

namespace {

namespace fs = std::filesystem;
namespace js = xzepr::jsonschema;
using xzepr::json::Value;

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Not json::parse: the suite has U+0000 and numbers beyond 64 bits in its values.
Value parse(const fs::path& path) { return boost::json::parse(read_file(path)); }

std::string_view text_of(const Value& object, std::string_view name) {
  return xzepr::json::view(object.at(name).as_string());
}

struct Exceptions {
  std::map<std::string, std::string> reasons;
  std::set<std::string> seen;

  explicit Exceptions(const fs::path& path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line.front() == '#') continue;
      const auto end = line.rfind(" | ");
      reasons.emplace(line.substr(0, end), line.substr(end + 3));
    }
  }

  bool expects(const std::string& place, std::string_view test) {
    for (const auto& key : {fmt::format("{} | {}", place, test), fmt::format("{} | *", place)}) {
      if (!reasons.contains(key)) continue;
      seen.insert(key);
      return true;
    }
    return false;
  }
};

class Suite {
 public:
  Suite(const fs::path& folder, const fs::path& exceptions) : folder_(folder), exceptions_(exceptions) {
    const fs::path remotes = folder / "remotes";
    for (const auto& entry : fs::recursive_directory_iterator(remotes)) {
      if (entry.path().extension() != ".json") continue;
      remotes_.emplace("http://localhost:1234/" + fs::relative(entry.path(), remotes).string(),
                       parse(entry.path()));
    }
    for (const auto& [uri, schema] : remotes_) documents_.push_back({.uri = uri, .schema = &schema});
  }

  int run() {
    run_draft("draft2020-12", js::Draft::draft_2020_12, "https://json-schema.org/draft/2020-12/schema");
    run_draft("draft7", js::Draft::draft_07, "http://json-schema.org/draft-07/schema#");
    for (const auto& [place, reason] : exceptions_.reasons) {
      if (!exceptions_.seen.contains(place)) fail(fmt::format("{}: an exception for no test", place));
    }
    fmt::print("{} of them exceptions that are named with their reason\n", exceptions_.seen.size());
    fmt::print("{} passed, {} failed\n", passed_, failed_);
    return failed_ == 0 && passed_ > 0 ? 0 : 1;
  }

 private:
  void run_draft(const std::string& name, js::Draft draft, std::string_view metaschema) {
    options_ = {.formats = js::Formats::annotated, .draft = draft, .documents = documents_};
    metaschema_ = *js::Schema::compile(boost::json::object{{"$ref", metaschema}}, options_);
    const fs::path folder = folder_ / "tests" / name;
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::ranges::sort(files);
    for (const auto& file : files) run_file(file);
  }

  // ecmascript-regex and unknown are about formats too, under names of their own.
  [[nodiscard]] static bool is_asserted(const fs::path& file) {
    const std::string name = file.stem();
    return js::find_format(name) != nullptr || name == "ecmascript-regex" || name == "unknown";
  }

  void run_file(const fs::path& file) {
    const bool is_format = file.parent_path().filename() == "format";
    if (is_format && !is_asserted(file)) return;
    options_.formats = is_format ? js::Formats::asserted : js::Formats::annotated;
    const std::string place = fs::relative(file, folder_ / "tests");
    const Value cases = parse(file);
    for (const auto& test_case : cases.as_array()) run_case(place, test_case);
  }

  void run_case(const std::string& file, const Value& test_case) {
    const std::string place = fmt::format("{} | {}", file, text_of(test_case, "description"));
    const Value& schema = test_case.at("schema");
    const auto compiled = js::Schema::compile(schema, options_);
    if (compiled && !metaschema_->validate(schema).empty())
      fail(fmt::format("{}: compiled, but the meta-schema refuses it", place));
    for (const auto& test : test_case.at("tests").as_array()) {
      const bool is_right =
          compiled && (*compiled)->validate(test.at("data")).empty() == test.at("valid").as_bool();
      const auto name = text_of(test, "description");
      if (exceptions_.expects(place, name)) {
        if (is_right) fail(fmt::format("{} | {}: passes, so it is no exception", place, name));
      } else if (is_right) {
        ++passed_;
      } else {
        fail(fmt::format("{} | {}{}", place, name,
                         compiled ? "" : ": does not compile: " + compiled.error().detail));
      }
    }
  }

  void fail(const std::string& message) {
    ++failed_;
    fmt::print("FAILED {}\n", message);
  }

  fs::path folder_;
  Exceptions exceptions_;
  std::map<std::string, Value> remotes_;
  std::vector<js::Document> documents_;
  js::Options options_;
  std::shared_ptr<const js::Schema> metaschema_;
  int passed_ = 0;
  int failed_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    fmt::print(stderr, "usage: schema_suite SUITE EXCEPTIONS\n");
    return 2;
  }
  return Suite(arguments[1], arguments[2]).run();
}
