// Dead letters that somebody wants sent again, beside the relay and by the same transport. Such a message
// comes after later ones of its key: whoever asks for it knows. On the relay's loop.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/deadline.hpp"
#include "domain/cloud_event.hpp"
#include "journal/transport.hpp"
#include "store/journal_store.hpp"
#include "store/sink_store.hpp"

namespace xzepr::journal {

class Resends {
 public:
  struct Parts {
    store::JournalStore& journal;
    store::SinkStore& sinks;
    Transport& transport;
  };

  Resends(std::string sink, domain::MessageProfile profile, Parts parts)
      : sink_(std::move(sink)), profile_(profile), parts_(parts) {}

  /// Hands over what was asked for, and notes what came of it: a letter that was delivered is gone, one that
  /// was refused again stays with one more try. Only while this process drives the sink. Throws Fault.
  [[nodiscard]] Task<> look(Deadline deadline);
  /// True when it is about one of these, and not the relay's.
  [[nodiscard]] bool take(const Delivery& delivery);
  /// The transport has given up what was on its way: it is asked for again.
  void forget() { under_way_.clear(); }

 private:
  struct Outcome {
    domain::DeadLetterId id;
    std::string why;  ///< "": delivered
  };

  [[nodiscard]] Task<> note_outcomes(Deadline deadline);
  [[nodiscard]] Task<> send(domain::DeadLetter letter, Deadline deadline);

  const std::string sink_;
  const domain::MessageProfile profile_;
  Parts parts_;
  std::map<std::int64_t, domain::DeadLetterId> under_way_;  // by position
  std::vector<Outcome> outcomes_;                           // not noted yet
};

}  // namespace xzepr::journal
