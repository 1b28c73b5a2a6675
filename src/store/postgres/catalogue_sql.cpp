#include "store/postgres/catalogue_sql.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "store/postgres/session_store.hpp"
#include "store/postgres/webhook_rows.hpp"
#include "store/revision_text.hpp"

namespace xzepr::store::postgres {
namespace {

// Name, type and version are fixed, and left out of the update: to set a unique column takes a lock that
// would wait for every batch that holds an event of the receiver, while those wait for the head that is held
// here.
constexpr Statement put_receiver_sql{"put_receiver", R"(
INSERT INTO event_receivers (id, name, type, version, description, schema, field_formats, fingerprint, enabled,
                             owner_id, resource_version, created_at, updated_at)
VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::boolean, $10::text,
        $11::bigint, $12::timestamptz, $13::timestamptz)
ON CONFLICT (id) DO UPDATE SET description = EXCLUDED.description, schema = EXCLUDED.schema,
  field_formats = EXCLUDED.field_formats, fingerprint = EXCLUDED.fingerprint, enabled = EXCLUDED.enabled,
  owner_id = EXCLUDED.owner_id, resource_version = EXCLUDED.resource_version, created_at = EXCLUDED.created_at,
  updated_at = EXCLUDED.updated_at)"};
constexpr Statement put_receiver_revision_sql{"put_receiver_revision", R"(
INSERT INTO event_receiver_revisions (receiver_id, resource_version, body) VALUES ($1::uuid, $2::bigint, $3::text)
ON CONFLICT (receiver_id, resource_version) DO UPDATE SET body = EXCLUDED.body)"};
constexpr Statement delete_receiver_sql{"delete_receiver", "DELETE FROM event_receivers WHERE id = $1::uuid"};
constexpr Statement receiver_has_events_sql{"receiver_has_events", R"(
SELECT true FROM events WHERE event_receiver_id = $1::uuid LIMIT 1)"};

constexpr Statement put_group_sql{"put_group", R"(
INSERT INTO event_receiver_groups (id, name, type, version, description, enabled, owner_id, resource_version,
                                   gate_revision, created_at, updated_at)
VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::boolean, $7::text, $8::bigint, $9::bigint,
        $10::timestamptz, $11::timestamptz)
ON CONFLICT (id) DO UPDATE SET description = EXCLUDED.description, enabled = EXCLUDED.enabled,
  owner_id = EXCLUDED.owner_id, resource_version = EXCLUDED.resource_version,
  gate_revision = EXCLUDED.gate_revision, created_at = EXCLUDED.created_at, updated_at = EXCLUDED.updated_at)"};
constexpr Statement put_group_revision_sql{"put_group_revision", R"(
INSERT INTO event_receiver_group_revisions (group_id, resource_version, body) VALUES ($1::uuid, $2::bigint, $3::text)
ON CONFLICT (group_id, resource_version) DO UPDATE SET body = EXCLUDED.body)"};
// Runs before the group's receivers are replaced: what a receiver that goes had decided must be visited too.
constexpr Statement put_sweep_sql{"put_sweep", R"(
INSERT INTO gate_sweeps (group_id, gate_revision, receiver_ids, after_artifact_no)
SELECT $1::uuid, $2::bigint, ARRAY(
  SELECT unnest($3::uuid[]) UNION
  SELECT receiver_id FROM group_receivers WHERE group_id = $1::uuid UNION
  SELECT unnest(receiver_ids) FROM gate_sweeps WHERE group_id = $1::uuid), 0
ON CONFLICT (group_id) DO UPDATE SET gate_revision = EXCLUDED.gate_revision, receiver_ids = EXCLUDED.receiver_ids,
  after_artifact_no = 0)"};
constexpr Statement clear_group_receivers_sql{"clear_group_receivers",
                                              "DELETE FROM group_receivers WHERE group_id = $1::uuid"};
