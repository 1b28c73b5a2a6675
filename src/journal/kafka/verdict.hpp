// What an error of librdkafka means for the relay. Pure.
#pragma once

#include "journal/transport.hpp"

namespace xzepr::journal::kafka {

/// `error`: an rd_kafka_resp_err_t of a message or of the whole producer. `why` is left empty.
[[nodiscard]] Delivery verdict_on(int error);

}  // namespace xzepr::journal::kafka
