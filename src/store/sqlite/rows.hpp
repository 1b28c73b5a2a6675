// Columns to values, for every statement that reads whole rows: the column list and its reader stand
// together.
#pragma once

#include <string_view>

#include "domain/event.hpp"
#include "domain/gate.hpp"
#include "domain/journal_row.hpp"
#include "identity/api_key.hpp"
#include "store/gate_store.hpp"
#include "store/sqlite/connection.hpp"

namespace xzepr::store::sqlite {

inline constexpr std::string_view event_columns =
    "e.id, e.artifact_id, e.name, e.version, e.release, e.platform_id, e.package, e.description, e.payload, "
    "e.success, "
    "e.event_start, e.event_end, e.event_receiver_id, e.receiver_version, e.created_at, e.created_by";
inline constexpr int event_column_count = 16;
[[nodiscard]] domain::Event read_event(const Rows& rows, int first = 0);

inline constexpr std::string_view artifact_columns =
    "a.artifact_id, a.name, a.version, a.release, a.platform_id, a.package, a.first_seen_at";
[[nodiscard]] ArtifactListing read_artifact(const Rows& rows, int first = 0);

inline constexpr std::string_view gate_columns =
    "g.group_id, g.artifact_id, g.state, g.group_revision, g.since, g.first_opened_at";
[[nodiscard]] domain::GateRow read_gate(const Rows& rows, int first = 0);

inline constexpr std::string_view outcome_columns = "o.receiver_id, o.passed, o.event_id, o.position, o.at";
[[nodiscard]] domain::OutcomeRow read_outcome(const Rows& rows, const domain::ArtifactId& artifact);

inline constexpr std::string_view journal_columns =
    "j.position, j.id, j.kind, j.cause, j.event_id, j.receiver_id, j.receiver_version, j.group_id, "
    "j.group_version, "
    "j.satisfying, j.at";
inline constexpr int journal_column_count = 11;
[[nodiscard]] domain::JournalRow read_journal_row(const Rows& rows);

inline constexpr std::string_view user_columns =
    "u.id, u.username, u.email, u.display_name, u.enabled, u.created_at";
inline constexpr int user_column_count = 6;
/// Without roles.
[[nodiscard]] identity::User read_user(const Rows& rows, int first = 0);

inline constexpr std::string_view api_key_columns =
    "k.id, k.user_id, k.name, k.prefix, k.hash, k.roles, k.rpm, k.default_receiver_id, k.created_at, "
    "k.expires_at, "
    "k.revoked_at, k.last_used_at";
[[nodiscard]] identity::ApiKey read_api_key(const Rows& rows, int first = 0);

/// Role names, separated by commas, and back; an unknown name is a Fault corrupt.
[[nodiscard]] std::string roles_text(identity::RoleSet roles);
void add_role(identity::RoleSet& roles, std::string_view name);
[[nodiscard]] identity::RoleSet parse_roles(std::string_view text);

}  // namespace xzepr::store::sqlite
