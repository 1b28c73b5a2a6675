#include "service/webhook_service.hpp"

#include "domain/webhook_secret.hpp"
#include "service/world_test.hpp"

namespace xzepr::service {
namespace {

using namespace std::chrono_literals;
using identity::AuditAction;

class Webhooks : public World {
 protected:
  static WebhookRequest request_of(const std::string& name) {
    return {.name = name, .url = "https://example.com/hook/" + name};
  }
  Result<WebhookSecret> create(const Caller& caller, WebhookRequest request) {
    const Context context = as(caller);
    return run(service.create(context, std::move(request)));
  }
  WebhookSecret given_webhook(const std::string& name) {
    auto made = create(manager, request_of(name));
    EXPECT_TRUE(made.has_value()) << code_of(made);
    return *std::move(made);
  }
  Result<std::int64_t> update(const Caller& caller, const std::string& reference, WebhookRequest request,
                              IfMatch if_match = std::nullopt) {
    const Context context = as(caller, at(200));
    return run(service.update(context, reference, std::move(request), std::move(if_match)));
  }
  Result<std::int64_t> set_enabled(const Caller& caller, const std::string& reference, bool enabled,
                                   IfMatch if_match = std::nullopt) {
    const Context context = as(caller, at(200));
    return run(service.set_enabled(context, reference, enabled, std::move(if_match)));
  }
  Result<void> remove(const Caller& caller, const std::string& reference, IfMatch if_match = std::nullopt) {
    const Context context = as(caller, at(200));
    return run(service.remove(context, reference, std::move(if_match)));
  }
  Result<WebhookSecret> rotate(const Caller& caller, const std::string& reference,
                               std::chrono::seconds keep) {
    const Context context = as(caller, at(200));
    return run(service.rotate_secret(context, reference, keep));
  }
  domain::Webhook& stored(const WebhookSecret& made) {
    return store.webhooks.webhooks.at(made.view.webhook.id);
  }
  domain::WebhookSecrets secrets_of(const WebhookSecret& made) {
    return domain::unseal_secrets(settings.key, made.view.webhook.id, stored(made).sealed).value();
  }
  [[nodiscard]] const std::vector<identity::AuditEntry>& audit() const { return store.logins.audit; }

