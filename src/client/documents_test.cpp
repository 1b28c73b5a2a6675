#include "client/documents.hpp"

#include <gtest/gtest.h>

#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::client {
namespace {

struct Read {
  std::vector<SourceDocument> documents;
  std::vector<SourceFault> faults;
};

Read read(std::string_view text, const std::string& file = "a.yaml") {
  Read out;
  read_documents(out.documents, out.faults, file, text);
  return out;
}

std::string first_fault(std::string_view text, const std::string& file = "a.yaml") {
  const auto found = read(text, file).faults;
  return found.empty() ? "none" : render(found.front());
}

std::vector<json::Value> values(std::string_view text) {
  const auto parsed = *json::parse(text);
  return {parsed.get_array().begin(), parsed.get_array().end()};
}

}  // namespace

TEST(Documents, SeveralStandInOneFile) {
  const auto found =
      read("kind: receiver\nname: a\n---\n# nothing here\n---\n- kind: group\n- kind: receiver\n");
  ASSERT_EQ(found.documents.size(), 3U);
  EXPECT_TRUE(found.faults.empty());
  EXPECT_EQ(json::write(found.documents[0].value), R"({"kind":"receiver","name":"a"})");
  EXPECT_EQ(found.documents[2].number, 3U);
  EXPECT_EQ(read("").documents.size(), 0U);
}

TEST(Documents, NumbersAreTextWhereTextIsWanted) {
  const auto found = read(
      "name: 007\nversion: 1.10\nreceivers: [1, no]\nfield_formats: {version: 1.0}\n"
      "schema: {const: 1.10, enum: [no, true]}\nenabled: false\n");
  EXPECT_EQ(json::write(found.documents.at(0).value),
            R"({"name":"007","version":"1.10","receivers":["1","no"],"field_formats":{"version":"1.0"},)"
            R"("schema":{"const":1.1,"enum":["no",true]},"enabled":false})");
}

TEST(Documents, FaultsNameFileLineDocumentAndFix) {
  EXPECT_EQ(first_fault("kind: receiver\n---\nkind: receiver\nname: true\n"),
            "a.yaml:4: document 2: /name: must be text; put it in quotes: \"true\"");
  EXPECT_EQ(first_fault("a: 1\na: 2\n"), "a.yaml:2: document 1: the key \"a\" stands here twice");
  EXPECT_EQ(first_fault("schema:\n  max: .inf\n"),
            "a.yaml:2: document 1: /schema: .inf is no JSON; put it in quotes");
  EXPECT_EQ(first_fault("--- 7\n"), "a.yaml:1: document 1: a document is a map that begins with kind:");
  EXPECT_EQ(first_fault("{", "a.json").substr(0, 8), "a.json: ");
  EXPECT_EQ(read("name: true\n---\nversion: false\n").faults.size(), 2U);
}

TEST(Documents, OneThatCannotBeReadHidesNoOther) {
  const auto found =
      read("a: [\n---\nname: false\n---\nb: {\n--- # fine\nkind: receiver\ntext: |\n  x\n  ---y\n---\n");
  std::vector<std::string> lines;
  for (const auto& fault : found.faults) lines.push_back(render(fault).substr(0, 21));
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "a.yaml:2: document 1:", "a.yaml:3: document 2:", "a.yaml:6: document 3:"}));
  ASSERT_EQ(found.documents.size(), 1U);
  EXPECT_EQ(found.documents[0].number, 4U);
  EXPECT_EQ(found.documents[0].tree.members.at(0).second.line, 7);
}