constexpr Statement put_group_receivers_sql{"put_group_receivers", R"(
INSERT INTO group_receivers (group_id, receiver_id, ordinal)
SELECT $1::uuid, id, ordinal FROM unnest($2::uuid[]) WITH ORDINALITY AS one (id, ordinal))"};
constexpr Statement clear_group_members_sql{"clear_group_members",
                                            "DELETE FROM group_members WHERE group_id = $1::uuid"};
constexpr Statement put_group_members_sql{"put_group_members", R"(
INSERT INTO group_members (group_id, member, ordinal)
SELECT $1::uuid, member, ordinal FROM unnest($2::text[]) WITH ORDINALITY AS one (member, ordinal))"};
constexpr Statement delete_gates_sql{"delete_gates",
                                     "DELETE FROM gates WHERE group_id = $1::uuid AND since IS NOT NULL"};
constexpr Statement delete_sweep_sql{"delete_sweep_of", "DELETE FROM gate_sweeps WHERE group_id = $1::uuid"};
constexpr Statement delete_group_sql{"delete_group", "DELETE FROM event_receiver_groups WHERE id = $1::uuid"};

constexpr Statement put_user_sql{"put_user", R"(
INSERT INTO users (id, username, email, display_name, enabled, created_at)
VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::boolean, $6::timestamptz)
ON CONFLICT (id) DO UPDATE SET username = EXCLUDED.username, email = EXCLUDED.email,
  display_name = EXCLUDED.display_name, enabled = EXCLUDED.enabled, created_at = EXCLUDED.created_at)"};
constexpr Statement clear_roles_sql{"clear_roles", "DELETE FROM user_roles WHERE user_id = $1::uuid"};
constexpr Statement put_roles_sql{
    "put_roles", "INSERT INTO user_roles (user_id, role) SELECT $1::uuid, unnest($2::text[])"};
constexpr Statement put_password_sql{"put_password",
                                     "UPDATE users SET password_hash = $2::text WHERE id = $1::uuid"};
// Another user's row makes it fail by its key, which is told apart as identity_exists.
constexpr Statement put_identity_sql{"put_identity", R"(
INSERT INTO user_identities (issuer, subject, user_id) SELECT $1::text, $2::text, $3::uuid
WHERE NOT EXISTS (SELECT FROM user_identities WHERE issuer = $1::text AND subject = $2::text AND user_id = $3::uuid))"};
constexpr Statement put_key_sql{"put_key", R"(
INSERT INTO api_keys (id, user_id, name, prefix, key_hash, roles, rpm, default_receiver_id, created_at, expires_at,
                      revoked_at, last_used_at)
VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::bytea, $6::text, $7::bigint, $8::uuid, $9::timestamptz,
        $10::timestamptz, $11::timestamptz, $12::timestamptz)
ON CONFLICT (id) DO UPDATE SET user_id = EXCLUDED.user_id, name = EXCLUDED.name, prefix = EXCLUDED.prefix,
  key_hash = EXCLUDED.key_hash, roles = EXCLUDED.roles, rpm = EXCLUDED.rpm,
  default_receiver_id = EXCLUDED.default_receiver_id, created_at = EXCLUDED.created_at,
  expires_at = EXCLUDED.expires_at, revoked_at = EXCLUDED.revoked_at, last_used_at = EXCLUDED.last_used_at)"};

