// Reads artifacts and their timelines. One connection, one thread at a time.
#pragma once

#include <vector>

#include "store/gate_store.hpp"
#include "store/sqlite/connection.hpp"

namespace xzepr::store::sqlite {

class ArtifactReader {
 public:
  explicit ArtifactReader(Connection& connection);

  [[nodiscard]] std::optional<ArtifactListing> find(const domain::ArtifactId& id);
  [[nodiscard]] std::vector<ArtifactListing> list(const ArtifactQuery& query);
  [[nodiscard]] std::uint64_t count(const ArtifactQuery& query);
  [[nodiscard]] std::vector<TimelineEntry> timeline(const domain::ArtifactId& id, std::int64_t after,
                                                    std::size_t limit);

 private:
  [[nodiscard]] bool has_outcome(std::int64_t artifact_no, const std::vector<ReceiverId>& receivers);

  Connection& connection_;
  Statement find_;
  Statement find_number_;
  Statement has_outcome_;
  Statement timeline_;
};

/// The texts that list artifacts, and that give the numbers of those to count: the name leads when it is
/// given, else the id.
[[nodiscard]] std::string artifact_list_text(const ArtifactQuery& query);
[[nodiscard]] std::string artifact_count_text(const ArtifactQuery& query);

}  // namespace xzepr::store::sqlite
