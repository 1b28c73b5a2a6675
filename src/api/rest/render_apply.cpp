#include "api/rest/render_apply.hpp"

#include "api/rest/object_text.hpp"
#include "json/write.hpp"

namespace xzepr::api::rest {
namespace {

void append_value(ObjectText& object, std::string_view name, const std::optional<json::Value>& value) {
  if (value) {
    object.json(name, json::write(*value));
  } else {
    object.null(name);
  }
}

}  // namespace

void append_applied(std::string& out, const service::AppliedObject& object, service::ApplyMode mode) {
  const bool is_dry_run = mode == service::ApplyMode::dry_run;
  ObjectText text(out);
  if (object.document) {
    text.number("document", static_cast<std::int64_t>(*object.document));
  } else {
    text.null("document");
  }
  text.text("kind", to_string(object.kind));
  text.text("change", to_string(object.change));
  // An id that nothing will have must not be noted.
  if (is_dry_run && object.change == service::ObjectChange::created) {
    text.null("id");
  } else {
    text.ulid("id", object.id);
  }
  text.text("name", object.name);
  text.text("type", object.type);
  text.text("version", object.version);
  text.key("fields");
  append_array(out, object.fields,
               [](std::string& to, const std::string& field) { json::append_string(to, field); });
  if (is_dry_run) {
    append_value(text, "before", object.before);
    append_value(text, "after", object.after);
  }
  text.close();
}

}  // namespace xzepr::api::rest
