#include "service/sink_service.hpp"

#include <algorithm>

#include "service/refusals.hpp"

namespace xzepr::service {
namespace {

using domain::DeadLetter;

Result<void> require_sink_manage(const Context& context) {
  return identity::require(*context.principal, identity::Permission::sink_manage);
}

}  // namespace

Task<Result<std::vector<SinkStatus>>> SinkService::list(const Context& context) {
  if (auto allowed = require_sink_manage(context); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  auto sinks = co_await sinks_.list_sinks(context.deadline);
  const auto extent = co_await journal_.extent(context.deadline);
  std::vector<SinkStatus> statuses;
  for (auto& sink : sinks) {
    const auto letters = co_await sinks_.count_dead_letters(sink.name, context.deadline);
    const auto pending = std::max<std::int64_t>(extent.newest - sink.position, 0);
    statuses.push_back({.sink = std::move(sink), .pending = pending, .dead_letters = letters});
  }
  co_return statuses;
}

Task<Result<Page<DeadLetter>>> SinkService::list_dead_letters(const Context& context, std::string sink,
                                                              PageRequest page) {
  if (auto allowed = require_sink_manage(context); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  QueryText text("dead_letters", context.principal->user_id);
  text.add("sink", std::optional(sink));
  auto after = id_position_of<domain::DeadLetterId>(page, cursors_, text);
  if (!after) co_return std::unexpected(std::move(after).error());
  const auto sinks = co_await sinks_.list_sinks(context.deadline);
  if (std::ranges::find(sinks, sink, &domain::Sink::name) == sinks.end())
    co_return std::unexpected(sink_unknown(sink));
  store::DeadLetterQuery query{.sink = sink, .after = *after, .limit = page.limit + 1};
  auto rows = co_await sinks_.list_dead_letters(std::move(query), context.deadline);
  auto out = cut_page(std::move(rows), page, cursors_, text,
                      [](const DeadLetter& letter) { return to_string(letter.id); });
  if (page.wants_total) out.total = co_await sinks_.count_dead_letters(sink, context.deadline);
  co_return out;
}

Task<Result<DeadLetter>> SinkService::get_dead_letter(const Context& context, std::string sink,
                                                      std::string id) {
  if (auto allowed = require_sink_manage(context); !allowed)
    co_return std::unexpected(std::move(allowed).error());
  const auto parsed = parse_id<domain::DeadLetterId>(id);
  if (!parsed) co_return std::unexpected(dead_letter_unknown(id));
  auto letter = co_await sinks_.find_dead_letter(*parsed, context.deadline);
  if (!letter || letter->sink != sink) co_return std::unexpected(dead_letter_unknown(id));
  co_return *std::move(letter);
}

Task<Result<DeadLetter>> SinkService::resend(const Context& context, std::string sink, std::string id) {
  auto letter = co_await get_dead_letter(context, std::move(sink), id);
  if (!letter) co_return letter;
  const bool is_there = co_await sinks_.request_resend(letter->id, context.now, context.deadline);
  if (!is_there) co_return std::unexpected(dead_letter_unknown(id));
  letter->resend_at = context.now;
  co_return letter;
}

}  // namespace xzepr::service
