#include "store/postgres/append_sql.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"

namespace xzepr::store::postgres {
namespace {

constexpr Statement begin_sql{"begin", "BEGIN ISOLATION LEVEL READ COMMITTED"};
constexpr Statement commit_sql{"commit", "COMMIT"};
constexpr Statement rollback_sql{"rollback", "ROLLBACK"};

constexpr Statement lock_head_sql{"lock_head", R"(
SELECT position, catalogue_revision, epoch, id_lead_ms, id_lag_ms FROM journal_head WHERE id = 1 FOR UPDATE)"};
constexpr Statement set_head_sql{"set_head", R"(
UPDATE journal_head SET position = $1::bigint, catalogue_revision = $2::bigint, id_lead_ms = $3::bigint,
                        id_lag_ms = $4::bigint WHERE id = 1)"};

constexpr Statement insert_events_sql{"insert_events", R"(
INSERT INTO events (id, event_receiver_id, name, version, release, platform_id, package, description, payload, success,
                    event_start, event_end, created_at, updated_at, artifact_id, created_by, receiver_version)
SELECT id, receiver_id, name, version, release, platform_id, package, description, payload, success,
       event_start, event_end, created_at, created_at, artifact_id, created_by, receiver_version
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::jsonb[], $10::boolean[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::uuid[],
            $15::uuid[], $16::bigint[])
  AS one (id, receiver_id, name, version, release, platform_id, package, description, payload, success,
          event_start, event_end, created_at, artifact_id, created_by, receiver_version))"};

constexpr Statement event_exists_sql{"event_exists", "SELECT true FROM events WHERE id = $1::uuid"};

constexpr Statement insert_artifacts_sql{"insert_artifacts", R"(
INSERT INTO artifacts (artifact_id, name, version, release, platform_id, package, first_seen_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
ON CONFLICT (artifact_id) DO NOTHING)"};

constexpr Statement insert_outcomes_sql{"insert_outcomes", R"(
INSERT INTO outcomes (artifact_no, receiver_id, passed, event_id, position, at)
SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::boolean[], $4::uuid[], $5::bigint[], $6::timestamptz[]))"};
// Of rows that exist. Not an UPDATE with a join: while the planner thinks the table empty, that is a walk
// over it all.
constexpr Statement update_outcomes_sql{"update_outcomes", R"(
INSERT INTO outcomes (artifact_no, receiver_id, passed, event_id, position, at)
SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::boolean[], $4::uuid[], $5::bigint[], $6::timestamptz[])
ON CONFLICT (artifact_no, receiver_id) DO UPDATE SET passed = EXCLUDED.passed, event_id = EXCLUDED.event_id,
  position = EXCLUDED.position, at = EXCLUDED.at)"};

constexpr Statement insert_gates_sql{"insert_gates", R"(
INSERT INTO gates (artifact_no, group_id, artifact_id, state, group_revision, since, first_opened_at)
SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::smallint[], $5::bigint[], $6::timestamptz[],
                     $7::timestamptz[]))"};
constexpr Statement update_gates_sql{"update_gates", R"(
INSERT INTO gates (artifact_no, group_id, artifact_id, state, group_revision, since, first_opened_at)
SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::smallint[], $5::bigint[], $6::timestamptz[],
                     $7::timestamptz[])
ON CONFLICT (artifact_no, group_id) DO UPDATE SET state = EXCLUDED.state, group_revision = EXCLUDED.group_revision,
  since = EXCLUDED.since, first_opened_at = EXCLUDED.first_opened_at)"};

// Arrays of arrays do not unnest by row: satisfying ids come as text, and only where there are some.
constexpr Statement insert_journal_sql{"insert_journal", R"(
INSERT INTO journal (position, id, kind, cause, artifact_no, event_id, receiver_id, receiver_version, group_id,
                     group_version, satisfying, at)
SELECT position, id, kind, cause, artifact_no, event_id, receiver_id, receiver_version, group_id, group_version,
       satisfying::uuid[], at
FROM unnest($1::bigint[], $2::uuid[], $3::smallint[], $4::smallint[], $5::bigint[], $6::uuid[], $7::uuid[],
            $8::bigint[], $9::uuid[], $10::bigint[], $11::text[], $12::timestamptz[])
  AS one (position, id, kind, cause, artifact_no, event_id, receiver_id, receiver_version, group_id, group_version,
          satisfying, at))"};

