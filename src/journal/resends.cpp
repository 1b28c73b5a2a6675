#include "journal/resends.hpp"

namespace xzepr::journal {
namespace {

constexpr std::size_t letters_at_once = 20;

}  // namespace

bool Resends::take(const Delivery& delivery) {
  const bool is_about_one =
      delivery.status == DeliveryStatus::delivered || delivery.status == DeliveryStatus::refused;
  const auto found = is_about_one ? under_way_.find(delivery.position) : under_way_.end();
  if (found == under_way_.end()) return false;
  outcomes_.push_back(
      {.id = found->second, .why = delivery.status == DeliveryStatus::delivered ? "" : delivery.why});
  under_way_.erase(found);
  return true;
}

Task<> Resends::look(Deadline deadline) {
  co_await note_outcomes(deadline);
  auto letters = co_await parts_.sinks.list_resends(sink_, letters_at_once, deadline);
  for (auto& letter : letters) {
    if (!under_way_.contains(letter.position)) co_await send(std::move(letter), deadline);
  }
  co_await note_outcomes(deadline);
}

Task<> Resends::note_outcomes(Deadline deadline) {
  while (!outcomes_.empty()) {
    const auto outcome = outcomes_.back();
    if (outcome.why.empty()) {
      co_await parts_.sinks.remove_dead_letter(outcome.id, deadline);
    } else {
      co_await parts_.sinks.give_up_resend(outcome.id, outcome.why, deadline);
    }
    outcomes_.pop_back();
  }
}

Task<> Resends::send(domain::DeadLetter letter, Deadline deadline) {
  const store::JournalRange only{.after = letter.position - 1, .rows_max = 1, .bytes_max = 1};
  const auto entries = co_await parts_.journal.read(only, deadline);
  if (entries.empty() || entries.front().row.position != letter.position) {
    outcomes_.push_back({.id = letter.id, .why = "its row is not stored any more"});
    co_return;
  }
  const auto message = domain::render_message(entries.front(), profile_);
  if (!message) {
    outcomes_.push_back({.id = letter.id, .why = message.error()});
    co_return;
  }
  under_way_.emplace(letter.position, letter.id);
  if (parts_.transport.send(*message) == Offer::full) under_way_.erase(letter.position);
}

}  // namespace xzepr::journal
