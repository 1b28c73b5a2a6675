#include "cli/import_run.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace xzepr::cli {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t refused_shown_max = 10;
constexpr milliseconds back_off_max{30'000};
constexpr milliseconds back_off_first{500};

}  // namespace

ImportSummary& ImportSummary::operator+=(const ImportSummary& other) {
  read += other.read;
  added += other.added;
  already_there += other.already_there;
  refused += other.refused;
  first_refused.insert(first_refused.end(), other.first_refused.begin(), other.first_refused.end());
  std::ranges::sort(first_refused, {}, &RefusedLine::line);
  first_refused.resize(std::min(first_refused.size(), refused_shown_max));
  return *this;
}

std::expected<void, client::Failure> ImportRun::add(KeyedLine line) {
  ++summary_.read;
  if (!line.text) {
    refuse(line.number, std::move(line.text).error());
    return {};
  }
  const bool is_full = items_.size() == limits_.items_max || bytes_ + line.text->size() > limits_.bytes_max;
  if (is_full && !items_.empty()) {
    if (auto flushed = flush(); !flushed) return flushed;
  }
  bytes_ += line.text->size() + 1;
  items_.push_back({line.number, *std::move(line.text)});
  return {};
}

std::expected<void, client::Failure> ImportRun::finish() { return flush(); }

std::expected<void, client::Failure> ImportRun::flush() {
  for (int attempt = 0; !items_.empty(); ++attempt) {
    if (attempt == limits_.attempts_max) return std::unexpected(passing_);
    if (attempt > 0) pause_before(attempt, passing_);
    if (auto sent = send_batch(); !sent) return sent;
  }
  bytes_ = 0;
  return {};
}

std::expected<void, client::Failure> ImportRun::send_batch() {
  std::string body;
  for (const Item& item : items_) body += item.text + "\n";
  const auto answer = send_(client::batch_call(std::move(body)));
  if (!answer) {
    const bool may_pass = client::is_passing(answer.error()) && (has_answered_ || answer.error().status != 0);
    if (!may_pass) return std::unexpected(answer.error());
    passing_ = answer.error();
    return {};
  }
  has_answered_ = true;
  const auto results = client::batch_items(*answer, items_.size());
  if (!results) return std::unexpected(results.error());
  std::vector<Item> again;
  for (std::size_t i = 0; i < items_.size(); ++i) settle(items_[i], (*results)[i], again);
  items_ = std::move(again);
  return {};
}

void ImportRun::settle(const Item& item, const client::BatchItem& result, std::vector<Item>& again) {
  if (!result.failure) {
    ++(result.is_replayed ? summary_.already_there : summary_.added);
  } else if (client::is_passing(*result.failure)) {
    passing_ = *result.failure;
    again.push_back(item);
  } else {
    refuse(item.line, *result.failure);
  }
}

void ImportRun::refuse(std::size_t line, client::Failure failure) {
  ++summary_.refused;
  if (summary_.first_refused.size() < refused_shown_max)
    summary_.first_refused.push_back({line, std::move(failure)});
}

void ImportRun::pause_before(int attempt, const client::Failure& failure) {
  const milliseconds own = std::min(back_off_first * (1 << std::min(attempt - 1, 10)), back_off_max);
  pause_(std::max<milliseconds>(own, failure.retry_after));
}

}  // namespace xzepr::cli