constexpr Statement read_answers_sql{"read_answers", R"(
SELECT stored.id, stored.body_hash, stored.answer FROM unnest($1::uuid[]) AS asked (id)
CROSS JOIN LATERAL (SELECT * FROM idempotency_keys WHERE id = asked.id OFFSET 0) AS stored)"};
constexpr Statement insert_answers_sql{"insert_answers", R"(
INSERT INTO idempotency_keys (id, body_hash, answer, created_at)
SELECT id, body_hash, answer, $4::timestamptz
FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS one (id, body_hash, answer))"};

constexpr std::array all_statements{
    &lock_head_sql,        &set_head_sql,        &insert_events_sql,   &event_exists_sql,
    &insert_artifacts_sql, &insert_outcomes_sql, &update_outcomes_sql, &insert_gates_sql,
    &update_gates_sql,     &insert_journal_sql,  &read_answers_sql,    &insert_answers_sql,
};

// The first 48 bits of a ULID.
std::int64_t milliseconds_of(EventId id) {
  std::int64_t value = 0;
  for (std::size_t at = 0; at < 6; ++at) value = value << 8 | id.value.bytes[at];
  return value;
}

// One column of a batch: what `get` gives of each row, as an array.
template <class Row, class Get>
ArrayParam column(TypeOid type, std::span<const Row> rows, Get get) {
  ArrayParam array(type, rows.size(), rows.size() * 20);
  for (const auto& row : rows) array.add(get(row));
  return array;
}

template <class Row, class Get>
ArrayParam optional_ids(std::span<const Row> rows, Get get) {
  ArrayParam array(TypeOid::uuid, rows.size(), rows.size() * 20);
  for (const auto& row : rows) array.add_optional(get(row));
  return array;
}

ArrayParam payloads(std::span<const domain::Event* const> events) {
  std::size_t bytes = 0;
  for (const auto* event : events) bytes += event->payload.size() + 5;
  ArrayParam array(TypeOid::jsonb, events.size(), bytes);
  for (const auto* event : events) array.add_jsonb(event->payload);
  return array;
}

template <class Row>
ArrayParam numbers_of(std::span<const Row> rows, const ArtifactNumbers& numbers) {
  return column(TypeOid::int8, rows, [&numbers](const Row& row) { return numbers.at(row.artifact_id); });
}

Params outcome_params(std::span<const domain::OutcomeRow> rows, const ArtifactNumbers& numbers) {
  using Row = domain::OutcomeRow;
  Params params;
  params.array(numbers_of(rows, numbers))
      .array(column(TypeOid::uuid, rows, [](const Row& row) -> auto& { return uuid_of(row.receiver_id); }))
      .array(column(TypeOid::boolean, rows, [](const Row& row) { return row.passed; }))
      .array(column(TypeOid::uuid, rows, [](const Row& row) -> auto& { return uuid_of(row.event_id); }))
      .array(column(TypeOid::int8, rows, [](const Row& row) { return row.position; }))
      .array(column(TypeOid::timestamptz, rows, [](const Row& row) { return row.at; }));
  return params;
}

Params gate_params(std::span<const domain::GateRow> rows, const ArtifactNumbers& numbers) {
  using Row = domain::GateRow;
  ArrayParam first_opened(TypeOid::timestamptz, rows.size(), rows.size() * 12);
  for (const auto& row : rows) {
    if (row.first_opened_at) {
      first_opened.add(*row.first_opened_at);
    } else {
      first_opened.add_null();
    }
  }
  Params params;
  params.array(numbers_of(rows, numbers))
      .array(column(TypeOid::uuid, rows, [](const Row& row) -> auto& { return uuid_of(row.group_id); }))
      .array(column(TypeOid::uuid, rows, [](const Row& row) -> auto& { return uuid_of(row.artifact_id); }))
      .array(column(TypeOid::int2, rows, [](const Row& row) { return static_cast<std::int16_t>(row.state); }))
      .array(column(TypeOid::int8, rows, [](const Row& row) { return row.group_revision; }))
      .array(column(TypeOid::timestamptz, rows, [](const Row& row) { return row.since; }))
      .array(std::move(first_opened));
  return params;
}

