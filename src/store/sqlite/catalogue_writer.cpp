#include "store/sqlite/catalogue_writer.hpp"

#include "crypto/random.hpp"
#include "store/catalogue_refusals.hpp"
#include "store/revision_text.hpp"
#include "store/sqlite/event_reader.hpp"
#include "store/sqlite/rows.hpp"
#include "store/sqlite/session_tables.hpp"
#include "store/sqlite/webhook_tables.hpp"

namespace xzepr::store::sqlite {
namespace {

constexpr std::size_t secret_bytes = 32;

Error user_exists(const std::string& username) {
  return {
      .kind = Errc::conflict, .code = "user_exists", .detail = "there is already a user named " + username};
}

}  // namespace

// Changes are rare, so their statements are not kept.
template <class... Args>
void CatalogueWriter::execute(std::string_view sql, const Args&... args) {
  Statement(connection_, sql).execute(args...);
}

template <class... Args>
bool CatalogueWriter::exists(std::string_view sql, const Args&... args) {
  Statement statement(connection_, sql);
  return statement.query(args...).next();
}

CatalogueWriter::Refusal CatalogueWriter::write(const PutReceiver& put, std::int64_t) {
  const auto& r = put.receiver;
  execute(
      "INSERT INTO event_receivers (id, name, type, version, description, schema, field_formats, "
      "fingerprint, enabled, "
      "owner_id, resource_version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET name = excluded.name, type = excluded.type, version = "
      "excluded.version, "
      "description = excluded.description, schema = excluded.schema, field_formats = excluded.field_formats, "
      "fingerprint = excluded.fingerprint, enabled = excluded.enabled, owner_id = excluded.owner_id, "
      "resource_version = excluded.resource_version, created_at = excluded.created_at, updated_at = "
      "excluded.updated_at",
      r.id, r.name, r.type, r.version, r.description, r.schema, field_formats_text(r.field_formats),
      r.fingerprint, r.enabled, r.owner.text, r.resource_version, r.created_at, r.updated_at);
  execute(
      "INSERT OR REPLACE INTO event_receiver_revisions (receiver_id, resource_version, body) VALUES (?, ?, "
      "?)",
      r.id, r.resource_version, revision_text(r));
  return std::nullopt;
}

CatalogueWriter::Refusal CatalogueWriter::write(const DeleteReceiver& gone, std::int64_t) {
  if (exists("SELECT 1 FROM events WHERE event_receiver_id = ? LIMIT 1", gone.id) ||
      exists("SELECT 1 FROM group_receivers WHERE receiver_id = ? LIMIT 1", gone.id))
    return receiver_in_use();
  execute("DELETE FROM event_receivers WHERE id = ?", gone.id);
  return std::nullopt;
}

void CatalogueWriter::write_parts(const domain::Group& group) {
  execute("DELETE FROM group_receivers WHERE group_id = ?", group.id);
  for (std::size_t i = 0; i < group.receiver_ids.size(); ++i)
    execute("INSERT INTO group_receivers (group_id, ordinal, receiver_id) VALUES (?, ?, ?)", group.id, i,
            group.receiver_ids[i]);
  execute("DELETE FROM group_members WHERE group_id = ?", group.id);
  for (std::size_t i = 0; i < group.members.size(); ++i)
    execute("INSERT INTO group_members (group_id, ordinal, member) VALUES (?, ?, ?)", group.id, i,
            group.members[i].text);
}

CatalogueWriter::Refusal CatalogueWriter::write(const PutGroup& put, std::int64_t revision) {
  const auto& g = put.group;
  const bool needs_sweep = g.gate_revision == -1;
  execute(
      "INSERT INTO event_receiver_groups (id, name, type, version, description, enabled, owner_id, "
      "resource_version, "
      "gate_revision, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET name = excluded.name, type = excluded.type, version = "
      "excluded.version, "
      "description = excluded.description, enabled = excluded.enabled, owner_id = excluded.owner_id, "
      "resource_version = excluded.resource_version, gate_revision = excluded.gate_revision, "
      "created_at = excluded.created_at, updated_at = excluded.updated_at",
      g.id, g.name, g.type, g.version, g.description, g.enabled, g.owner.text, g.resource_version,
      needs_sweep ? revision : g.gate_revision, g.created_at, g.updated_at);
  write_parts(g);
  execute(
      "INSERT OR REPLACE INTO event_receiver_group_revisions (group_id, resource_version, body) VALUES (?, "
      "?, ?)",
      g.id, g.resource_version, revision_text(g));
  if (needs_sweep)
    execute(
        "INSERT OR REPLACE INTO gate_sweeps (group_id, gate_revision, after_artifact_no) VALUES (?, ?, 0)",
        g.id, revision);
  return std::nullopt;
}

CatalogueWriter::Refusal CatalogueWriter::write(const DeleteGroup& gone, std::int64_t) {
  execute("DELETE FROM gates WHERE group_id = ?", gone.id);
  execute("DELETE FROM gate_sweeps WHERE group_id = ?", gone.id);
  execute("DELETE FROM event_receiver_groups WHERE id = ?", gone.id);
  return std::nullopt;
}

CatalogueWriter::Refusal CatalogueWriter::write(const PutUser& put, std::int64_t) {
  const auto& u = put.user;
  if (exists("SELECT 1 FROM users WHERE username = ? AND id <> ?", u.username, u.id))
    return user_exists(u.username);
  execute(
      "INSERT INTO users (id, username, email, display_name, enabled, created_at) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET username = excluded.username, email = excluded.email, "
      "display_name = excluded.display_name, enabled = excluded.enabled, created_at = excluded.created_at",
      u.id, u.username, u.email, u.display_name, u.enabled, u.created_at);
  execute("DELETE FROM user_roles WHERE user_id = ?", u.id);
  for (const auto name : identity::role_names(u.roles))
    execute("INSERT INTO user_roles (user_id, role) VALUES (?, ?)", u.id, name);
  return std::nullopt;
}

CatalogueWriter::Refusal CatalogueWriter::write(const PutApiKey& put, std::int64_t) {
  const auto& k = put.key;
  std::optional<std::int64_t> rpm;
  if (k.rpm) rpm = *k.rpm;
  execute(
      "INSERT INTO api_keys (id, user_id, name, prefix, hash, roles, rpm, default_receiver_id, created_at, "
      "expires_at, "
      "revoked_at, last_used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, name = excluded.name, prefix = "
      "excluded.prefix, "
      "hash = excluded.hash, roles = excluded.roles, rpm = excluded.rpm, "
      "default_receiver_id = excluded.default_receiver_id, created_at = excluded.created_at, "
      "expires_at = excluded.expires_at, revoked_at = excluded.revoked_at, last_used_at = "
      "excluded.last_used_at",
      k.id, k.user_id, k.name, k.prefix, k.hash, roles_text(k.roles), rpm, k.default_receiver, k.created_at,
      k.expires_at, k.revoked_at, k.last_used_at);
  return std::nullopt;
}

CatalogueWriter::Refusal CatalogueWriter::write(const PutPassword& put, std::int64_t) {
  execute("UPDATE users SET password_hash = ? WHERE id = ?", put.hash, put.user_id);
  return std::nullopt;
}

CatalogueWriter::Refusal CatalogueWriter::write(const PutUserIdentity& put, std::int64_t) {
  if (exists("SELECT 1 FROM user_identities WHERE issuer = ? AND subject = ? AND user_id <> ?", put.issuer,
             put.subject, put.user_id))
    return identity_exists();
  execute("INSERT INTO user_identities (issuer, subject, user_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
          put.issuer, put.subject, put.user_id);
  return std::nullopt;
}

CatalogueWriter::Refusal CatalogueWriter::write(const EndSessions& end, std::int64_t) {
  end_sessions(connection_, end);
  return std::nullopt;
}

CatalogueWriter::Refusal CatalogueWriter::write(const PutWebhook& put, std::int64_t) {
  const auto& w = put.webhook;
  if (exists("SELECT 1 FROM webhooks WHERE name = ? AND deleted_at IS NULL AND id <> ?", w.name, w.id))
    return webhook_exists();
  put_webhook(connection_, w);
  return std::nullopt;
}

CatalogueWriter::Refusal CatalogueWriter::write(const DeleteWebhook& gone, std::int64_t) {
  execute("UPDATE webhooks SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL", gone.at, gone.id);
  return std::nullopt;
}

CatalogueWriter::Refusal CatalogueWriter::write(const PutAudit& put, std::int64_t) {
  insert_audit(connection_, put.entry);
  return std::nullopt;
}

void CatalogueWriter::write_journal(const std::vector<domain::JournalRow>& rows, Head& head) {
  for (auto row : rows) {
    row.position = ++head.position;
    std::optional<std::int64_t> artifact_no;
    if (row.artifact_id) artifact_no = tables_.find_artifact(*row.artifact_id);
    tables_.insert_journal(row, artifact_no);
  }
}

CatalogueOutcome CatalogueWriter::apply(const CatalogueChange& change) {
  Transaction transaction(connection_);
  if (change.claim) {
    if (auto stored = tables_.find_claim(*change.claim)) {
      if (stored->body_hash != change.claim->body_hash) return idempotency_mismatch();
      return CatalogueReplayed{std::move(stored->answer)};
    }
  }
  auto head = tables_.read_head();
  if (head.catalogue_revision != change.expected_revision) return StaleCatalogue{head.catalogue_revision};
  const auto revision = ++head.catalogue_revision;
  for (const auto& one : change.writes) {
    auto refusal = std::visit([&](const auto& write_of) { return write(write_of, revision); }, one);
    if (refusal) return *std::move(refusal);
  }
  write_journal(change.journal, head);
  if (change.claim) tables_.insert_claim(*change.claim, change.answer, clock_.now());
  tables_.write_head(head);
  transaction.commit();
  return CatalogueApplied{revision};
}

void CatalogueWriter::touch_api_key(ApiKeyId id, TimePoint at) {
  Transaction transaction(connection_);
  execute("UPDATE api_keys SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)",
          at, id, at - std::chrono::minutes{1});
  transaction.commit();
}

std::string CatalogueWriter::shared_secret() {
  Transaction transaction(connection_);
  const auto fresh = crypto::random_bytes(secret_bytes);
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(fresh.data()), fresh.size());
  execute("INSERT OR IGNORE INTO settings (name, value) VALUES ('shared_secret', ?)", bytes);
  Statement statement(connection_, "SELECT value FROM settings WHERE name = 'shared_secret'");
  auto rows = statement.query();
  if (!rows.next()) throw Fault(Fault::Kind::corrupt, "SQLite: the shared secret is missing");
  auto secret = rows.text(0);
  transaction.commit();
  return secret;
}

}  // namespace xzepr::store::sqlite
