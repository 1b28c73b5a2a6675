// Receivers, groups, users and keys as statements and rows.
#pragma once

#include <string>

#include "store/catalogue_store.hpp"
#include "store/postgres/connection.hpp"

namespace xzepr::store::postgres {

/// The statements of one write. `revision`: the catalogue revision that the change will have.
void add_write(Exchange& exchange, const CatalogueWrite& write, std::int64_t revision);
/// One row when the receiver has events.
[[nodiscard]] Call receiver_has_events(ReceiverId id);

/// Revision, receivers, groups, their receivers and their members, in one snapshot.
[[nodiscard]] Exchange load_catalogue();
[[nodiscard]] CatalogueData catalogue_of(const Replies& replies);

/// The columns of an API key, of a table named k, and of a user named u with its roles by comma.
[[nodiscard]] std::string_view api_key_columns();
inline constexpr int api_key_column_count = 12;
[[nodiscard]] identity::ApiKey api_key_of(const Rows& rows, int row, int first = 0);
[[nodiscard]] std::string_view user_columns();
[[nodiscard]] identity::User user_of(const Rows& rows, int row, int first = 0);

}  // namespace xzepr::store::postgres
