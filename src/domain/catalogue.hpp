// One immutable snapshot of all receivers and groups at one catalogue revision. Any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/group.hpp"
#include "domain/receiver.hpp"

namespace xzepr::domain {

class Catalogue {
 public:
  Catalogue() = default;
  Catalogue(std::int64_t revision, std::vector<Receiver> receivers, std::vector<Group> groups);
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  [[nodiscard]] std::int64_t revision() const { return revision_; }
  [[nodiscard]] const std::vector<Receiver>& receivers() const { return receivers_; }  ///< by id
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }           ///< by id

  /// Null when absent.
  [[nodiscard]] const Receiver* find_receiver(ReceiverId id) const;
  [[nodiscard]] const Group* find_group(GroupId id) const;
  /// By "name" or "name@version": the newest enabled one, else the newest; null when absent.
  [[nodiscard]] const Receiver* find_receiver(std::string_view reference) const;
  [[nodiscard]] const Group* find_group(std::string_view reference) const;
  [[nodiscard]] const Receiver* find_receiver(std::string_view name, std::string_view type,
                                              std::string_view version) const;
  [[nodiscard]] const Group* find_group(std::string_view name, std::string_view type,
                                        std::string_view version) const;

  /// The enabled groups that hold this receiver, by id: the candidate gates of its events.
  [[nodiscard]] std::span<const Group* const> enabled_groups_of(ReceiverId id) const;
  /// All groups that hold this receiver, disabled ones too.
  [[nodiscard]] std::span<const Group* const> groups_of(ReceiverId id) const;

 private:
  std::int64_t revision_ = 0;
  std::vector<Receiver> receivers_;
  std::vector<Group> groups_;
  std::unordered_map<ReceiverId, const Receiver*> receiver_by_id_;
  std::unordered_map<GroupId, const Group*> group_by_id_;
  std::unordered_map<std::string_view, std::vector<const Receiver*>> receivers_by_name_;  // newest last
  std::unordered_map<std::string_view, std::vector<const Group*>> groups_by_name_;
  std::unordered_map<ReceiverId, std::vector<const Group*>> groups_of_;
  std::unordered_map<ReceiverId, std::vector<const Group*>> enabled_groups_of_;
};

}  // namespace xzepr::domain
