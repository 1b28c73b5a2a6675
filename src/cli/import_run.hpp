// An import: lines in, batches out, counts of what became of each. Knows no file and no clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "cli/import_lines.hpp"
#include "client/api.hpp"
#include "client/events.hpp"

namespace xzepr::cli {

struct RefusedLine {
  std::size_t line = 0;
  client::Failure failure;
};

struct ImportSummary {
  std::size_t read = 0;
  std::size_t added = 0;
  std::size_t already_there = 0;
  std::size_t refused = 0;
  std::vector<RefusedLine> first_refused = {};  ///< ten at most, by line

  ImportSummary& operator+=(const ImportSummary& other);
};

struct ImportLimits {
  std::size_t items_max = 500;
  std::size_t bytes_max = 1'048'576;
  int attempts_max = 8;  ///< for one batch while the server is overloaded or away
};

class ImportRun {
 public:
  using Send = std::function<client::Answer(const client::Call&)>;
  using Pause = std::function<void(std::chrono::milliseconds)>;

  ImportRun(Send send, Pause pause, ImportLimits limits = {})
      : send_(std::move(send)), pause_(std::move(pause)), limits_(limits) {}

  /// Sends a batch when one is full. A Failure ends the import; the summary stays true: what was added, was
  /// added.
  [[nodiscard]] std::expected<void, client::Failure> add(KeyedLine line);
  [[nodiscard]] std::expected<void, client::Failure> finish();
  [[nodiscard]] const ImportSummary& summary() const { return summary_; }

 private:
  struct Item {
    std::size_t line;
    std::string text;
  };

  [[nodiscard]] std::expected<void, client::Failure> flush();
  /// One round trip; what the server could not take now stays in items_.
  [[nodiscard]] std::expected<void, client::Failure> send_batch();
  void settle(const Item& item, const client::BatchItem& result, std::vector<Item>& again);
  void refuse(std::size_t line, client::Failure failure);
  void pause_before(int attempt, const client::Failure& failure);

  Send send_;
  Pause pause_;
  ImportLimits limits_;
  std::vector<Item> items_;
  std::size_t bytes_ = 0;
  bool has_answered_ = false;
  client::Failure passing_;  // why items_ are still there
  ImportSummary summary_;
};

}  // namespace xzepr::cli