constexpr Statement begin_snapshot_sql{"begin_snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
constexpr Statement end_snapshot_sql{"end_snapshot", "COMMIT"};
constexpr Statement load_revision_sql{"load_revision",
                                      "SELECT catalogue_revision FROM journal_head WHERE id = 1"};
constexpr Statement load_receivers_sql{"load_receivers", R"(
SELECT id, name, type, version, description, schema, field_formats, fingerprint, enabled, owner_id, resource_version,
       created_at, updated_at FROM event_receivers ORDER BY id)"};
constexpr Statement load_groups_sql{"load_groups", R"(
SELECT id, name, type, version, description, enabled, owner_id, resource_version, gate_revision, created_at,
       updated_at FROM event_receiver_groups ORDER BY id)"};
constexpr Statement load_group_receivers_sql{"load_group_receivers", R"(
SELECT group_id, receiver_id FROM group_receivers ORDER BY group_id, ordinal)"};
constexpr Statement load_group_members_sql{"load_group_members", R"(
SELECT group_id, member FROM group_members ORDER BY group_id, ordinal)"};

template <class T>
Call call_by_id(const Statement& statement, const T& id) {
  auto made = call_of(statement);
  made.params.id(id);
  return made;
}

template <class Range, class Get>
ArrayParam texts(const Range& range, Get get) {
  ArrayParam array(TypeOid::text, range.size(), range.size() * 32);
  for (const auto& one : range) array.add(std::string_view(get(one)));
  return array;
}

identity::RoleSet parse_roles(std::string_view text) {
  identity::RoleSet roles;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto role = identity::parse_role(text.substr(0, comma));
    if (!role) throw Fault(Fault::Kind::corrupt, "PostgreSQL: a role is stored that xzepr does not know");
    roles.add(*role);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return roles;
}

void add(Exchange& exchange, const PutReceiver& write, std::int64_t) {
  const auto& receiver = write.receiver;
  auto put = call_of(put_receiver_sql);
  put.params.id(receiver.id)
      .text(receiver.name)
      .text(receiver.type)
      .text(receiver.version)
      .text(receiver.description);
  put.params.text(receiver.schema)
      .text(field_formats_text(receiver.field_formats))
      .text(receiver.fingerprint);
  put.params.boolean(receiver.enabled).text(receiver.owner.text).int8(receiver.resource_version);
  put.params.time(receiver.created_at).time(receiver.updated_at);
  exchange.push_back(std::move(put));
  auto revision = call_of(put_receiver_revision_sql);
  revision.params.id(receiver.id).int8(receiver.resource_version).text(revision_text(receiver));
  exchange.push_back(std::move(revision));
}

void add(Exchange& exchange, const DeleteReceiver& write, std::int64_t) {
  exchange.push_back(call_by_id(delete_receiver_sql, write.id));
}

void add(Exchange& exchange, const PutGroup& write, std::int64_t revision) {
  auto group = write.group;
  const bool must_sweep = group.gate_revision == -1;
  if (must_sweep) group.gate_revision = revision;
  auto put = call_of(put_group_sql);
  put.params.id(group.id).text(group.name).text(group.type).text(group.version).text(group.description);
  put.params.boolean(group.enabled)
      .text(group.owner.text)
      .int8(group.resource_version)
      .int8(group.gate_revision);
  put.params.time(group.created_at).time(group.updated_at);
  exchange.push_back(std::move(put));
  auto body = call_of(put_group_revision_sql);
  body.params.id(group.id).int8(group.resource_version).text(revision_text(group));
  exchange.push_back(std::move(body));
  if (must_sweep) {
    auto sweep = call_of(put_sweep_sql);
    sweep.params.id(group.id).int8(revision).ids(group.receiver_ids);
    exchange.push_back(std::move(sweep));
  }
  exchange.push_back(call_by_id(clear_group_receivers_sql, group.id));
  auto receivers = call_by_id(put_group_receivers_sql, group.id);
  receivers.params.ids(group.receiver_ids);
  exchange.push_back(std::move(receivers));
  exchange.push_back(call_by_id(clear_group_members_sql, group.id));
  auto members = call_by_id(put_group_members_sql, group.id);
  members.params.array(
      texts(group.members, [](const domain::Subject& member) { return std::string_view(member.text); }));
  exchange.push_back(std::move(members));
}

void add(Exchange& exchange, const DeleteGroup& write, std::int64_t) {
  exchange.push_back(call_by_id(delete_gates_sql, write.id));
  exchange.push_back(call_by_id(delete_sweep_sql, write.id));
  exchange.push_back(call_by_id(delete_group_sql, write.id));
}

void add(Exchange& exchange, const PutUser& write, std::int64_t) {
  const auto& user = write.user;
  auto put = call_of(put_user_sql);
  put.params.id(user.id).text(user.username).text(user.email).text(user.display_name).boolean(user.enabled);
  put.params.time(user.created_at);
  exchange.push_back(std::move(put));
  exchange.push_back(call_by_id(clear_roles_sql, user.id));
  auto roles = call_by_id(put_roles_sql, user.id);
  roles.params.array(texts(identity::role_names(user.roles), [](std::string_view name) { return name; }));
  exchange.push_back(std::move(roles));
}

void add(Exchange& exchange, const PutApiKey& write, std::int64_t) {
  const auto& key = write.key;
  std::string roles;
  for (const auto name : identity::role_names(key.roles)) roles.append(roles.empty() ? "" : ",").append(name);
  auto put = call_of(put_key_sql);
  put.params.id(key.id).id(key.user_id).text(key.name).text(key.prefix);
  put.params.bytes({reinterpret_cast<const char*>(key.hash.data()), key.hash.size()}).text(roles);
  if (key.rpm) {
    put.params.int8(*key.rpm);
  } else {
    put.params.null();
  }
  put.params.optional_id(key.default_receiver).time(key.created_at).optional_time(key.expires_at);
  put.params.optional_time(key.revoked_at).optional_time(key.last_used_at);
  exchange.push_back(std::move(put));
}

void add(Exchange& exchange, const PutPassword& write, std::int64_t) {
  auto put = call_of(put_password_sql);
  put.params.id(write.user_id);
  if (write.hash) {
    put.params.text(*write.hash);
  } else {
    put.params.null();
  }
  exchange.push_back(std::move(put));
}

void add(Exchange& exchange, const PutUserIdentity& write, std::int64_t) {
  auto put = call_of(put_identity_sql);
  put.params.text(write.issuer).text(write.subject).id(write.user_id);
  exchange.push_back(std::move(put));
}

void add(Exchange& exchange, const EndSessions& write, std::int64_t) {
  exchange.push_back(end_sessions(write));
}

void add(Exchange& exchange, const PutWebhook& write, std::int64_t) {
  exchange.push_back(put_webhook(write.webhook));
}

void add(Exchange& exchange, const DeleteWebhook& write, std::int64_t) {
  exchange.push_back(delete_webhook(write));
}

void add(Exchange& exchange, const PutAudit& write, std::int64_t) {
  exchange.push_back(insert_audit(write.entry));
}

domain::Receiver receiver_of(const Rows& rows, int row) {
  return {.id = rows.id<ReceiverId>(row, 0),
          .name = rows.text(row, 1),
          .type = rows.text(row, 2),
          .version = rows.text(row, 3),
          .description = rows.text(row, 4),
          .schema = rows.text(row, 5),
          .field_formats = parse_field_formats(rows.bytes(row, 6)),
          .fingerprint = rows.text(row, 7),
          .enabled = rows.boolean(row, 8),
          .owner = {rows.text(row, 9)},
          .resource_version = rows.int8(row, 10),
          .created_at = rows.time(row, 11),
          .updated_at = rows.time(row, 12)};
}

domain::Group group_of(const Rows& rows, int row) {
  return {.id = rows.id<GroupId>(row, 0),
          .name = rows.text(row, 1),
          .type = rows.text(row, 2),
          .version = rows.text(row, 3),
          .description = rows.text(row, 4),
          .enabled = rows.boolean(row, 5),
          .receiver_ids = {},
          .members = {},
          .owner = {rows.text(row, 6)},
          .resource_version = rows.int8(row, 7),
          .gate_revision = rows.int8(row, 8),
          .created_at = rows.time(row, 9),
          .updated_at = rows.time(row, 10)};
}

}  // namespace

