#include "service/webhook_check.hpp"

#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

using Places = std::vector<std::string>;

class WebhookChecks : public World {
 protected:
  domain::MessageFilter filter_of(const Caller& caller, MessageFilterRequest filter,
                                  std::string_view pointer = "/filter") {
    run(catalogue.refresh(store, soon()));
    faults.clear();
    const auto snapshot = catalogue.snapshot();
    return check_filter(std::move(filter), *caller, *snapshot->catalogue, pointer, faults);
  }
  static Result<WebhookRequest> check(WebhookRequest request) { return check_webhook(request, {}, {}); }

  std::vector<Violation> faults;
};

WebhookRequest good_webhook() { return {.name = "deploy", .url = "https://example.com/hook"}; }

}  // namespace

TEST_F(WebhookChecks, AFilterNamesItsGroupByWhatIsStored) {
  given_receiver("scan");
  const auto group = given_group("ready", {"scan"});
  for (const std::string& reference : {to_string(group.id), std::string("ready"), std::string("ready@1.0")}) {
    const auto filter = filter_of(
        manager, {.type = " dev.test ", .artifact = "app@*", .group = reference, .is_success = false});
    EXPECT_TRUE(faults.empty()) << reference;
    EXPECT_EQ(filter.group, group.id) << reference;
    EXPECT_EQ(filter.type, "dev.test");
    EXPECT_EQ(filter.artifact, "app@*");
    EXPECT_EQ(filter.is_success, false);
  }
  EXPECT_EQ(filter_of(manager, {}), domain::MessageFilter{});
}

TEST_F(WebhookChecks, AGroupThatIsNotSeenDoesNotExist) {
  given_receiver("scan");
  given_group("ready", {"scan"});
  for (const auto& [caller, name] : {std::pair(stranger, "ready"), std::pair(manager, "other")}) {
    const auto filter = filter_of(caller, {.group = name});
    EXPECT_FALSE(filter.group.has_value());
    EXPECT_EQ(places(faults), Places{"/filter/group exists"});
  }
  filter_of(manager, {.group = "other"}, "");
  EXPECT_EQ(places(faults), Places{"/group exists"});
}

TEST_F(WebhookChecks, AllFaultsOfAFilterAreTold) {
  filter_of(manager, {.type = "", .artifact = std::string(5'000, 'a'), .group = "other"});
  ASSERT_EQ(faults.size(), 3U);
  EXPECT_EQ(faults[0].pointer, "/filter/type");
  EXPECT_EQ(faults[1].pointer, "/filter/artifact");
  EXPECT_EQ(faults[2].pointer, "/filter/group");
}

TEST_F(WebhookChecks, AGoodOneIsTakenInItsCleanForm) {
  auto request = good_webhook();
  request.name = " deploy ";
  request.headers = domain::WebhookHeaders{{"X-Team", "a"}};
  const auto checked = check(request);
  ASSERT_TRUE(checked.has_value()) << code_of(checked);
  EXPECT_EQ(checked->name, "deploy");
  EXPECT_EQ(checked->url, "https://example.com/hook");
  EXPECT_EQ(checked->headers, request.headers);
}

TEST_F(WebhookChecks, AllFaultsAreToldAtOnce) {
  std::vector<Violation> before{{.pointer = "/filter/group", .keyword = "exists", .message = "no"}};
  WebhookRequest request{.name = "",
                         .url = "http://example.com/",
                         .description = std::string(limits::description_length_max + 1, 'a'),
                         .headers = domain::WebhookHeaders{{"X-A", "1\r\nX-B: 2"}}};
  const auto refused = check_webhook(request, {}, before);
  EXPECT_EQ(code_of(refused), "request_invalid");
  const auto told = places(refused);
  ASSERT_EQ(told.size(), 5U);
  EXPECT_EQ(told[0], "/filter/group exists");
  EXPECT_TRUE(told[1].starts_with("/name ")) << told[1];
  EXPECT_TRUE(told[2].starts_with("/description ")) << told[2];
  EXPECT_EQ(told[3], "/url format");
  EXPECT_EQ(told[4], "/headers format");
}

TEST_F(WebhookChecks, ANameDoesNotLookLikeAnId) {
  auto request = good_webhook();
  request.name = to_string(ids.next(at(0)));
  EXPECT_EQ(places(check(request)), Places{"/name pattern"});
}

TEST_F(WebhookChecks, G08RefusesWhatIsNotPublic) {
  auto request = good_webhook();
  for (const std::string_view host : {"127.0.0.1", "10.0.0.1", "169.254.169.254", "localhost", "2130706433",
                                      "[::1]", "[::ffff:127.0.0.1]"}) {
    request.url = fmt::format("https://{}/hook", host);
    EXPECT_EQ(places(check(request)), Places{"/url format"}) << host;
  }
  domain::WebhookUrlRules rules;
  rules.private_networks.push_back(*parse_ip_network("10.0.0.0/8"));
  request.url = "https://10.0.0.1/hook";
  EXPECT_TRUE(check_webhook(request, rules, {}).has_value());
  request.url = "https://127.0.0.1/hook";
  EXPECT_FALSE(check_webhook(request, rules, {}).has_value());
}

TEST_F(WebhookChecks, G12NoHeaderWritesMoreThanItself) {
  auto request = good_webhook();
  for (const domain::WebhookHeaders& wrong :
       {domain::WebhookHeaders{{"X-A", "1\n"}}, domain::WebhookHeaders{{"X A", "1"}},
        domain::WebhookHeaders{{"X-A", "1"}, {"x-a", "2"}}, domain::WebhookHeaders{{"webhook-id", "1"}}}) {
    request.headers = wrong;
    EXPECT_EQ(places(check(request)), Places{"/headers format"}) << wrong[0].first;
  }
}

}  // namespace xzepr::service