ArrayParam optional_numbers(std::span<const domain::JournalRow> rows, const ArtifactNumbers& numbers) {
  ArrayParam array(TypeOid::int8, rows.size(), rows.size() * 12);
  for (const auto& row : rows) {
    if (row.artifact_id) {
      array.add(numbers.at(*row.artifact_id));
    } else {
      array.add_null();
    }
  }
  return array;
}

ArrayParam satisfying_texts(std::span<const domain::JournalRow> rows) {
  ArrayParam array(TypeOid::text, rows.size(), rows.size() * 4);
  for (const auto& row : rows) {
    if (row.satisfying.empty()) {
      array.add_null();
      continue;
    }
    std::string text = "{";
    for (const auto& id : row.satisfying) text += to_uuid_string(id.value) + ",";
    text.back() = '}';
    array.add(std::string_view(text));
  }
  return array;
}

std::string_view view_of(const crypto::Sha256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

std::span<const Statement* const> append_statements() { return all_statements; }

Call begin() { return call_of(begin_sql); }
Call commit() { return call_of(commit_sql); }
Call rollback() { return call_of(rollback_sql); }
Call lock_head() { return call_of(lock_head_sql); }

Call set_head(const Head& head) {
  auto made = call_of(set_head_sql);
  made.params.int8(head.position).int8(head.catalogue_revision).int8(head.id_lead_ms).int8(head.id_lag_ms);
  return made;
}

Head head_of(const Rows& rows) {
  if (rows.size() != 1)
    throw Fault(Fault::Kind::corrupt, "PostgreSQL: journal_head does not hold exactly one row");
  return {.position = rows.int8(0, 0),
          .catalogue_revision = rows.int8(0, 1),
          .epoch = rows.int8(0, 2),
          .id_lead_ms = rows.int8(0, 3),
          .id_lag_ms = rows.int8(0, 4)};
}

void note_times(Head& head, std::span<const domain::Event* const> events) {
  for (const auto* event : events) {
    const auto created_ms =
        std::chrono::floor<std::chrono::milliseconds>(event->created_at.time_since_epoch()).count();
    const auto ahead = milliseconds_of(event->id) - created_ms;
    head.id_lead_ms = std::max(head.id_lead_ms, ahead);
    head.id_lag_ms = std::max(head.id_lag_ms, -ahead);
  }
}

Call insert_events(std::span<const domain::Event* const> events) {
  using Row = const domain::Event*;
  const auto texts = [events](auto get) { return column(TypeOid::text, events, get); };
  const auto ids = [events](auto get) { return column(TypeOid::uuid, events, get); };
  const auto times = [events](auto get) { return column(TypeOid::timestamptz, events, get); };
  auto made = call_of(insert_events_sql);
  made.params.array(ids([](Row row) -> auto& { return uuid_of(row->id); }))
      .array(ids([](Row row) -> auto& { return uuid_of(row->receiver_id); }))
      .array(texts([](Row row) { return std::string_view(row->artifact.name); }))
      .array(texts([](Row row) { return std::string_view(row->artifact.version); }))
      .array(texts([](Row row) { return std::string_view(row->artifact.release); }))
      .array(texts([](Row row) { return std::string_view(row->artifact.platform_id); }))
      .array(texts([](Row row) { return std::string_view(row->artifact.package); }))
      .array(texts([](Row row) { return std::string_view(row->description); }))
      .array(payloads(events))
      .array(column(TypeOid::boolean, events, [](Row row) { return row->success; }))
      .array(times([](Row row) { return row->event_start; }))
      .array(times([](Row row) { return row->event_end; }))
      .array(times([](Row row) { return row->created_at; }))
      .array(ids([](Row row) -> auto& { return uuid_of(row->artifact_id); }))
      .array(ids([](Row row) -> auto& { return uuid_of(row->created_by); }))
      .array(column(TypeOid::int8, events, [](Row row) { return row->receiver_version; }));
  return made;
}

Call event_exists(EventId id) {
  auto made = call_of(event_exists_sql);
  made.params.id(id);
  return made;
}

Call insert_artifacts(std::span<const domain::Event* const> first_events) {
  using Row = const domain::Event*;
  const auto texts = [first_events](auto get) { return column(TypeOid::text, first_events, get); };
  auto made = call_of(insert_artifacts_sql);
  made.params
      .array(column(TypeOid::uuid, first_events, [](Row row) -> auto& { return uuid_of(row->artifact_id); }))
      .array(texts([](Row row) { return std::string_view(row->artifact.name); }))
      .array(texts([](Row row) { return std::string_view(row->artifact.version); }))
      .array(texts([](Row row) { return std::string_view(row->artifact.release); }))
      .array(texts([](Row row) { return std::string_view(row->artifact.platform_id); }))
      .array(texts([](Row row) { return std::string_view(row->artifact.package); }))
      .array(column(TypeOid::timestamptz, first_events, [](Row row) { return row->created_at; }));
  return made;
}

Call insert_outcomes(std::span<const domain::OutcomeRow> rows, const ArtifactNumbers& numbers) {
  auto made = call_of(insert_outcomes_sql);
  made.params = outcome_params(rows, numbers);
  return made;
}

Call update_outcomes(std::span<const domain::OutcomeRow> rows, const ArtifactNumbers& numbers) {
  auto made = call_of(update_outcomes_sql);
  made.params = outcome_params(rows, numbers);
  return made;
}

Call insert_gates(std::span<const domain::GateRow> rows, const ArtifactNumbers& numbers) {
  auto made = call_of(insert_gates_sql);
  made.params = gate_params(rows, numbers);
  return made;
}

Call update_gates(std::span<const domain::GateRow> rows, const ArtifactNumbers& numbers) {
  auto made = call_of(update_gates_sql);
  made.params = gate_params(rows, numbers);
  return made;
}

Call insert_journal(std::span<const domain::JournalRow> rows, const ArtifactNumbers& numbers) {
  using Row = domain::JournalRow;
  auto made = call_of(insert_journal_sql);
  made.params.array(column(TypeOid::int8, rows, [](const Row& row) { return row.position; }))
      .array(column(TypeOid::uuid, rows, [](const Row& row) -> auto& { return uuid_of(row.id); }))
      .array(column(TypeOid::int2, rows, [](const Row& row) { return static_cast<std::int16_t>(row.kind); }))
      .array(column(TypeOid::int2, rows, [](const Row& row) { return static_cast<std::int16_t>(row.cause); }))
      .array(optional_numbers(rows, numbers))
      .array(optional_ids(rows, [](const Row& row) -> auto& { return row.event_id; }))
      .array(optional_ids(rows, [](const Row& row) -> auto& { return row.receiver_id; }))
      .array(column(TypeOid::int8, rows, [](const Row& row) { return row.receiver_version; }))
      .array(optional_ids(rows, [](const Row& row) -> auto& { return row.group_id; }))
      .array(column(TypeOid::int8, rows, [](const Row& row) { return row.group_version; }))
      .array(satisfying_texts(rows))
      .array(column(TypeOid::timestamptz, rows, [](const Row& row) { return row.at; }));
  return made;
}

Call read_answers(std::span<const IdempotencyClaim* const> claims) {
  using Row = const IdempotencyClaim*;
  auto made = call_of(read_answers_sql);
  made.params.array(column(TypeOid::uuid, claims, [](Row row) -> auto& { return uuid_of(row->key); }));
  return made;
}

std::vector<StoredAnswer> answers_of(const Rows& rows) {
  std::vector<StoredAnswer> answers;
  for (int row = 0; row < rows.size(); ++row) {
    StoredAnswer one{.claim = {.key = rows.id<KeyId>(row, 0)}, .answer = rows.text(row, 2)};
    const auto hash = rows.bytes(row, 1);
    if (hash.size() != one.claim.body_hash.size())
      throw Fault(Fault::Kind::corrupt, "PostgreSQL: an idempotency key's body_hash is not a SHA-256");
    std::ranges::copy(hash, one.claim.body_hash.begin());
    answers.push_back(std::move(one));
  }
  return answers;
}

Call insert_answers(std::span<const StoredAnswer> answers, TimePoint now) {
  using Row = StoredAnswer;
  auto made = call_of(insert_answers_sql);
  made.params
      .array(column(TypeOid::uuid, answers, [](const Row& row) -> auto& { return uuid_of(row.claim.key); }))
      .array(column(TypeOid::bytes, answers, [](const Row& row) { return view_of(row.claim.body_hash); }))
      .array(column(TypeOid::text, answers, [](const Row& row) { return std::string_view(row.answer); }))
      .time(now);
  return made;
}

}  // namespace xzepr::store::postgres
