#include "service/artifact_service.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "json/object_reader.hpp"
#include "service/lookup.hpp"
#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

constexpr std::size_t matches_looked_at = 20;
constexpr std::size_t matches_shown = 10;

store::ArtifactQuery query_of(const domain::ArtifactPattern& pattern) {
  store::ArtifactQuery query;
  query.name = pattern.name;
  query.version = pattern.version;
  query.release = pattern.release;
  query.platform_id = pattern.platform_id;
  query.package = pattern.package;
  return query;
}

store::ArtifactQuery query_of(const domain::Artifact& artifact) {
  store::ArtifactQuery query;
  query.name = artifact.name;
  query.version = artifact.version;
  query.release = artifact.release;
  query.platform_id = artifact.platform_id;
  query.package = artifact.package;
  return query;
}

std::string described(const domain::ArtifactPattern& pattern) {
  if (pattern.id) return to_string(*pattern.id);
  const auto part = [](const std::optional<std::string>& field) { return field.value_or("*"); };
  return fmt::format("{}@{}+{}/{}/{}", part(pattern.name), part(pattern.version), part(pattern.release),
                     part(pattern.platform_id), part(pattern.package));
}

Error ambiguous(const domain::ArtifactPattern& pattern, const std::vector<store::ArtifactListing>& found) {
  std::vector<std::string> texts;
  for (const auto& listing : found) {
    if (texts.size() == matches_shown) break;
    texts.push_back(domain::to_text(listing.artifact));
  }
  const bool has_more = found.size() > matches_shown;
  return conflict("artifact_ambiguous",
                  fmt::format("{} names {}{} artifacts: {}{}", shown(described(pattern)),
                              found.size() == matches_looked_at ? "at least " : "", found.size(),
                              fmt::join(texts, ", "), has_more ? ", ..." : ""),
                  "name one: name@version+release/platform_id/package");
}

bool is_empty(const domain::ArtifactPattern& pattern) {
  return !pattern.id && !pattern.name && !pattern.version && !pattern.release && !pattern.platform_id &&
         !pattern.package;
}

Error pattern_missing() {
  std::vector<Violation> faults;
  faults.push_back({.pointer = "/artifact", .keyword = "required", .message = "must name an artifact"});
  return json::request_invalid(std::move(faults));
}

QueryText list_text(const identity::Principal& principal, const ArtifactFilter& asked) {
  const auto& filter = asked.pattern;
  QueryText out("artifacts", principal.user_id);
  out.add("name", filter.name).add("version", filter.version).add("release", filter.release);
  out.add("platform_id", filter.platform_id).add("package", filter.package).add("q", asked.q);
  return out;
}

std::string id_text(const store::ArtifactListing& listing) { return to_string(listing.id); }

bool is_visible(const store::TimelineEntry& entry, const identity::Principal& principal,
                const domain::Catalogue& catalogue) {
  if (entry.row.group_id) {
    const auto* group = catalogue.find_group(*entry.row.group_id);
    return group != nullptr && identity::may_see(principal, *group);
  }
  const auto receiver_id = entry.event ? std::optional(entry.event->receiver_id) : entry.row.receiver_id;
  const auto* receiver = receiver_id ? catalogue.find_receiver(*receiver_id) : nullptr;
  return receiver != nullptr && identity::may_see(principal, *receiver, catalogue);
}

std::optional<std::int64_t> parse_position(std::string_view text) {
  std::int64_t position = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return position;
}

}  // namespace

