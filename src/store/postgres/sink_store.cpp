#include "store/postgres/sink_store.hpp"

#include <fmt/format.h>

namespace xzepr::store::postgres {
namespace {

using domain::DeadLetter;

constexpr Statement take_lease_sql{"take_lease", R"(
INSERT INTO sinks AS s (name, position, owner, epoch, lease_until)
VALUES ($1::text, 0, $2::text, 1, clock_timestamp() + $3::bigint * interval '1 millisecond')
ON CONFLICT (name) DO UPDATE SET owner = EXCLUDED.owner, epoch = s.epoch + 1, lease_until = EXCLUDED.lease_until
WHERE s.owner = EXCLUDED.owner OR s.lease_until IS NULL OR s.lease_until <= clock_timestamp()
RETURNING epoch, position)"};
constexpr Statement renew_lease_sql{"renew_lease", R"(
UPDATE sinks SET lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond'
WHERE name = $1::text AND epoch = $2::bigint RETURNING true)"};
constexpr Statement release_lease_sql{
    "release_lease", "UPDATE sinks SET lease_until = NULL WHERE name = $1::text AND epoch = $2::bigint"};
// It does not wait for the disk: a database that dies forgets the last moves, and messages come again.
constexpr Statement advance_sql{"advance_sink", R"(
UPDATE sinks SET position = $3::bigint
FROM (SELECT set_config('synchronous_commit', 'off', true) OFFSET 0) AS setting
WHERE name = $1::text AND epoch = $2::bigint AND position <= $3::bigint RETURNING true)"};
constexpr Statement bury_sql{"bury", R"(
WITH moved AS (
  UPDATE sinks SET position = $3::bigint
  WHERE name = $1::text AND epoch = $2::bigint AND position <= $3::bigint RETURNING true),
added AS (
  INSERT INTO dead_letters (id, sink, position, message_id, kind, key, cause, detail, tries, failed_at, resend_at)
  SELECT $4::uuid, $1::text, $3::bigint, $5::uuid, $6::bigint, $7::text, $8::bigint, $9::text, $10::bigint,
    $11::timestamptz, $12::timestamptz FROM moved ON CONFLICT DO NOTHING)
SELECT true FROM moved)"};
constexpr Statement list_sinks_sql{
    "list_sinks",
    "SELECT name, position, owner, epoch, lease_until FROM sinks WHERE name >= '' ORDER BY name"};

constexpr std::string_view dead_letter_columns =
    "d.id, d.sink, d.position, d.message_id, d.kind, d.key, d.cause, d.detail, d.tries, d.failed_at, "
    "d.resend_at";
std::string dead_letters_text(std::string_view rest) {
  return fmt::format("SELECT {} FROM dead_letters AS d {}", dead_letter_columns, rest);
}
const std::string newest_letters_text =
    dead_letters_text("WHERE d.sink = $1::text ORDER BY d.id DESC LIMIT $2::bigint");
const Statement newest_letters_sql{"newest_dead_letters", newest_letters_text.c_str()};
const std::string older_letters_text =
    dead_letters_text("WHERE d.sink = $1::text AND d.id < $3::uuid ORDER BY d.id DESC LIMIT $2::bigint");
const Statement older_letters_sql{"older_dead_letters", older_letters_text.c_str()};
const std::string find_letter_text = dead_letters_text("WHERE d.id = $1::uuid");
const Statement find_letter_sql{"find_dead_letter", find_letter_text.c_str()};
const std::string resends_text = dead_letters_text(
    "WHERE d.sink = $1::text AND d.resend_at IS NOT NULL ORDER BY d.position LIMIT $2::bigint");
const Statement resends_sql{"list_resends", resends_text.c_str()};
constexpr Statement count_letters_sql{"count_dead_letters",
                                      "SELECT count(*) FROM dead_letters WHERE sink = $1::text"};
constexpr Statement request_resend_sql{
    "request_resend",
    "UPDATE dead_letters SET resend_at = $2::timestamptz WHERE id = $1::uuid RETURNING true"};
constexpr Statement give_up_sql{"give_up_resend", R"(
UPDATE dead_letters SET resend_at = NULL, tries = tries + 1, detail = $2::text WHERE id = $1::uuid)"};
constexpr Statement remove_letter_sql{"remove_dead_letter", "DELETE FROM dead_letters WHERE id = $1::uuid"};

DeadLetter letter_of(const Rows& rows, int row) {
  return {.id = rows.id<domain::DeadLetterId>(row, 0),
          .sink = rows.text(row, 1),
          .position = rows.int8(row, 2),
          .message_id = Ulid{rows.uuid(row, 3)},
          .kind = static_cast<domain::JournalKind>(rows.int2(row, 4)),
          .key = rows.text(row, 5),
          .cause = static_cast<domain::DeadLetterCause>(rows.int2(row, 6)),
          .detail = rows.text(row, 7),
          .tries = rows.int8(row, 8),
          .failed_at = rows.time(row, 9),
          .resend_at = rows.optional_time(row, 10)};
}

std::vector<DeadLetter> letters_of(const Rows& rows) {
  std::vector<DeadLetter> letters;
  for (int row = 0; row < rows.size(); ++row) letters.push_back(letter_of(rows, row));
  return letters;
}

Params params_of(const SinkDriver& driver) {
  Params params;
  params.text(driver.sink).int8(driver.epoch);
  return params;
}

}  // namespace

std::vector<const Statement*> sink_statements() {
  return {&take_lease_sql,     &renew_lease_sql,   &release_lease_sql, &advance_sql, &bury_sql,
          &newest_letters_sql, &older_letters_sql, &find_letter_sql,   &resends_sql, &count_letters_sql,
          &request_resend_sql, &give_up_sql,       &remove_letter_sql};
}

PostgresSinkStore::PostgresSinkStore(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}

Task<std::optional<SinkLease>> PostgresSinkStore::take_lease(LeaseRequest request, Deadline deadline) {
  Params params;
  params.text(request.sink).text(request.owner).int8(request.duration.count());
  const auto rows = co_await pool_->read(take_lease_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  co_return SinkLease{.epoch = rows.int8(0, 0), .position = rows.int8(0, 1)};
}

Task<bool> PostgresSinkStore::renew_lease(SinkDriver driver, std::chrono::milliseconds duration,
                                          Deadline deadline) {
  auto params = params_of(driver);
  params.int8(duration.count());
  const auto rows = co_await pool_->read(renew_lease_sql, std::move(params), deadline);
  co_return !rows.is_empty();
}

Task<> PostgresSinkStore::release_lease(SinkDriver driver, Deadline deadline) {
  (void)co_await pool_->read(release_lease_sql, params_of(driver), deadline);
}

Task<bool> PostgresSinkStore::advance(SinkDriver driver, std::int64_t position, Deadline deadline) {
  auto params = params_of(driver);
  params.int8(position);
  const auto rows = co_await pool_->read(advance_sql, std::move(params), deadline);
  co_return !rows.is_empty();
}

Task<bool> PostgresSinkStore::bury(SinkDriver driver, DeadLetter letter, Deadline deadline) {
  auto params = params_of(driver);
  params.int8(letter.position).id(letter.id).id(letter.message_id).int8(static_cast<int>(letter.kind));
  params.text(letter.key).int8(static_cast<int>(letter.cause)).text(letter.detail).int8(letter.tries);
  params.time(letter.failed_at).optional_time(letter.resend_at);
  const auto rows = co_await pool_->read(bury_sql, std::move(params), deadline);
  co_return !rows.is_empty();
}

Task<std::vector<domain::Sink>> PostgresSinkStore::list_sinks(Deadline deadline) {
  Params none;
  const auto rows = co_await pool_->read(list_sinks_sql, std::move(none), deadline);
  std::vector<domain::Sink> sinks;
  for (int row = 0; row < rows.size(); ++row)
    sinks.push_back({.name = rows.text(row, 0),
                     .position = rows.int8(row, 1),
                     .owner = rows.text(row, 2),
                     .epoch = rows.int8(row, 3),
                     .lease_until = rows.optional_time(row, 4)});
  co_return sinks;
}

Task<std::vector<DeadLetter>> PostgresSinkStore::list_dead_letters(DeadLetterQuery query, Deadline deadline) {
  Params params;
  params.text(query.sink).int8(static_cast<std::int64_t>(query.limit));
  if (query.after) params.id(*query.after);
  const auto& statement = query.after ? older_letters_sql : newest_letters_sql;
  const auto rows = co_await pool_->read(statement, std::move(params), deadline);
  co_return letters_of(rows);
}

Task<std::uint64_t> PostgresSinkStore::count_dead_letters(std::string sink, Deadline deadline) {
  Params params;
  params.text(sink);
  const auto rows = co_await pool_->read(count_letters_sql, std::move(params), deadline);
  co_return static_cast<std::uint64_t>(rows.int8(0, 0));
}

Task<std::optional<DeadLetter>> PostgresSinkStore::find_dead_letter(domain::DeadLetterId id,
                                                                    Deadline deadline) {
  Params params;
  params.id(id);
  const auto rows = co_await pool_->read(find_letter_sql, std::move(params), deadline);
  if (rows.is_empty()) co_return std::nullopt;
  co_return letter_of(rows, 0);
}

Task<bool> PostgresSinkStore::request_resend(domain::DeadLetterId id, TimePoint at, Deadline deadline) {
  Params params;
  params.id(id).time(at);
  const auto rows = co_await pool_->read(request_resend_sql, std::move(params), deadline);
  co_return !rows.is_empty();
}

Task<std::vector<DeadLetter>> PostgresSinkStore::list_resends(std::string sink, std::size_t limit,
                                                              Deadline deadline) {
  Params params;
  params.text(sink).int8(static_cast<std::int64_t>(limit));
  const auto rows = co_await pool_->read(resends_sql, std::move(params), deadline);
  co_return letters_of(rows);
}

Task<> PostgresSinkStore::give_up_resend(domain::DeadLetterId id, std::string detail, Deadline deadline) {
  Params params;
  params.id(id).text(detail);
  (void)co_await pool_->read(give_up_sql, std::move(params), deadline);
}

Task<> PostgresSinkStore::remove_dead_letter(domain::DeadLetterId id, Deadline deadline) {
  Params params;
  params.id(id);
  (void)co_await pool_->read(remove_letter_sql, std::move(params), deadline);
}

}  // namespace xzepr::store::postgres
