// What the tests of the use cases share: every service over one FakeStore, some people, and short words for
// deeds.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include "json/parse.hpp"
#include "service/apply_service.hpp"
#include "service/artifact_service.hpp"
#include "service/event_service.hpp"
#include "service/fake_store_test.hpp"
#include "service/gate_service.hpp"
#include "service/group_service.hpp"
#include "service/identity_service.hpp"
#include "service/receiver_service.hpp"
#include "service/rights.hpp"
#include "service/session_service.hpp"
#include "service/user_service.hpp"

namespace xzepr::service {

inline TimePoint at(std::int64_t seconds) { return TimePoint{std::chrono::seconds{1'767'225'600 + seconds}}; }
inline Deadline soon() { return Deadline::after(std::chrono::seconds{20}); }

/// A loop that nobody runs now, given back at the end and never destroyed before the process ends: a thread
/// that brought an answer may still touch it when the answer is there.
class BorrowedLoop {
 public:
  BorrowedLoop() {
    if (idle().empty()) idle().push_back(std::make_unique<asio::io_context>(1));
    loop_ = std::move(idle().back());
    idle().pop_back();
    loop_->restart();
  }
  ~BorrowedLoop() { idle().push_back(std::move(loop_)); }
  BorrowedLoop(const BorrowedLoop&) = delete;
  BorrowedLoop& operator=(const BorrowedLoop&) = delete;
  asio::io_context& operator*() const { return *loop_; }

 private:
  static std::vector<std::unique_ptr<asio::io_context>>& idle() {
    static std::vector<std::unique_ptr<asio::io_context>> loops;
    return loops;
  }
  std::unique_ptr<asio::io_context> loop_;
};

/// Runs a task to its end; rethrows what escapes it.
template <class T>
T run(Task<T> task) {
  const BorrowedLoop borrowed;
  asio::io_context& loop = *borrowed;
  std::optional<T> result;
  std::exception_ptr escaped;
  asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& thrown, T value) {
    escaped = thrown;
    if (!thrown) result.emplace(std::move(value));
  });
  loop.run();
  if (escaped) std::rethrow_exception(escaped);
  return *std::move(result);
}
inline void run(Task<> task) {
  const BorrowedLoop borrowed;
  asio::io_context& loop = *borrowed;
  std::exception_ptr escaped;
  asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& thrown) { escaped = thrown; });
  loop.run();
  if (escaped) std::rethrow_exception(escaped);
}

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "none" : std::string(result.error().code);
}
template <class T>
std::optional<Errc> kind_of(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().kind;
}
/// "pointer keyword" of each violation.
inline std::vector<std::string> places(const std::vector<Violation>& violations) {
  std::vector<std::string> out;
  for (const auto& violation : violations) out.push_back(violation.pointer + " " + violation.keyword);
  return out;
}
template <class T>
std::vector<std::string> places(const Result<T>& result) {
  return result ? std::vector<std::string>() : places(result.error().violations);
}

inline json::Value json_of(std::string_view text) { return *json::parse(text); }

class World : public testing::Test {
 protected:
  World() {
    admin = make_person("root", identity::Role::admin);
    manager = make_person("mia", identity::Role::event_manager);
    other_manager = make_person("max", identity::Role::event_manager);
    viewer = make_person("vera", identity::Role::event_viewer);
    user = make_person("ute", identity::Role::user);
    stranger = make_person("sam", identity::Role::user);
  }

  Caller make_person(const std::string& name, identity::Role role) {
    identity::User person;
    person.id = UserId{ids.next(at(0))};
    person.username = name;
    person.roles.add(role);
    person.created_at = at(0);
    store.users[person.id] = person;
    identity::ApiKey key;
    key.id = ApiKeyId{ids.next(at(0))};
    key.user_id = person.id;
    key.roles = person.roles;
    key.hash = crypto::sha256(name);
    store.keys[key.id] = key;
    return *principal_of({.key = key, .user = person}, store.catalogue_revision, at(0));
  }
  [[nodiscard]] static Context as(const Caller& caller, TimePoint now = at(100)) {
    return Context{.principal = caller, .deadline = soon(), .now = now, .request_id = "r"};
  }
  [[nodiscard]] static Idempotency key(const std::string& text, const std::string& body = "b") {
    return Idempotency{.route = "POST /x", .key = text, .body_hash = crypto::sha256(body)};
  }

