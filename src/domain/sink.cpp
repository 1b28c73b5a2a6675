#include "domain/sink.hpp"

#include <utility>

namespace xzepr::domain {

std::string_view to_string(DeadLetterCause cause) {
  switch (cause) {
    case DeadLetterCause::too_large: return "too_large";
    case DeadLetterCause::unrenderable: return "unrenderable";
    case DeadLetterCause::refused: return "refused";
  }
  std::unreachable();
}

}  // namespace xzepr::domain