void add_write(Exchange& exchange, const CatalogueWrite& write, std::int64_t revision) {
  std::visit([&](const auto& one) { add(exchange, one, revision); }, write);
}

Call receiver_has_events(ReceiverId id) { return call_by_id(receiver_has_events_sql, id); }

Exchange load_catalogue() {
  Exchange exchange;
  for (const auto* statement :
       {&begin_snapshot_sql, &load_revision_sql, &load_receivers_sql, &load_groups_sql,
        &load_group_receivers_sql, &load_group_members_sql, &end_snapshot_sql})
    exchange.push_back(call_of(*statement));
  return exchange;
}

CatalogueData catalogue_of(const Replies& replies) {
  CatalogueData data;
  const auto& receivers = replies[2];
  const auto& groups = replies[3];
  const auto& group_receivers = replies[4];
  const auto& group_members = replies[5];
  if (replies[1].size() != 1)
    throw Fault(Fault::Kind::corrupt, "PostgreSQL: journal_head does not hold exactly one row");
  data.revision = replies[1].int8(0, 0);
  for (int row = 0; row < receivers.size(); ++row) data.receivers.push_back(receiver_of(receivers, row));
  std::unordered_map<GroupId, std::size_t> place;
  for (int row = 0; row < groups.size(); ++row) {
    data.groups.push_back(group_of(groups, row));
    place.emplace(data.groups.back().id, data.groups.size() - 1);
  }
  // Both tables reference the group, and all was read in one snapshot.
  for (int row = 0; row < group_receivers.size(); ++row)
    data.groups[place.at(group_receivers.id<GroupId>(row, 0))].receiver_ids.push_back(
        group_receivers.id<ReceiverId>(row, 1));
  for (int row = 0; row < group_members.size(); ++row)
    data.groups[place.at(group_members.id<GroupId>(row, 0))].members.push_back({group_members.text(row, 1)});
  return data;
}