  static NewReceiver new_receiver(const std::string& name, const std::string& version = "1.0") {
    NewReceiver out;
    out.name = name;
    out.type = "dev.test." + name;
    out.version = version;
    out.schema = json_of(R"({"type":"object","properties":{"count":{"type":"integer"}}})");
    return out;
  }
  static NewGroup new_group(const std::string& name, std::vector<std::string> receivers) {
    NewGroup out;
    out.name = name;
    out.type = "dev.test.gate";
    out.version = "1.0";
    out.receivers = std::move(receivers);
    return out;
  }
  static NewEvent new_event(const std::string& receiver, const std::string& name = "app") {
    NewEvent out;
    out.name = name;
    out.version = "1.0.0";
    out.release = "1";
    out.platform_id = "amd64";
    out.package = "deb";
    out.receiver = receiver;
    return out;
  }
  static domain::ArtifactPattern pattern_of(const std::string& name) {
    domain::ArtifactPattern out;
    out.name = name;
    out.version = "1.0.0";
    out.release = "1";
    out.platform_id = "amd64";
    out.package = "deb";
    return out;
  }

  domain::Receiver given_receiver(const std::string& name, const std::string& version = "1.0") {
    const auto made = run(receivers.create(as(manager), new_receiver(name, version), std::nullopt));
    EXPECT_TRUE(made.has_value()) << code_of(made);
    return made->receiver;
  }
  /// Copies of one that its owner has, with names of their own.
  template <class Item>
  void given_copies(const Item& item, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto copy = item;
      copy.id.value = ids.next(at(0));
      copy.name = item.name + "-" + std::to_string(i);
      if constexpr (std::is_same_v<Item, domain::Receiver>) {
        store.receivers[copy.id] = copy;
      } else {
        store.groups[copy.id] = copy;
      }
    }
    store.bump();
  }
  domain::Group given_group(const std::string& name, std::vector<std::string> members_receivers) {
    const auto made =
        run(groups.create(as(manager), new_group(name, std::move(members_receivers)), std::nullopt));
    EXPECT_TRUE(made.has_value()) << code_of(made);
    return made->group;
  }
  domain::Appended given_event(NewEvent event) {
    const auto made = run(events.create(as(manager), std::move(event), std::nullopt));
    EXPECT_TRUE(made.has_value()) << code_of(made);
    return *made;
  }
  /// What another node does: this one's snapshot does not know yet.
  void elsewhere(const std::function<void()>& change) {
    change();
    store.bump();
  }

  FakeStore store;
  UlidSource ids;
  telemetry::Log log{telemetry::Level::error, telemetry::LogFormat::text};
  Catalogue catalogue{log};
  CursorCodec cursors{"a secret of this test"};
  EventService events{store, store, store, catalogue, cursors, ids, &store};
  ReceiverService receivers{store, store, catalogue, cursors, ids, &store};
  GroupService groups{store, store, store, catalogue, cursors, ids};
  GateService gates{store, store, store, catalogue, cursors};
  ArtifactService artifacts{store, store, catalogue, cursors};
  ApplyService apply{store, store, store, catalogue, ids};
  IdentityService identities{store, store, catalogue, cursors, ids, log};
  TokenPolicy policy{.names = {.issuer = "xzepr.io", .audience = "xzepr-api"}, .attempts_per_minute = 0};
  identity::SigningKeyRing keys;
  PasswordHasher hasher{2};
  limits::BucketTable attempts;
  LimitedLogins limited;
  SessionService sessions{store,
                          store.logins,
                          store,
                          catalogue,
                          {.policy = policy,
                           .keys = keys,
                           .hasher = hasher,
                           .attempts = attempts,
                           .limited = limited,
                           .ids = ids,
                           .log = log}};
  UserService users{store, store.logins, store, catalogue, cursors, hasher, ids, log};
  Caller admin, manager, other_manager, viewer, user, stranger;
};

}  // namespace xzepr::service
