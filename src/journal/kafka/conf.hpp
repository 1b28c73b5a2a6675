// What librdkafka is told of the brokers, alike for whoever writes and whoever reads.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "journal/kafka/settings.hpp"

struct rd_kafka_conf_s;

namespace xzepr::journal::kafka {

/// Names as in librdkafka's CONFIGURATION.md.
using Properties = std::vector<std::pair<const char*, std::string>>;

struct ConfDeleter {
  void operator()(rd_kafka_conf_s* conf) const noexcept;
};
using Conf = std::unique_ptr<rd_kafka_conf_s, ConfDeleter>;

/// How the brokers are reached, with `more`; else why librdkafka does not take it. It logs nothing.
[[nodiscard]] std::expected<Conf, std::string> make_conf(const Settings& settings, const Properties& more);

}  // namespace xzepr::journal::kafka