std::string_view api_key_columns() {
  return "k.id, k.user_id, k.name, k.prefix, k.key_hash, k.roles, k.rpm, k.default_receiver_id, "
         "k.created_at, "
         "k.expires_at, k.revoked_at, k.last_used_at";
}

identity::ApiKey api_key_of(const Rows& rows, int row, int first) {
  const auto at = [first](int column) { return first + column; };
  identity::ApiKey key{.id = rows.id<ApiKeyId>(row, at(0)),
                       .user_id = rows.id<UserId>(row, at(1)),
                       .name = rows.text(row, at(2)),
                       .prefix = rows.text(row, at(3)),
                       .roles = parse_roles(rows.bytes(row, at(5))),
                       .rpm = std::nullopt,
                       .default_receiver = rows.optional_id<ReceiverId>(row, at(7)),
                       .created_at = rows.time(row, at(8)),
                       .expires_at = rows.optional_time(row, at(9)),
                       .revoked_at = rows.optional_time(row, at(10)),
                       .last_used_at = rows.optional_time(row, at(11))};
  if (!rows.is_null(row, at(6))) key.rpm = static_cast<std::uint32_t>(rows.int8(row, at(6)));
  const auto hash = rows.bytes(row, at(4));
  if (hash.size() != key.hash.size())
    throw Fault(Fault::Kind::corrupt, "PostgreSQL: an API key's hash is not a SHA-256");
  std::ranges::copy(hash, key.hash.begin());
  return key;
}

std::string_view user_columns() {
  return "u.id, u.username, u.email, u.display_name, u.enabled, u.created_at, "
         "(SELECT coalesce(string_agg(r.role, ','), '') FROM user_roles AS r WHERE r.user_id = u.id)";
}

identity::User user_of(const Rows& rows, int row, int first) {
  return {.id = rows.id<UserId>(row, first),
          .username = rows.text(row, first + 1),
          .email = rows.text(row, first + 2),
          .display_name = rows.text(row, first + 3),
          .roles = parse_roles(rows.bytes(row, first + 6)),
          .enabled = rows.boolean(row, first + 4),
          .created_at = rows.time(row, first + 5)};
}

}  // namespace xzepr::store::postgres
