#include "app/demo/story.hpp"

#include <array>

#include <fmt/format.h>

namespace xzepr::app::demo {
namespace {

using namespace std::chrono_literals;

struct Service {
  std::string_view name;
  unsigned major;
  std::string_view platform;
  std::string_view package;
};
constexpr auto services = std::to_array<Service>({{"shop-web", 2, "noarch", "container"},
                                                  {"payments", 5, "amd64", "container"},
                                                  {"search-index", 1, "arm64", "container"},
                                                  {"mobile-api", 3, "amd64", "deb"},
                                                  {"invoice-pdf", 1, "amd64", "deb"},
                                                  {"warehouse-sync", 4, "amd64", "rpm"}});

struct Step {
  std::string_view receiver;
  std::uint64_t fails_percent;
  std::chrono::seconds takes;
};
// The receivers are those of world.cpp.
constexpr auto steps = std::to_array<Step>({{"build", 8, 210s},
                                            {"unit-tests", 15, 95s},
                                            {"sast-scan", 10, 160s},
                                            {"image-scan", 12, 45s},
                                            {"deploy-staging", 5, 70s},
                                            {"smoke-test", 12, 40s},
                                            {"approval", 6, 5s},
                                            {"deploy-production", 3, 90s}});

constexpr std::uint64_t late_percent = 8;
constexpr std::uint64_t repeat_percent = 6;
constexpr std::uint64_t given_up_percent = 25;

json::Value payload_of(std::string_view receiver, bool is_success, const std::string& commit, Dice& dice) {
  const auto count = [&](std::uint64_t bound) { return static_cast<std::int64_t>(dice.below(bound)); };
  if (receiver == "build") return json::Object{{"commit", commit}, {"branch", "main"}};
  if (receiver == "unit-tests")
    return json::Object{{"passed", 180 + count(60)}, {"failed", is_success ? 0 : 1 + count(4)}};
  if (receiver.ends_with("-scan"))
    return json::Object{{"critical", is_success ? 0 : 1 + count(3)}, {"high", count(6)}};
  if (receiver == "approval") return json::Object{{"by", count(2) == 0 ? "ada" : "grace"}};
  return json::Object{{"replicas", 2 + count(4)}};
}

std::string description_of(std::string_view receiver, bool is_success) {
  if (is_success) return {};
  if (receiver == "approval") return "not before the release notes are there";
  return fmt::format("{} did not pass", receiver);
}

}  // namespace

std::uint64_t Dice::roll() {
  std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31U);
}

Story::Story(std::uint64_t seed) : dice_(seed), releases_(services.size(), 0) {
  for (std::size_t i = 0; i < services.size(); ++i) deliveries_.push_back(start(i));
  first_artifact_ = fmt::format("{}@{}", services[0].name, deliveries_[0].version);
}

Story::Delivery Story::start(std::size_t service) {
  const unsigned release = releases_[service]++;
  return {.service = service,
          .version = fmt::format("{}.{}.{}", services[service].major, 4 + release / 4, release % 4),
          .commit = fmt::format("{:016x}", dice_.roll())};
}

void Story::go_on(Delivery& delivery, bool is_success) {
  if (is_success) {
    delivery.has_failed = false;
    if (++delivery.step == steps.size()) delivery = start(delivery.service);
  } else if (delivery.has_failed || dice_.in_percent(given_up_percent)) {
    delivery = start(delivery.service);
  } else {
    delivery.has_failed = true;
  }
}

StoryEvent Story::tell(Delivery& delivery) {
  const Service& service = services[delivery.service];
  const Step& step = steps[delivery.step];
  const bool is_success = !dice_.in_percent(step.fails_percent);
  StoryEvent told{.number = numbers_++,
                  .event = {.receiver = std::string(step.receiver),
                            .name = std::string(service.name),
                            .version = delivery.version,
                            .release = "1",
                            .platform_id = std::string(service.platform),
                            .package = std::string(service.package),
                            .description = description_of(step.receiver, is_success),
                            .success = is_success,
                            .payload = payload_of(step.receiver, is_success, delivery.commit, dice_)},
                  .duration = step.takes + std::chrono::seconds(dice_.below(30))};
  go_on(delivery, is_success);
  return told;
}

StoryEvent Story::next() {
  // What was held is told between the others, a few events later.
  const bool is_due = !held_.empty() && (held_.size() > 4 || told_ % 4 == 3);
  ++told_;
  if (is_due) {
    StoryEvent held = std::move(held_.front());
    held_.pop_front();
    return held;
  }
  StoryEvent event = tell(deliveries_[dice_.below(deliveries_.size())]);
  if (dice_.in_percent(late_percent)) {
    event.age = 120s + std::chrono::seconds(dice_.below(600));
    held_.push_back(std::move(event));
    return next();
  }
  if (dice_.in_percent(repeat_percent)) {
    held_.push_back(event);
    held_.back().is_repeat = true;
  }
  return event;
}

}  // namespace xzepr::app::demo
