#include "api/rest/render_problem.hpp"

#include "api/rest/object_text.hpp"

namespace xzepr::api::rest {
namespace {

void append_violation(std::string& out, const Violation& violation) {
  ObjectText object(out);
  object.text("pointer", violation.pointer);
  object.text("keyword", violation.keyword);
  object.text("message", violation.message);
  if (!violation.schema.empty()) object.text("schema", violation.schema);
  object.close();
}

}  // namespace

std::string render_validation(const std::vector<Violation>& violations) {
  std::string out;
  ObjectText object(out);
  object.flag("valid", violations.empty());
  object.key("violations");
  append_array(out, violations, append_violation);
  object.close();
  return out;
}

}  // namespace xzepr::api::rest