Task<Result<store::ArtifactListing>> resolve_artifact(const Context& context, domain::ArtifactPattern pattern,
                                                      const domain::Catalogue& catalogue,
                                                      store::ArtifactStore& store) {
  if (is_empty(pattern)) co_return std::unexpected(pattern_missing());
  auto cleaned = clean_pattern(std::move(pattern));
  if (!cleaned) co_return std::unexpected(std::move(cleaned).error());
  auto visible = identity::visible_receivers(*context.principal, catalogue);
  store::ArtifactQuery query = query_of(*cleaned);
  if (const auto id = cleaned->exact()) {
    auto found = co_await store.find(*id, context.deadline);
    if (!found) co_return std::unexpected(artifact_unknown(described(*cleaned)));
    if (!visible) co_return *std::move(found);
    query = query_of(found->artifact);
  }
  if (visible && visible->empty()) co_return std::unexpected(artifact_unknown(described(*cleaned)));
  query.receivers = std::move(visible);
  query.limit = matches_looked_at;
  auto found = co_await store.list(std::move(query), context.deadline);
  if (found.empty()) co_return std::unexpected(artifact_unknown(described(*cleaned)));
  if (found.size() > 1) co_return std::unexpected(ambiguous(*cleaned, found));
  co_return std::move(found.front());
}

ArtifactService::ArtifactService(store::ArtifactStore& artifacts, store::CatalogueStore& catalogue_store,
                                 Catalogue& catalogue, const CursorCodec& cursors)
    : artifacts_(artifacts), catalogue_store_(catalogue_store), catalogue_(catalogue), cursors_(cursors) {}

// Artifacts that match, in the order of their ids.
struct ArtifactService::Walk {
  store::ArtifactQuery query;
  const domain::WordSearch& words;
  std::size_t wanted;    // stop when so many are found
  std::size_t rows_max;  // or when so many were looked at
  bool keeps_rows;
  std::size_t rows = 0;
  std::uint64_t found = 0;
  std::vector<store::ArtifactListing> listings = {};
  std::optional<domain::ArtifactId> stopped_at = std::nullopt;

  void look_at(store::ArtifactListing&& listing) {
    ++rows;
    query.after = listing.id;
    const auto& artifact = listing.artifact;
    if (!words.matches({artifact.name, artifact.version, artifact.package})) return;
    ++found;
    if (keeps_rows) listings.push_back(std::move(listing));
  }
};

Task<Result<void>> ArtifactService::walk(const Context& context, Walk& walk) {
  walk.query.limit = limits::page_size_max;
  for (;;) {
    if (context.deadline.has_passed()) co_return deadline_exceeded();
    auto query = walk.query;
    auto rows = co_await artifacts_.list(std::move(query), context.deadline);
    const bool is_last = rows.size() < walk.query.limit;
    for (auto& row : rows) {
      walk.look_at(std::move(row));
      if (walk.found >= walk.wanted) co_return Result<void>();
    }
    if (is_last) co_return Result<void>();
    if (walk.rows < walk.rows_max) continue;
    walk.stopped_at = walk.query.after;
    co_return Result<void>();
  }
}

Task<Result<Page<store::ArtifactListing>>> ArtifactService::search(const Context& context,
                                                                   store::ArtifactQuery query,
                                                                   const domain::WordSearch& words,
                                                                   const PageRequest& page,
                                                                   const QueryText& text) {
  constexpr auto all = std::numeric_limits<std::size_t>::max();
  Walk counting{.query = query, .words = words, .wanted = all, .rows_max = all, .keeps_rows = false};
  counting.query.after.reset();
  Walk looking{.query = std::move(query),
               .words = words,
               .wanted = page.limit + 1,
               .rows_max = limits::search_rows_max,
               .keeps_rows = true};
  auto walked = co_await walk(context, looking);
  if (walked && page.wants_total) walked = co_await walk(context, counting);
  if (!walked) co_return std::unexpected(std::move(walked).error());
  Page<store::ArtifactListing> out = cut_page(std::move(looking.listings), page, cursors_, text, id_text);
  if (looking.stopped_at && !out.next)
    out.next = cursors_.encode(text.text(), to_string(*looking.stopped_at));
  if (page.wants_total) out.total = counting.found;
  co_return out;
}

