#include "app/config/webhook_keys.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ip_class.hpp"

namespace xzepr::app {
namespace {

using Texts = std::vector<std::string>;

bool is_port(std::string_view text) {
  constexpr std::size_t digits_max = 5;
  constexpr int port_max = 65'535;
  const bool is_number = !text.empty() && text.size() <= digits_max && text.front() != '0' &&
                         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return is_number && std::stoi(std::string(text)) <= port_max;
}

}  // namespace

std::vector<Key> webhook_keys() {
  return {
      {.name = "webhooks.allow_http",
       .type = KeyType::boolean,
       .standard = false,
       .development = true,
       .set = [](Config& c, const Value& v) { c.webhooks.allow_http = std::get<bool>(v); },
       .meaning = "Let webhooks have http URLs. What they are sent is signed, not secret."},
      {.name = "webhooks.private_networks",
       .type = KeyType::list,
       .standard = Texts{},
       .development = Texts{"127.0.0.0/8", "::1"},
       .set = [](Config& c, const Value& v) { c.webhooks.private_networks = std::get<Texts>(v); },
       .meaning =
           "Addresses and CIDR ranges that webhooks may reach though they are not public. All other private, "
           "loopback and link-local addresses are refused, when a webhook is saved and when it is told."},
      {.name = "webhooks.ports",
       .type = KeyType::list,
       .standard = Texts{"443", "8443"},
       .development = Texts{},
       .set = [](Config& c, const Value& v) { c.webhooks.ports = std::get<Texts>(v); },
       .meaning = "Ports that webhooks may have; none: any but those of other protocols."},
      {.name = "webhooks.concurrency",
       .type = KeyType::integer,
       .standard = std::int64_t{4},
       .set = [](Config& c, const Value& v) { c.webhooks.concurrency = std::get<std::int64_t>(v); },
       .meaning = "Messages on their way to one webhook at a time, from each node.",
       .min = 1,
       .max = 32},
      {.name = "webhooks.timeout_ms",
       .type = KeyType::integer,
       .standard = std::int64_t{15'000},
       .set = [](Config& c, const Value& v) { c.webhooks.timeout_ms = std::get<std::int64_t>(v); },
       .meaning = "How long a webhook may take to answer, from the dialling on.",
       .min = 100,
       .max = 30'000},
      {.name = "webhooks.ca_file",
       .type = KeyType::text,
       .standard = std::string(),
       .set = [](Config& c, const Value& v) { c.webhooks.ca_file = std::get<std::string>(v); },
       .meaning = "Who signs the webhooks' certificates, PEM; empty: the system's authorities."},
      {.name = "webhooks.keep_days",
       .type = KeyType::integer,
       .standard = std::int64_t{30},
       .set = [](Config& c, const Value& v) { c.webhooks.keep_days = std::get<std::int64_t>(v); },
       .meaning = "Remove finished deliveries after this many days; 0 is never.",
       .min = 0,
       .max = 36'500},
  };
}

std::vector<std::pair<std::string, std::string>> webhook_problems(const WebhooksConfig& webhooks) {
  std::vector<std::pair<std::string, std::string>> problems;
  for (const auto& network : webhooks.private_networks) {
    if (!parse_ip_network(network))
      problems.emplace_back("webhooks.private_networks",
                            fmt::format("\"{}\" is no address and no CIDR range", network));
  }
  for (const auto& port : webhooks.ports) {
    if (!is_port(port)) problems.emplace_back("webhooks.ports", fmt::format("\"{}\" is no port", port));
  }
  return problems;
}

}  // namespace xzepr::app
