// The contract of the journal as a source.
#pragma once

#include <atomic>

#include "base/limits.hpp"
#include "domain/cloud_event.hpp"
#include "store/store_contract_test.hpp"

namespace xzepr::store::contract {

class JournalContract : public StoreContract {
 protected:
  std::vector<domain::JournalEntry> read(std::int64_t after = 0, std::size_t rows_max = 1'000,
                                         std::size_t bytes_max = 100'000'000) {
    const JournalRange range{.after = after, .rows_max = rows_max, .bytes_max = bytes_max};
    return run(ports().journal->read(range, soon()));
  }
  domain::JournalRow row_about(const domain::Receiver& receiver, domain::JournalKind kind) {
    return {.id = ids_.next(at(0)),
            .kind = kind,
            .cause = domain::JournalCause::request,
            .receiver_id = receiver.id,
            .receiver_version = receiver.resource_version,
            .at = at(0)};
  }
  std::vector<domain::Message> messages() {
    std::vector<domain::Message> rendered;
    for (const auto& entry : read()) {
      if (domain::message_kind(entry.row.kind).empty()) continue;
      auto message = domain::render_message(entry, domain::MessageProfile::strict);
      EXPECT_TRUE(message.has_value()) << message.error();
      if (message) rendered.push_back(*std::move(message));
    }
    return rendered;
  }
};

TEST_P(JournalContract, AnEmptyJournalHasNothingToRead) {
  EXPECT_TRUE(read().empty());
  const auto extent = run(ports().journal->extent(soon()));
  EXPECT_EQ(extent.oldest, 1);
  EXPECT_EQ(extent.newest, 0);
  EXPECT_EQ(extent.epoch, run(ports().health->head(soon())).epoch);
}

TEST_P(JournalContract, RowsComeInOrderWithWhatTheirMessagesTellOf) {
  const auto group = given_group_of(2);
  const auto first = make_event(receivers_[0], "1");
  const auto second = make_event(receivers_[1], "1");
  must_append({first, second});
  const auto entries = read();
  ASSERT_EQ(entries.size(), 3U);
  for (std::size_t i = 0; i < entries.size(); ++i)
    EXPECT_EQ(entries[i].row.position, static_cast<std::int64_t>(i + 1));
  EXPECT_EQ(entries[0].row.kind, domain::JournalKind::event_created);
  EXPECT_EQ(entries[0].row.artifact_id, first.artifact_id);
  EXPECT_EQ(entries[0].events.at(0).id, first.id);
  ASSERT_NE(entries[0].receiver, nullptr);
  EXPECT_EQ(entries[0].receiver->type, "dev.test.ready0");
  EXPECT_EQ(entries[0].group, nullptr);
  EXPECT_EQ(entries[2].row.kind, domain::JournalKind::group_complete);
  ASSERT_EQ(entries[2].events.size(), 2U);
  EXPECT_EQ(entries[2].events[0].id, second.id);
  EXPECT_EQ(entries[2].events[1].id, first.id);
  ASSERT_NE(entries[2].group, nullptr);
  EXPECT_EQ(entries[2].group->type, group.type);
  EXPECT_EQ(messages().size(), 3U);
  EXPECT_EQ(run(ports().journal->extent(soon())).newest, 3);
  EXPECT_EQ(run(ports().journal->extent(soon())).oldest, 1);
}

TEST_P(JournalContract, AReaderGoesOnFromItsPosition) {
  const auto receiver = given_receiver("scan");
  for (int i = 0; i < 5; ++i) must_append_one(make_event(receiver.id, std::to_string(i)));
  std::int64_t after = 0;
  for (const std::size_t expected : {2U, 2U, 1U, 0U}) {
    const auto entries = read(after, 2);
    ASSERT_EQ(entries.size(), expected);
    if (!entries.empty()) after = entries.back().row.position;
  }
  EXPECT_EQ(after, 5);
}

TEST_P(JournalContract, AReadIsBoundedByBytesButBringsOneRow) {
  const auto receiver = given_receiver("scan");
  for (int i = 0; i < 4; ++i) {
    auto event = make_event(receiver.id, std::to_string(i));
    event.description.assign(1'000, 'x');
    must_append_one(event);
  }
  EXPECT_EQ(read(0, 100, 1).size(), 1U);
  EXPECT_EQ(read(0, 100, 1'500).size(), 2U);
  EXPECT_EQ(read(2, 100, 1'500).size(), 2U);
  EXPECT_EQ(read(0, 0, 1'500).size(), 0U);
}

TEST_P(JournalContract, MoreRowsThanOneStatementBringsComeInOrder) {
  const auto receiver = given_receiver("scan");
  std::vector<domain::Event> events;
  for (int i = 0; i < 150; ++i) events.push_back(make_event(receiver.id, std::to_string(i)));
  must_append(events);
  const auto entries = read(3, 140);
  ASSERT_EQ(entries.size(), 140U);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].row.position, static_cast<std::int64_t>(4 + i));
    EXPECT_EQ(entries[i].events.at(0).id, events[3 + i].id);
  }
}

// Redelivery is byte-identical: what was changed since does not show in what is told of before.
TEST_P(JournalContract, AMessageStaysAsItWasWhateverChangesLater) {
  auto receiver = make_receiver("scan");
  apply({PutReceiver{receiver}}, {row_about(receiver, domain::JournalKind::receiver_created)});
  const auto event = make_event(receiver.id, "1");
  must_append_one(event);
  const auto before = messages();
  receiver.description = "changed";
  receiver.resource_version = 2;
  apply({PutReceiver{receiver}}, {row_about(receiver, domain::JournalKind::receiver_modified)});
  close();
  open();
  const auto after = messages();
  ASSERT_EQ(before.size(), 2U);
  ASSERT_EQ(after.size(), 3U);
  EXPECT_EQ(before[0], after[0]);
  EXPECT_EQ(before[1], after[1]);
  EXPECT_NE(after[2].body.find("changed"), std::string::npos);
}

TEST_P(JournalContract, ADeletedReceiverIsStillToldOf) {
  auto receiver = make_receiver("scan");
  apply({PutReceiver{receiver}}, {row_about(receiver, domain::JournalKind::receiver_created)});
  apply({DeleteReceiver{receiver.id}});
  const auto entries = read();
  ASSERT_EQ(entries.size(), 1U);
  ASSERT_NE(entries[0].receiver, nullptr);
  EXPECT_EQ(entries[0].receiver->type, receiver.type);
}

TEST_P(JournalContract, ALongPayloadIsLeftOutOfWhatOnlySatisfies) {
  given_group_of(2);
  auto long_one = make_event(receivers_[0], "1");
  long_one.payload = "{\"text\":\"" + std::string(limits::satisfying_payload_bytes_max, 'x') + "\"}";
  must_append_one(long_one);
  must_append_one(make_event(receivers_[1], "1"));
  const auto entries = read();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_FALSE(entries[0].events.at(0).payload.empty());
  EXPECT_FALSE(entries[2].events.at(0).payload.empty());
  EXPECT_TRUE(entries[2].events.at(1).payload.empty());
}

TEST_P(JournalContract, EveryCommitOfEventsAndOfTheCatalogueIsSignalled) {
  close();
  database_ = backend_->open();
  std::atomic<int> heard = 0;
  database_->commits().subscribe([&heard] { ++heard; });
  serve();
  const auto receiver = given_receiver("scan");
  EXPECT_EQ(heard, 1);
  must_append_one(make_event(receiver.id, "1"));
  EXPECT_EQ(heard, 2);
  close();
}

}  // namespace xzepr::store::contract
