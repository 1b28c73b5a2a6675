#include "jsonschema/schema.hpp"

#include <fmt/format.h>

#include "jsonschema/compiler.hpp"
#include "jsonschema/validator.hpp"

namespace xzepr::jsonschema {
namespace {

Error schema_invalid(std::vector<Violation> faults) {
  const Violation& first = faults.front();
  const std::string_view place = first.pointer.empty() ? std::string_view("the schema") : first.pointer;
  Error error{.kind = Errc::invalid,
              .code = "schema_invalid",
              .detail = faults.size() == 1
                            ? fmt::format("{}: {}", place, first.message)
                            : fmt::format("{}: {} (and {} more)", place, first.message, faults.size() - 1)};
  error.violations = std::move(faults);
  return error;
}

}  // namespace

struct Schema::Program {
  Code code;
};

Result<std::shared_ptr<const Schema>> Schema::compile(const json::Value& schema, const Options& options) {
  auto code = Compiler(schema, options).run();
  if (!code) return std::unexpected(schema_invalid(std::move(code).error()));
  auto program = std::make_unique<const Program>(Program{.code = std::move(*code)});
  return std::make_shared<const Schema>(std::move(program));
}

Schema::Schema(std::unique_ptr<const Program> program) : program_(std::move(program)) {}

Schema::~Schema() = default;

std::vector<Violation> Schema::validate(const json::Value& value, std::string_view base) const {
  return Validator(program_->code, base).run(value);
}

}  // namespace xzepr::jsonschema
