#include "service/apply_documents.hpp"

#include "json/write.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

class ApplyDocuments : public World {
 protected:
  CheckedDocument check(Document document) { return check_document(std::move(document), as(manager), ids); }
  static Document receiver(const std::string& name) { return {.name = name, .content = new_receiver(name)}; }
  static Document group(const std::string& name) {
    return {.name = name, .content = GroupDocument{.content = new_group(name, {"r"})}};
  }
};

Error error_with(Errc kind, std::string_view code) {
  return Error{.kind = kind, .code = code, .detail = std::string(code), .hint = "do it", .field = "f"};
}

}  // namespace

TEST_F(ApplyDocuments, AreCheckedByTheRulesOfSingleChanges) {
  const auto fine = check(receiver("r"));
  ASSERT_TRUE(fine.content);
  EXPECT_EQ(std::get<domain::Receiver>(*fine.content).owner, domain::subject_of(manager->user_id));
  auto broken = receiver("r");
  std::get<NewReceiver>(*broken.content).schema = json_of(R"({"type":"nothing"})");
  EXPECT_EQ(code_of(check(broken).content), "schema_invalid");
  auto nameless = group("");
  EXPECT_EQ(places(check(nameless).content), std::vector<std::string>{"/name minLength"});
}

TEST_F(ApplyDocuments, OneTripleInTwoDocumentsOfAKindIsAFault) {
  std::vector<CheckedDocument> documents;
  auto spaced = receiver("a");
  std::get<NewReceiver>(*spaced.content).name = " a ";
  for (auto document : {receiver("a"), group("a"), spaced, receiver("b")})
    documents.push_back(check(std::move(document)));
  refuse_repeated(documents);
  EXPECT_TRUE(documents[0].content && documents[1].content && documents[3].content);
  EXPECT_EQ(places(documents[2].content), std::vector<std::string>{"/name unique"});
}

TEST_F(ApplyDocuments, ADocumentSaysWhatWouldMakeTheObject) {
  given_receiver("r");
  const auto gate = given_group("g", {"r"});
  ASSERT_TRUE(run(groups.add_member(as(manager), "g", "role:testers")));
  const auto snapshot = catalogue.snapshot();
  const auto& held = *snapshot->catalogue->find_group(gate.id);
  EXPECT_EQ(
      json::write(document_of(held, *snapshot->catalogue)),
      R"({"kind":"group","name":"g","type":"dev.test.gate","version":"1.0","description":"","enabled":true,)"
      R"("receivers":["r@1.0"],"members":["role:testers"]})");
  EXPECT_EQ(
      json::write(document_of(snapshot->catalogue->receivers().front())),
      R"({"kind":"receiver","name":"r","type":"dev.test.r","version":"1.0","description":"","enabled":true,)"
      R"("field_formats":{},"schema":{"type":"object","properties":{"count":{"type":"integer"}}}})");
}

TEST_F(ApplyDocuments, AReceiverThatItsNameDoesNotNameStandsById) {
  auto other = new_receiver("r");
  other.type = "dev.test.other";
  given_receiver("r");
  const auto newer = run(receivers.create(as(manager), other, std::nullopt));
  const auto older = store.receivers.begin()->second;
  const auto gate = given_group("g", {to_string(older.id), to_string(newer->receiver.id)});
  const auto snapshot = catalogue.snapshot();
  const auto document = document_of(*snapshot->catalogue->find_group(gate.id), *snapshot->catalogue);
  EXPECT_EQ(json::write(document.at("receivers")), "[\"" + to_string(older.id) + "\",\"r@1.0\"]");
}

TEST(DifferentFields, NamesWhatDiffersAsValues) {
  const auto before = json_of(R"({"a":1,"b":{"x":1,"y":[1.0]},"c":"t"})");
  EXPECT_EQ(different_fields(before, json_of(R"({"a":1.0,"b":{"y":[1],"x":1},"c":"u","d":null})")),
            (std::vector<std::string>{"c", "d"}));
}

TEST(DocumentFaults, OneFaultIsSaidAsItIs) {
  DocumentFaults faults(3);
  auto error = error_with(Errc::invalid, "schema_invalid");
  error.violations.push_back({.pointer = "/schema/type", .keyword = "enum", .message = "must be known"});
  faults.add(2, error);
  const auto said = faults.take();
  EXPECT_EQ(said.code, "schema_invalid");
  EXPECT_EQ(said.detail, "must be known; nothing was changed");
  EXPECT_EQ(said.hint, "do it");
  EXPECT_EQ(places(said.violations), std::vector<std::string>{"/documents/2/schema/type enum"});
}

TEST(DocumentFaults, TheInputsFaultsWeighMostThenRightsThenConflicts) {
  const auto code_and_kind = [](std::vector<Error> errors) {
    DocumentFaults faults(9);
    for (std::size_t i = 0; i < errors.size(); ++i) faults.add(i, errors[i]);
    const auto said = faults.take();
    return std::pair(std::string(said.code), said.kind);
  };
  const auto conflict = error_with(Errc::conflict, "group_limit");
  const auto forbidden = error_with(Errc::forbidden, "not_owner");
  const auto invalid = error_with(Errc::invalid, "receiver_unknown");
  EXPECT_EQ(code_and_kind({conflict, forbidden}), std::pair(std::string("not_owner"), Errc::forbidden));
  EXPECT_EQ(code_and_kind({conflict, forbidden, invalid}),
            std::pair(std::string("request_invalid"), Errc::invalid));
  EXPECT_EQ(code_and_kind({invalid, invalid}), std::pair(std::string("receiver_unknown"), Errc::invalid));
  EXPECT_EQ(code_and_kind({conflict, conflict}), std::pair(std::string("group_limit"), Errc::conflict));
}

TEST(DocumentFaults, TheAnswerIsBounded) {
  DocumentFaults faults(2'000);
  for (std::size_t i = 0; i < 2'000; ++i) faults.add(i, error_with(Errc::forbidden, "permission_denied"));
  faults.add_pruned(error_with(Errc::forbidden, "permission_denied"));
  const auto said = faults.take();
  EXPECT_EQ(said.violations.size(), 1'000U);
  EXPECT_EQ(said.detail, "2001 problems in 2000 documents; nothing was changed");
}

}  // namespace xzepr::service
