// The transactions that change the catalogue, sweep gates and note small things. The writer's thread.
#pragma once

#include <memory>

#include "base/clock.hpp"
#include "store/catalogue_store.hpp"
#include "store/sqlite/tables.hpp"

namespace xzepr::store::sqlite {

class CatalogueWriter {
 public:
  CatalogueWriter(Connection& connection, Tables& tables, const Clock& clock)
      : connection_(connection), tables_(tables), clock_(clock) {}

  [[nodiscard]] CatalogueOutcome apply(const CatalogueChange& change);
  void touch_api_key(ApiKeyId id, TimePoint at);
  /// The one that is stored, made now when there is none.
  [[nodiscard]] std::string shared_secret();

 private:
  using Refusal = std::optional<Error>;

  [[nodiscard]] Refusal write(const PutReceiver& put, std::int64_t revision);
  [[nodiscard]] Refusal write(const DeleteReceiver& gone, std::int64_t revision);
  [[nodiscard]] Refusal write(const PutGroup& put, std::int64_t revision);
  [[nodiscard]] Refusal write(const DeleteGroup& gone, std::int64_t revision);
  [[nodiscard]] Refusal write(const PutUser& put, std::int64_t revision);
  [[nodiscard]] Refusal write(const PutApiKey& put, std::int64_t revision);
  [[nodiscard]] Refusal write(const PutPassword& put, std::int64_t revision);
  [[nodiscard]] Refusal write(const PutUserIdentity& put, std::int64_t revision);
  [[nodiscard]] Refusal write(const EndSessions& end, std::int64_t revision);
  [[nodiscard]] Refusal write(const PutWebhook& put, std::int64_t revision);
  [[nodiscard]] Refusal write(const DeleteWebhook& gone, std::int64_t revision);
  [[nodiscard]] Refusal write(const PutAudit& put, std::int64_t revision);
  void write_parts(const domain::Group& group);
  void write_journal(const std::vector<domain::JournalRow>& rows, Head& head);
  template <class... Args>
  void execute(std::string_view sql, const Args&... args);
  template <class... Args>
  [[nodiscard]] bool exists(std::string_view sql, const Args&... args);

  Connection& connection_;
  Tables& tables_;
  const Clock& clock_;
};

}  // namespace xzepr::store::sqlite
