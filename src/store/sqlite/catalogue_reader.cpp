#include "store/sqlite/catalogue_reader.hpp"

#include <unordered_map>

#include <fmt/format.h>

#include "store/revision_text.hpp"
#include "store/sqlite/rows.hpp"

namespace xzepr::store::sqlite {

CatalogueReader::CatalogueReader(Connection& connection)
    : connection_(connection),
      head_(connection, "SELECT position, catalogue_revision, epoch FROM journal_head WHERE one = 1") {}

HeadReading CatalogueReader::head() {
  auto rows = head_.query();
  if (!rows.next()) throw Fault(Fault::Kind::corrupt, "SQLite: journal_head is empty");
  return {.position = rows.integer(0), .catalogue_revision = rows.integer(1), .epoch = rows.integer(2)};
}

std::vector<domain::Receiver> CatalogueReader::receivers() {
  Statement statement(
      connection_,
      "SELECT id, name, type, version, description, schema, field_formats, fingerprint, enabled, owner_id, "
      "resource_version, created_at, updated_at FROM event_receivers ORDER BY id");
  std::vector<domain::Receiver> receivers;
  auto rows = statement.query();
  while (rows.next()) {
    auto& receiver = receivers.emplace_back();
    receiver.id = rows.id<ReceiverId>(0);
    receiver.name = rows.text(1);
    receiver.type = rows.text(2);
    receiver.version = rows.text(3);
    receiver.description = rows.text(4);
    receiver.schema = rows.text(5);
    receiver.field_formats = parse_field_formats(rows.bytes(6));
    receiver.fingerprint = rows.text(7);
    receiver.enabled = rows.boolean(8);
    receiver.owner = domain::Subject{rows.text(9)};
    receiver.resource_version = rows.integer(10);
    receiver.created_at = rows.time(11);
    receiver.updated_at = rows.time(12);
  }
  return receivers;
}

std::vector<domain::Group> CatalogueReader::groups() {
  Statement statement(
      connection_,
      "SELECT id, name, type, version, description, enabled, owner_id, resource_version, gate_revision, "
      "created_at, updated_at FROM event_receiver_groups ORDER BY id");
  std::vector<domain::Group> groups;
  std::unordered_map<GroupId, std::size_t> place;
  auto rows = statement.query();
  while (rows.next()) {
    auto& group = groups.emplace_back();
    group.id = rows.id<GroupId>(0);
    group.name = rows.text(1);
    group.type = rows.text(2);
    group.version = rows.text(3);
    group.description = rows.text(4);
    group.enabled = rows.boolean(5);
    group.owner = domain::Subject{rows.text(6)};
    group.resource_version = rows.integer(7);
    group.gate_revision = rows.integer(8);
    group.created_at = rows.time(9);
    group.updated_at = rows.time(10);
    place[group.id] = groups.size() - 1;
  }
  Statement parts(connection_,
                  "SELECT group_id, receiver_id FROM group_receivers ORDER BY group_id, ordinal");
  auto receivers = parts.query();
  while (receivers.next())
    groups[place.at(receivers.id<GroupId>(0))].receiver_ids.push_back(receivers.id<ReceiverId>(1));
  Statement people(connection_, "SELECT group_id, member FROM group_members ORDER BY group_id, ordinal");
  auto members = people.query();
  while (members.next())
    groups[place.at(members.id<GroupId>(0))].members.push_back(domain::Subject{members.text(1)});
  return groups;
}

CatalogueData CatalogueReader::load() {
  const Snapshot snapshot(connection_);
  return {.revision = head().catalogue_revision, .receivers = receivers(), .groups = groups()};
}

IdentityReader::IdentityReader(Connection& connection)
    : connection_(connection),
      find_credential_(
          connection,
          fmt::format("SELECT {}, {} FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.hash = ?",
                      user_columns, api_key_columns)),
      find_by_name_(connection, fmt::format("SELECT {} FROM users u WHERE u.username = ?", user_columns)),
      find_by_id_(connection, fmt::format("SELECT {} FROM users u WHERE u.id = ?", user_columns)),
      roles_(connection, "SELECT role FROM user_roles WHERE user_id = ?"),
      has_admin_(connection, "SELECT 1 FROM user_roles WHERE role = 'admin' LIMIT 1"),
      find_key_(connection, fmt::format("SELECT {} FROM api_keys k WHERE k.id = ?", api_key_columns)),
      list_keys_(connection,
                 fmt::format("SELECT {} FROM api_keys k WHERE k.id < ? ORDER BY k.id DESC LIMIT ?",
                             api_key_columns)),
      list_keys_of_(
          connection,
          fmt::format("SELECT {} FROM api_keys k WHERE k.user_id = ? AND k.id < ? ORDER BY k.id DESC LIMIT ?",
                      api_key_columns)),
      count_keys_(connection, "SELECT count(*) FROM api_keys INDEXED BY idx_api_keys_user_id"),
      count_keys_of_(connection, "SELECT count(*) FROM api_keys WHERE user_id = ?"),
      count_live_keys_of_(connection,
                          "SELECT count(*) FROM api_keys WHERE user_id = ? AND revoked_at IS NULL AND "
                          "(expires_at IS NULL OR expires_at > ?)"),
      secret_(connection, "SELECT value FROM settings WHERE name = 'shared_secret'") {}

void IdentityReader::add_roles(identity::User& user) {
  auto rows = roles_.query(user.id);
  while (rows.next()) add_role(user.roles, rows.bytes(0));
}

std::optional<Credential> IdentityReader::find_credential(const crypto::Sha256& hash) {
  const Snapshot snapshot(connection_);
  auto rows = find_credential_.query(hash);
  if (!rows.next()) return std::nullopt;
  Credential credential{.key = read_api_key(rows, user_column_count), .user = read_user(rows)};
  add_roles(credential.user);
  return credential;
}

std::optional<identity::User> IdentityReader::user_of(Rows rows) {
  if (!rows.next()) return std::nullopt;
  auto user = read_user(rows);
  add_roles(user);
  return user;
}

std::optional<identity::User> IdentityReader::find_user(const std::string& username) {
  const Snapshot snapshot(connection_);
  return user_of(find_by_name_.query(username));
}

std::optional<identity::User> IdentityReader::find_user(UserId id) {
  const Snapshot snapshot(connection_);
  return user_of(find_by_id_.query(id));
}

bool IdentityReader::has_admin() { return has_admin_.query().next(); }

std::optional<identity::User> IdentityReader::find_user_by_identity(const std::string& issuer,
                                                                    const std::string& subject) {
  const Snapshot snapshot(connection_);
  Statement find(connection_, "SELECT user_id FROM user_identities WHERE issuer = ? AND subject = ?");
  auto rows = find.query(issuer, subject);
  if (!rows.next()) return std::nullopt;
  return user_of(find_by_id_.query(rows.id<UserId>(0)));
}

bool IdentityReader::has_other_admin(UserId user) {
  Statement find(connection_,
                 "SELECT 1 FROM user_roles r JOIN users u ON u.id = r.user_id WHERE r.role = 'admin' AND "
                 "u.enabled AND u.id <> ? LIMIT 1");
  return find.query(user).next();
}

std::vector<identity::User> IdentityReader::list_users(std::optional<UserId> after, std::size_t limit) {
  const Snapshot snapshot(connection_);
  Statement list(connection_, fmt::format("SELECT {} FROM users u WHERE ? IS NULL OR u.id < ? ORDER BY u.id "
                                          "DESC LIMIT ?",
                                          user_columns));
  std::vector<identity::User> users;
  auto rows = list.query(after, after, limit);
  while (rows.next()) users.push_back(read_user(rows));
  for (auto& user : users) add_roles(user);
  return users;
}

std::uint64_t IdentityReader::count_users() {
  return static_cast<std::uint64_t>(connection_.integer("SELECT count(*) FROM users"));
}

std::optional<identity::ApiKey> IdentityReader::find_api_key(ApiKeyId id) {
  auto rows = find_key_.query(id);
  if (!rows.next()) return std::nullopt;
  return read_api_key(rows);
}

std::vector<identity::ApiKey> IdentityReader::list_api_keys(std::optional<UserId> user,
                                                            std::optional<ApiKeyId> after,
                                                            std::size_t limit) {
  ApiKeyId below;
  below.value.bytes.fill(0xFF);
  if (after) below = *after;
  auto rows = user ? list_keys_of_.query(*user, below, limit) : list_keys_.query(below, limit);
  std::vector<identity::ApiKey> keys;
  while (rows.next()) keys.push_back(read_api_key(rows));
  return keys;
}

std::uint64_t IdentityReader::count_api_keys(std::optional<UserId> user) {
  auto rows = user ? count_keys_of_.query(*user) : count_keys_.query();
  return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

std::uint64_t IdentityReader::count_live_api_keys(UserId user, TimePoint now) {
  auto rows = count_live_keys_of_.query(user, now);
  return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

std::optional<std::string> IdentityReader::shared_secret() {
  auto rows = secret_.query();
  if (!rows.next()) return std::nullopt;
  return rows.text(0);
}

}  // namespace xzepr::store::sqlite
