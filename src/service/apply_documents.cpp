#include "service/apply_documents.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "json/parse.hpp"
#include "json/write.hpp"
#include "service/group_check.hpp"
#include "service/lookup.hpp"
#include "service/receiver_check.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

// A set of broken documents must not become an answer of many times its size.
constexpr std::size_t violations_shown_max = 1'000;

using Checked = decltype(CheckedDocument::content);
// Kind, name, type, version.
using Identity = std::tuple<std::size_t, std::string, std::string, std::string>;

template <class Item>
void begin(Item& item, const Context& context, IdSource& ids) {
  item.id.value = ids.next(context.now);
  item.owner = domain::subject_of(context.principal->user_id);
  item.created_at = item.updated_at = context.now;
}

struct Check {
  const Context& context;
  IdSource& ids;

  Checked operator()(NewReceiver asked) const {
    auto receiver = check_receiver(asked);
    if (!receiver) return std::unexpected(std::move(receiver).error());
    begin(*receiver, context, ids);
    return *std::move(receiver);
  }
  Checked operator()(GroupDocument asked) const {
    auto group = check_group(asked.content);
    if (!group) return std::unexpected(std::move(group).error());
    begin(*group, context, ids);
    return CheckedGroup{.group = *std::move(group),
                        .receivers = std::move(asked.content.receivers),
                        .members = std::move(asked.members)};
  }
};

Identity identity_of(const std::variant<domain::Receiver, CheckedGroup>& content) {
  if (const auto* receiver = std::get_if<domain::Receiver>(&content))
    return {0, receiver->name, receiver->type, receiver->version};
  const auto& group = std::get<CheckedGroup>(content).group;
  return {1, group.name, group.type, group.version};
}

Error said_twice(std::size_t first) {
  Error error{.kind = Errc::invalid,
              .code = "request_invalid",
              .detail = fmt::format("document {} has the same kind, name, type and version", first)};
  error.violations.push_back({.pointer = "/name", .keyword = "unique", .message = error.detail});
  return error;
}

int gravity(Errc kind) {
  if (kind == Errc::invalid) return 0;
  if (kind == Errc::forbidden) return 1;
  return kind == Errc::conflict ? 2 : 3;
}

json::Value parsed(const std::string& text) {
  constexpr json::ParseLimits stored{.big_integers = json::BigIntegers::read_as_double};
  return json::parse(text, stored).value_or(json::Value(nullptr));
}

json::Object common_fields(std::string_view kind, const auto& item) {
  return {{"kind", kind},
          {"name", item.name},
          {"type", item.type},
          {"version", item.version},
          {"description", item.description},
          {"enabled", item.enabled}};
}

std::string reference_to(ReceiverId id, const domain::Catalogue& catalogue) {
  const auto* receiver = catalogue.find_receiver(id);
  if (receiver == nullptr) return to_string(id);
  auto text = fmt::format("{}@{}", receiver->name, receiver->version);
  return find_receiver(catalogue, text) == receiver ? text : to_string(id);
}

}  // namespace

CheckedDocument check_document(Document document, const Context& context, IdSource& ids) {
  if (!document.content)
    return {.name = std::move(document.name),
            .content = std::unexpected(std::move(document.content).error())};
  return {.name = std::move(document.name),
          .content = std::visit(Check{context, ids}, *std::move(document.content))};
}

void refuse_repeated(std::vector<CheckedDocument>& documents) {
  std::map<Identity, std::size_t> seen;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    auto& content = documents[i].content;
    if (!content) continue;
    const auto [first, is_new] = seen.emplace(identity_of(*content), i);
    if (!is_new) content = std::unexpected(said_twice(first->second));
  }
}

json::Value document_of(const domain::Receiver& receiver) {
  json::Object document = common_fields("receiver", receiver);
  json::Object formats;
  for (const auto& [field, format] : receiver.field_formats) formats[field] = format;
  document["field_formats"] = std::move(formats);
  document["schema"] = parsed(receiver.schema);
  return document;
}

json::Value document_of(const domain::Group& group, const domain::Catalogue& catalogue) {
  json::Object document = common_fields("group", group);
  json::Array receivers;
  for (const auto id : group.receiver_ids) receivers.push_back(json::Value(reference_to(id, catalogue)));
  document["receivers"] = std::move(receivers);
  json::Array members;
  for (const auto& member : group.members) members.push_back(json::Value(member.text));
  document["members"] = std::move(members);
  return document;
}

std::vector<std::string> different_fields(const json::Value& before, const json::Value& after) {
  std::vector<std::string> fields;
  for (const auto& member : after.get_object()) {
    const auto* other = before.get_object().if_contains(member.key());
    if (other == nullptr || !json::equal(*other, member.value())) fields.emplace_back(member.key());
  }
  return fields;
}

void DocumentFaults::add(std::size_t document, Error error) {
  add_at(fmt::format("/documents/{}", document), std::move(error));
}

void DocumentFaults::add_pruned(Error error) { add_at("/prune", std::move(error)); }

void DocumentFaults::add_at(const std::string& pointer, Error error) {
  if (error.violations.empty())
    error.violations.push_back({.pointer = "", .keyword = std::string(error.code), .message = error.detail});
  prefix_pointers(error.violations, pointer);
  violations_ += error.violations.size();
  for (auto& violation : error.violations) {
    if (shown_.size() < violations_shown_max) shown_.push_back(std::move(violation));
  }
  error.violations.clear();
  if (errors_++ == 0) {
    first_ = std::move(error);
    return;
  }
  is_one_code_ = is_one_code_ && error.code == first_.code;
  if (gravity(error.kind) < gravity(first_.kind)) first_ = std::move(error);
}

Error DocumentFaults::take() {
  Error error = std::move(first_);
  // One field of one document says nothing about the set.
  error.field.clear();
  if (!is_one_code_ && error.kind == Errc::invalid) {
    error.code = "request_invalid";
    error.hint.clear();
  }
  error.detail = violations_ == 1 ? fmt::format("{}; nothing was changed", shown_.front().message)
                                  : fmt::format("{} problems in {} documents; nothing was changed",
                                                violations_, documents_);
  error.violations = std::move(shown_);
  return error;
}

}  // namespace xzepr::service