TEST(Documents, AFileMayBeLargeWhenItsDocumentsAreNot) {
  std::string text;
  while (text.size() < 2 * document_limits.bytes_max)
    text += "kind: receiver\nname: " + std::string(10'000, 'x') + "\n---\n";
  EXPECT_EQ(read(text).faults.size(), 0U);
  EXPECT_GT(read(text).documents.size(), 200U);
  EXPECT_EQ(first_fault("a: " + std::string(document_limits.bytes_max, 'x')),
            "a.yaml:1: document 1: larger than 1048576 bytes");
}

TEST(Documents, JsonIsReadAsJsonAndHasLines) {
  const auto found = read(
      "[\n {\"kind\": \"receiver\",\n  \"version\": \"\\ud83d\\ude00\"},\n {\"version\": 1}\n]", "a.json");
  ASSERT_EQ(found.documents.size(), 2U);
  EXPECT_EQ(json::write(found.documents[1].value), R"({"version":1})");
  EXPECT_EQ(read(R"([{"a":1},{"b":2}])", "-").documents.size(), 2U);
}

TEST(Documents, TheServersFaultsAreFoundInTheFiles) {
  auto found = read("kind: receiver\n---\nkind: receiver\nschema:\n  type: nothing\n");
  read_documents(found.documents, found.faults, "b.json", "{\"kind\":\n\"group\"}");
  Failure failure{.status = 400, .code = "request_invalid", .detail = "d"};
  failure.violations = {
      {.pointer = "/documents/1/schema/type", .keyword = "enum", .message = "must be known"},
      {.pointer = "/documents/2/kind", .keyword = "enum", .message = "no"},
      {.pointer = "/prune", .keyword = "permission_denied", .message = "may not"},
      {.pointer = "/documents/9", .keyword = "x", .message = "y"}};
  std::vector<std::string> lines;
  for (const auto& fault : faults_of(failure, found.documents)) lines.push_back(render(fault));
  EXPECT_EQ(lines, (std::vector<std::string>{"a.yaml:5: document 2: /schema/type: must be known",
                                             "b.json:2: document 1: /kind: no", "/prune: may not",
                                             "/documents/9: y"}));
}

TEST(ApplyCall, SaysHowItIsMeant) {
  const auto found = read("kind: receiver\n");
  EXPECT_EQ(json::write(*apply_call(found.documents, DryRun::no, Prune::no).body),
            R"({"documents":[{"kind":"receiver"}]})");
  EXPECT_EQ(json::write(*apply_call({}, DryRun::yes, Prune::yes).body),
            R"({"documents":[],"dry_run":true,"prune":true})");
}

TEST(Export, IsSortedShortAndNamesReceivers) {
  const auto receivers = values(
      R"([{"id":"02","name":"b","type":"t","version":"1","description":"","enabled":true,"schema":{},"field_formats":{}},
          {"id":"01","name":"a","type":"t","version":"1","description":"d","enabled":false,"schema":true,"field_formats":{"version":"semver"}}])");
  const auto groups = values(
      R"([{"id":"09","name":"g","type":"t","version":"1","description":"","enabled":true,"event_receiver_ids":["02","01","77"],"members":["role:x"]}])");
  std::string text;
  for (const auto& document : documents_of(receivers, groups, {})) text += json::write(document) + "\n";
  EXPECT_EQ(
      text,
      R"({"kind":"receiver","name":"a","type":"t","version":"1","description":"d","enabled":false,"field_formats":{"version":"semver"},"schema":true})"
      "\n"
      R"({"kind":"receiver","name":"b","type":"t","version":"1"})"
      "\n"
      R"({"kind":"group","name":"g","type":"t","version":"1","receivers":["b@1","a@1","77"],"members":["role:x"]})"
      "\n");
  EXPECT_EQ(documents_of(receivers, groups, {.kind = "group"}).size(), 1U);
  EXPECT_EQ(documents_of(receivers, groups, {.name = "a"}).size(), 1U);
  EXPECT_EQ(documents_of(receivers, groups, {.type = "u"}).size(), 0U);
}

TEST(Export, AnAmbiguousNameBecomesAnId) {
  const auto receivers = values(
      R"([{"id":"01","name":"a","type":"t","version":"1","enabled":true},{"id":"02","name":"a","type":"u","version":"1","enabled":true},
          {"id":"03","name":"a","type":"v","version":"1","enabled":false},{"id":"04","name":"b","type":"t","version":"1@2","enabled":true}])");
  const auto groups = values(
      R"([{"id":"09","name":"g","type":"t","version":"1","enabled":true,"event_receiver_ids":["01","02","03","04"]}])");
  const auto documents = documents_of(receivers, groups, {.kind = "group"});
  EXPECT_EQ(json::write(documents.at(0).at("receivers")), R"(["01","a@1","03","04"])");
}

}  // namespace xzepr::client