Task<Result<Page<store::ArtifactListing>>> ArtifactService::list(const Context& context,
                                                                 ArtifactFilter filter, PageRequest page) {
  const auto& principal = *context.principal;
  auto allowed = identity::require(principal, identity::Permission::event_read);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  const QueryText text = list_text(principal, filter);
  auto position = position_of(page, cursors_, text);
  if (!position) co_return std::unexpected(std::move(position).error());
  std::vector<Violation> faults;
  clean_search(filter.q, faults);
  if (!faults.empty()) co_return std::unexpected(json::request_invalid(std::move(faults)));
  auto cleaned = clean_pattern(std::move(filter.pattern));
  if (!cleaned) co_return std::unexpected(std::move(cleaned).error());

  const Snapshot snapshot = catalogue_.snapshot();
  store::ArtifactQuery query = query_of(*cleaned);
  query.receivers = identity::visible_receivers(principal, *snapshot->catalogue);
  Page<store::ArtifactListing> nothing;
  nothing.limit = page.limit;
  if (page.wants_total) nothing.total = 0;
  if (query.receivers && query.receivers->empty()) co_return nothing;
  if (*position) {
    query.after = domain::parse_artifact_id(**position);
    if (!query.after) co_return cursor_invalid();
  }
  const domain::WordSearch words(filter.q.value_or(""));
  if (!words.words().empty()) co_return co_await search(context, std::move(query), words, page, text);
  query.limit = page.limit + 1;
  std::optional<std::uint64_t> total;
  if (page.wants_total) total = co_await artifacts_.count(query, context.deadline);
  auto rows = co_await artifacts_.list(std::move(query), context.deadline);
  Page<store::ArtifactListing> out = cut_page(std::move(rows), page, cursors_, text, id_text);
  out.total = total;
  co_return out;
}

Task<Result<store::ArtifactListing>> ArtifactService::get(const Context& context, std::string reference) {
  auto allowed = identity::require(*context.principal, identity::Permission::event_read);
  if (!allowed) co_return std::unexpected(std::move(allowed).error());
  auto pattern = domain::parse_artifact_pattern(reference);
  if (!pattern) co_return std::unexpected(std::move(pattern).error());
  co_await catalogue_.refresh(catalogue_store_, context.deadline);
  const Snapshot snapshot = catalogue_.snapshot();
  co_return co_await resolve_artifact(context, *std::move(pattern), *snapshot->catalogue, artifacts_);
}

Task<Result<std::vector<store::TimelineEntry>>> ArtifactService::visible_entries(const Context& context,
                                                                                 domain::ArtifactId id,
                                                                                 std::int64_t after,
                                                                                 std::size_t limit) {
  const Snapshot snapshot = catalogue_.snapshot();
  const auto& principal = *context.principal;
  const bool sees_all = identity::sees_all(principal);
  std::vector<store::TimelineEntry> out;
  for (;;) {
    if (context.deadline.has_passed()) co_return deadline_exceeded();
    auto rows = co_await artifacts_.timeline(id, after, limit, context.deadline);
    const bool is_last = rows.size() < limit;
    for (auto& entry : rows) {
      after = entry.row.position;
      const bool is_shown = sees_all || is_visible(entry, principal, *snapshot->catalogue);
      if (is_shown && out.size() < limit) out.push_back(std::move(entry));
    }
    if (is_last || out.size() == limit) co_return out;
  }
}

Task<Result<Page<store::TimelineEntry>>> ArtifactService::timeline(const Context& context,
                                                                   std::string reference, PageRequest page) {
  auto artifact = co_await get(context, std::move(reference));
  if (!artifact) co_return std::unexpected(std::move(artifact).error());
  QueryText text("timeline", context.principal->user_id);
  text.add("artifact", std::optional<std::string>(to_string(artifact->id)));
  auto position = position_of(page, cursors_, text);
  if (!position) co_return std::unexpected(std::move(position).error());
  std::int64_t after = 0;
  if (*position) {
    const auto parsed = parse_position(**position);
    if (!parsed) co_return cursor_invalid();
    after = *parsed;
  }
  auto rows = co_await visible_entries(context, artifact->id, after, page.limit + 1);
  if (!rows) co_return std::unexpected(std::move(rows).error());
  co_return cut_page(*std::move(rows), page, cursors_, text,
                     [](const store::TimelineEntry& entry) { return fmt::format("{}", entry.row.position); });
}

}  // namespace xzepr::service