  WebhookSettings settings{.rules = {}, .key = std::string(32, 'k')};
  WebhookService service{store.webhooks, store, store, catalogue, cursors, settings, ids, log};
};

}  // namespace

TEST_F(Webhooks, BelongToTheirMakerAndAreToldOfWhatComesAfter) {
  given_receiver("scan");
  const auto made = given_webhook("deploy");
  const auto& webhook = made.view.webhook;
  EXPECT_EQ(webhook.owner, domain::subject_of(manager->user_id));
  EXPECT_EQ(webhook.resource_version, 1);
  EXPECT_TRUE(webhook.enabled);
  EXPECT_EQ(webhook.created_at, at(100));
  EXPECT_EQ(webhook.from_position, store.position);
  EXPECT_GT(webhook.from_position, 0);
  EXPECT_EQ(stored(made), webhook);
}

TEST_F(Webhooks, KeepTheirSecretToThemselves) {
  auto request = request_of("deploy");
  request.headers = domain::WebhookHeaders{{"Authorization", "Bearer token"}, {"X-Team", "a"}};
  const auto made = create(manager, request);
  ASSERT_TRUE(made.has_value());
  EXPECT_TRUE(domain::parse_webhook_secret(made->secret).has_value());
  EXPECT_EQ(made->view.header_names, (std::vector<std::string>{"Authorization", "X-Team"}));
  EXPECT_EQ(stored(*made).sealed.find(made->secret), std::string::npos);
  EXPECT_EQ(stored(*made).sealed.find("token"), std::string::npos);
  EXPECT_EQ(secrets_of(*made).secret, made->secret);
  EXPECT_EQ(secrets_of(*made).headers, request.headers);
  const auto got = run(service.get(as(other_manager), "deploy"));
  ASSERT_TRUE(got.has_value()) << code_of(got);
  EXPECT_EQ(got->header_names, made->view.header_names);
  EXPECT_FALSE(got->old_secret_until.has_value());
}

TEST_F(Webhooks, NeedPermission) {
  given_webhook("deploy");
  for (const auto& caller : {viewer, user}) {
    EXPECT_EQ(code_of(create(caller, request_of("x"))), "permission_denied");
    EXPECT_EQ(code_of(run(service.get(as(caller), "deploy"))), "permission_denied");
    EXPECT_EQ(code_of(run(service.list(as(caller), {}))), "permission_denied");
    EXPECT_EQ(code_of(update(caller, "deploy", request_of("deploy"))), "permission_denied");
    EXPECT_EQ(code_of(set_enabled(caller, "deploy", false)), "permission_denied");
    EXPECT_EQ(code_of(remove(caller, "deploy")), "permission_denied");
    EXPECT_EQ(code_of(rotate(caller, "deploy", 0s)), "permission_denied");
    EXPECT_EQ(code_of(set_enabled(caller, "nobody", false)), "permission_denied") << "and says no more";
  }
  EXPECT_EQ(store.webhooks.webhooks.size(), 1U);
  EXPECT_EQ(audit().size(), 1U);
}

TEST_F(Webhooks, AreChangedByTheirOwnerOrAnAdministrator) {
  const auto made = given_webhook("deploy");
  EXPECT_TRUE(run(service.get(as(other_manager), "deploy")).has_value());
  EXPECT_EQ(code_of(update(other_manager, "deploy", request_of("deploy"))), "not_owner");
  EXPECT_EQ(kind_of(update(other_manager, "deploy", request_of("deploy"))), Errc::forbidden);
  EXPECT_EQ(code_of(set_enabled(other_manager, "deploy", false)), "not_owner");
  EXPECT_EQ(code_of(remove(other_manager, "deploy")), "not_owner");
  EXPECT_EQ(code_of(rotate(other_manager, "deploy", 0s)), "not_owner");
  EXPECT_EQ(stored(made), made.view.webhook);
  EXPECT_TRUE(set_enabled(admin, "deploy", false).has_value());
}

TEST_F(Webhooks, ThatAreNotThereAreUnknown) {
  for (const std::string& reference : {std::string("nobody"), to_string(ids.next(at(0)))}) {
    EXPECT_EQ(code_of(run(service.get(as(manager), reference))), "webhook_unknown");
    EXPECT_EQ(kind_of(run(service.get(as(manager), reference))), Errc::not_found);
    EXPECT_EQ(code_of(update(manager, reference, request_of("x"))), "webhook_unknown");
    EXPECT_EQ(code_of(set_enabled(manager, reference, true)), "webhook_unknown");
    EXPECT_EQ(code_of(remove(manager, reference)), "webhook_unknown");
    EXPECT_EQ(code_of(rotate(manager, reference, 0s)), "webhook_unknown");
  }
}

TEST_F(Webhooks, G08PrivateAddressesAreRefusedWhenSaved) {
  given_webhook("deploy");
  auto request = request_of("deploy");
  for (const std::string_view host : {"127.0.0.1", "10.1.2.3", "[fd12::1]", "localhost", "0x7f.1"}) {
    request.url = fmt::format("https://{}/", host);
    request.name = "other";
    EXPECT_EQ(places(create(manager, request)), std::vector<std::string>{"/url format"}) << host;
    request.name = "deploy";
    EXPECT_EQ(places(update(manager, "deploy", request)), std::vector<std::string>{"/url format"}) << host;
  }
  EXPECT_EQ(store.webhooks.webhooks.size(), 1U);
}

TEST_F(Webhooks, HaveNamesOfTheirOwn) {
  given_webhook("deploy");
  given_webhook("other");
  EXPECT_EQ(code_of(create(other_manager, request_of("deploy"))), "webhook_exists");
  EXPECT_EQ(kind_of(create(other_manager, request_of("deploy"))), Errc::conflict);
  EXPECT_EQ(code_of(update(manager, "other", request_of("deploy"))), "webhook_exists");
  ASSERT_TRUE(remove(manager, "deploy").has_value());
  EXPECT_TRUE(create(other_manager, request_of("deploy")).has_value());
}

TEST_F(Webhooks, AreTwoHundredAtMost) {
  for (std::size_t i = 0; i < limits::webhooks_max; ++i) given_webhook("hook-" + std::to_string(i));
  EXPECT_EQ(code_of(create(manager, request_of("one-more"))), "webhooks_too_many");
  EXPECT_EQ(kind_of(create(manager, request_of("one-more"))), Errc::conflict);
  ASSERT_TRUE(remove(manager, "hook-7").has_value());
  EXPECT_TRUE(create(manager, request_of("one-more")).has_value());
}

TEST_F(Webhooks, TheLastPlaceIsGivenOnce) {
  for (std::size_t i = 1; i < limits::webhooks_max; ++i) given_webhook("hook-" + std::to_string(i));
  store.before_write = [&] { given_webhook("another-node"); };
  EXPECT_EQ(code_of(create(manager, request_of("one-more"))), "webhooks_too_many");
  EXPECT_EQ(store.webhooks.webhooks.size(), limits::webhooks_max);
}

TEST_F(Webhooks, AnUpdateChangesWhatItNamesAndKeepsTheHeaders) {
  auto request = request_of("deploy");
  request.headers = domain::WebhookHeaders{{"X-Team", "a"}};
  const auto made = create(manager, request);
  ASSERT_TRUE(made.has_value());
  WebhookRequest change{.name = "renamed", .url = "https://example.org/", .filter = {.artifact = "app@*"}};
  EXPECT_EQ(code_of(update(manager, "deploy", change, std::vector<std::int64_t>{7})), "precondition_failed");
  EXPECT_EQ(*update(manager, "deploy", change, std::vector<std::int64_t>{1}), 2);
  EXPECT_EQ(stored(*made).name, "renamed");
  EXPECT_EQ(stored(*made).url, "https://example.org/");
  EXPECT_EQ(stored(*made).filter.artifact, "app@*");
  EXPECT_EQ(stored(*made).updated_at, at(200));
  EXPECT_EQ(stored(*made).from_position, made->view.webhook.from_position);
  EXPECT_EQ(secrets_of(*made).headers, request.headers);
  EXPECT_EQ(*update(manager, "renamed", change), 2) << "nothing to change";
  EXPECT_EQ(audit().size(), 2U);
  change.headers = domain::WebhookHeaders{};
  EXPECT_EQ(*update(manager, "renamed", change), 3);
  EXPECT_TRUE(secrets_of(*made).headers.empty());
  EXPECT_EQ(secrets_of(*made).secret, made->secret);
}

TEST_F(Webhooks, AChangeMeetsWhatAnotherNodeJustDid) {
  const auto made = given_webhook("deploy");
  store.before_write = [&] {
    elsewhere([&] { stored(made).owner = domain::subject_of(other_manager->user_id); });
  };
  EXPECT_EQ(code_of(update(manager, "deploy", request_of("renamed"))), "not_owner");
  EXPECT_EQ(stored(made).name, "deploy");
}

TEST_F(Webhooks, EnabledAgainTheyBeginAnew) {
  const auto made = given_webhook("deploy");
  EXPECT_EQ(*set_enabled(manager, "deploy", true), 1) << "it is";
  EXPECT_EQ(*set_enabled(manager, "deploy", false), 2);
  EXPECT_FALSE(stored(made).enabled);
  EXPECT_EQ(stored(made).from_position, made.view.webhook.from_position);
  stored(made).disabled_reason = "it failed";
  stored(made).failing_since = at(1);
  given_receiver("scan");
  EXPECT_EQ(*set_enabled(manager, "deploy", true, std::vector<std::int64_t>{2}), 3);
  EXPECT_TRUE(stored(made).enabled);
  EXPECT_EQ(stored(made).disabled_reason, "");
  EXPECT_EQ(stored(made).failing_since, std::nullopt);
  EXPECT_EQ(stored(made).from_position, store.position) << "of what was committed meanwhile it is not told";
  EXPECT_GT(stored(made).from_position, made.view.webhook.from_position);
}

TEST_F(Webhooks, ANewSecretSignsBesideTheOldOneForAWhile) {
  const auto made = given_webhook("deploy");
  const auto rotated = rotate(manager, "deploy", 3'600s);
  ASSERT_TRUE(rotated.has_value()) << code_of(rotated);
  EXPECT_NE(rotated->secret, made.secret);
  EXPECT_EQ(rotated->view.old_secret_until, at(200 + 3'600));
  EXPECT_EQ(secrets_of(made).secret, rotated->secret);
  EXPECT_EQ(secrets_of(made).old_secret, made.secret);
  const auto at_once = rotate(manager, "deploy", 0s);
  ASSERT_TRUE(at_once.has_value());
  EXPECT_EQ(at_once->view.old_secret_until, at(200)) << "over: nothing but the new one signs";
  EXPECT_EQ(secrets_of(made).secret, at_once->secret);
  EXPECT_EQ(stored(made).resource_version, 3);
}

TEST_F(Webhooks, AreGoneWhenTheyAreRemoved) {
  const auto made = given_webhook("deploy");
  EXPECT_EQ(code_of(remove(manager, "deploy", std::vector<std::int64_t>{2})), "precondition_failed");
  EXPECT_TRUE(remove(manager, to_string(made.view.webhook.id), std::vector<std::int64_t>{1}).has_value());
  EXPECT_EQ(code_of(run(service.get(as(manager), "deploy"))), "webhook_unknown");
}

TEST_F(Webhooks, ComeByPagesNewestFirst) {
  for (const auto* name : {"one", "two", "three"}) given_webhook(name);
  const auto first = run(service.list(as(manager), {.limit = 2, .wants_total = true}));
  ASSERT_TRUE(first.has_value());
  ASSERT_EQ(first->items.size(), 2U);
  EXPECT_EQ(first->items[0].webhook.name, "three");
  EXPECT_EQ(first->total, 3U);
  ASSERT_TRUE(first->next.has_value());
  const auto second = run(service.list(as(manager), {.limit = 2, .after = first->next}));
  ASSERT_TRUE(second.has_value());
  ASSERT_EQ(second->items.size(), 1U);
  EXPECT_EQ(second->items[0].webhook.name, "one");
  EXPECT_FALSE(second->next.has_value());
  EXPECT_EQ(code_of(run(service.list(as(other_manager), {.limit = 2, .after = first->next}))),
            "cursor_invalid");
}

TEST_F(Webhooks, EachChangeIsAuditedWithoutWhatMayBeSecret) {
  auto request = request_of("deploy");
  request.url = "https://example.com:8443/T123/secret-token?key=x";
  ASSERT_TRUE(create(manager, request).has_value());
  request.url = "https://example.org?token=y";
  ASSERT_TRUE(update(manager, "deploy", request).has_value());
  ASSERT_TRUE(set_enabled(admin, "deploy", false).has_value());
  ASSERT_TRUE(rotate(manager, "deploy", 0s).has_value());
  ASSERT_TRUE(remove(manager, "deploy").has_value());
  std::vector<std::pair<AuditAction, std::string>> told;
  for (const auto& entry : audit()) {
    EXPECT_EQ(entry.target, "deploy");
    told.emplace_back(entry.action, entry.detail);
  }
  const std::vector<std::pair<AuditAction, std::string>> asked{
      {AuditAction::webhook_created, "https://example.com:8443"},
      {AuditAction::webhook_changed, "https://example.org"},
      {AuditAction::webhook_changed, "disabled"},
      {AuditAction::webhook_changed, "a new secret"},
      {AuditAction::webhook_deleted, ""}};
  EXPECT_EQ(told, asked);
  EXPECT_EQ(audit()[0].user_id, manager->user_id);
  EXPECT_EQ(audit()[2].user_id, admin->user_id);
}

TEST_F(Webhooks, WhatCannotBeUnsealedIsShownAllTheSame) {
  const auto made = given_webhook("deploy");
  stored(made).sealed = "of another key";
  const auto got = run(service.get(as(manager), "deploy"));
  ASSERT_TRUE(got.has_value());
  EXPECT_TRUE(got->header_names.empty());
  const auto rotated = rotate(manager, "deploy", 3'600s);
  ASSERT_TRUE(rotated.has_value()) << "and it can have a new secret";
  EXPECT_EQ(secrets_of(made).secret, rotated->secret);
}

}  // namespace xzepr::service
