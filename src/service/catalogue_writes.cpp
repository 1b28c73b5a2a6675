#include "service/catalogue_writes.hpp"

namespace xzepr::service {
namespace {

domain::JournalRow row_of(const domain::Receiver& receiver, domain::JournalKind kind, TimePoint now,
                          IdSource& ids) {
  domain::JournalRow row = request_row(ids, kind, now);
  row.receiver_id = receiver.id;
  row.receiver_version = receiver.resource_version;
  return row;
}

domain::JournalRow row_of(const domain::Group& group, domain::JournalKind kind, TimePoint now,
                          IdSource& ids) {
  domain::JournalRow row = request_row(ids, kind, now);
  row.group_id = group.id;
  row.group_version = group.resource_version;
  return row;
}

template <class Item>
Item next_version(const Item& present, Item updated, TimePoint now) {
  updated.resource_version = present.resource_version + 1;
  updated.updated_at = now;
  return updated;
}

}  // namespace

void add_created(Decision& decision, const domain::Receiver& receiver, IdSource& ids) {
  decision.writes.emplace_back(store::PutReceiver{receiver});
  decision.journal.push_back(
      row_of(receiver, domain::JournalKind::receiver_created, receiver.created_at, ids));
}

void add_created(Decision& decision, const domain::Group& group, IdSource& ids) {
  decision.writes.emplace_back(store::PutGroup{group});
  decision.journal.push_back(row_of(group, domain::JournalKind::group_created, group.created_at, ids));
}

domain::Receiver add_updated(Decision& decision, const domain::Receiver& present, domain::Receiver updated,
                             TimePoint now, IdSource& ids) {
  updated = next_version(present, std::move(updated), now);
  decision.writes.emplace_back(store::PutReceiver{updated});
  decision.journal.push_back(row_of(updated, domain::JournalKind::receiver_modified, now, ids));
  return updated;
}

domain::Group add_updated(Decision& decision, const domain::Group& present, domain::Group updated,
                          TimePoint now, IdSource& ids) {
  updated = next_version(present, std::move(updated), now);
  decision.writes.emplace_back(store::PutGroup{updated});
  decision.journal.push_back(row_of(updated, domain::JournalKind::group_modified, now, ids));
  return updated;
}

void add_removed(Decision& decision, domain::Receiver present, TimePoint now, IdSource& ids) {
  ++present.resource_version;
  decision.writes.emplace_back(store::DeleteReceiver{present.id});
  decision.journal.push_back(row_of(present, domain::JournalKind::receiver_deleted, now, ids));
}

void add_removed(Decision& decision, domain::Group present, TimePoint now, IdSource& ids) {
  ++present.resource_version;
  decision.writes.emplace_back(store::DeleteGroup{present.id});
  decision.journal.push_back(row_of(present, domain::JournalKind::group_deleted, now, ids));
}

}  // namespace xzepr::service
