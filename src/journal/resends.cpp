#include "journal/resends.hpp"

#include "journal/message_at.hpp"

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
  const auto message = co_await message_at(parts_.journal, letter.position, profile_, deadline);
  if (!message) {
    outcomes_.push_back({.id = letter.id, .why = message.error()});
    co_return;
  }
  under_way_.emplace(letter.position, letter.id);
  if (parts_.transport.send(*message) == Offer::full) under_way_.erase(letter.position);
}

}  // namespace xzepr::journal
