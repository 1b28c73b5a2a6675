#include "api/rest/apply_parse.hpp"

#include <gtest/gtest.h>

#include "api/rest/parse_test.hpp"
#include "json/write.hpp"

namespace xzepr::api::rest {
namespace {

std::string faults_of(std::string_view text) {
  const auto document = parse_document(parsed(text));
  if (document.content) return "none";
  std::string out;
  for (const auto& violation : document.content.error().violations)
    out += (out.empty() ? "" : ", ") + violation.pointer + " " + violation.keyword;
  return out;
}

TEST(ParseApply, ReadsTheSetAndHowItIsMeant) {
  const auto request = parse_apply(parsed(
      R"({"documents":[{"kind":"receiver","name":"r","type":"t","version":"1","schema":{"type":"object"}},
          {"kind":"group","name":"g","type":"t","version":"1","receivers":["r"],"members":["ada"],"enabled":false}],
          "dry_run":true,"prune":true})"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->mode, service::ApplyMode::dry_run);
  EXPECT_EQ(request->prune, service::Prune::yes);
  ASSERT_EQ(request->documents.size(), 2U);
  const auto& receiver = std::get<service::NewReceiver>(*request->documents[0].content);
  EXPECT_EQ(json::write(receiver.schema), R"({"type":"object"})");
  const auto& group = std::get<service::GroupDocument>(*request->documents[1].content);
  EXPECT_EQ(group.content.receivers, std::vector<std::string>{"r"});
  EXPECT_EQ(group.members, std::vector<std::string>{"ada"});
  EXPECT_FALSE(group.content.enabled);
}

TEST(ParseApply, RefusesWhatIsNoSet) {
  for (const std::string_view text : {"[]", "{}", R"({"documents":{}})", R"({"documents":[],"dry_run":1})",
                                      R"({"documents":[],"force":true})"}) {
    EXPECT_FALSE(parse_apply(parsed(text))) << text;
  }
  EXPECT_TRUE(parse_apply(parsed(R"({"documents":[]})")));
}

TEST(ParseDocument, KeepsItsFaultsAndItsName) {
  EXPECT_EQ(faults_of("[]"), " type");
  EXPECT_EQ(faults_of("{}"), "/kind required");
  EXPECT_EQ(faults_of(R"({"kind":"gate"})"), "/kind enum");
  EXPECT_EQ(faults_of(R"({"kind":1})"), "/kind enum");
  EXPECT_EQ(faults_of(R"({"kind":"receiver","name":"r","type":"t","version":1,"colour":"red"})"),
            "/version type, /colour unknown");
  EXPECT_EQ(faults_of(R"({"kind":"group","name":"g","type":"t","version":"1","event_receiver_ids":[]})"),
            "/receivers required, /event_receiver_ids unknown");
  EXPECT_EQ(faults_of(R"({"kind":"group","name":"g","type":"t","version":"1","receivers":["a",2]})"),
            "/receivers/1 type");
  EXPECT_EQ(parse_document(parsed(R"({"kind":"receiver","name":"r"})")).name, "r");
}

}  // namespace
}  // namespace xzepr::api::rest
