// Every capacity, bound and limit of the house, by name. A sum carries a reason per term.
#pragma once

#include <chrono>
#include <cstddef>

namespace xzepr::limits {

using namespace std::chrono_literals;

// Text fields, in code points.
inline constexpr std::size_t name_length_max = 255;
inline constexpr std::size_t version_length_max = 100;
inline constexpr std::size_t description_length_max = 5'000;
inline constexpr std::size_t idempotency_key_length_max = 255;

// Bodies, in bytes.
inline constexpr std::size_t body_bytes_max = 1'048'576;
inline constexpr std::size_t graphql_body_bytes_max = 102'400;
inline constexpr std::size_t batch_body_bytes_max = 16 * 1'048'576;
inline constexpr std::size_t batch_items_max = 10'000;

// HTTP head.
inline constexpr std::size_t request_line_bytes_max = 8'192;
inline constexpr std::size_t header_bytes_max = 8'192;
inline constexpr std::size_t head_bytes_max = request_line_bytes_max  // the request line
                                              + 32'768;               // all header lines together
inline constexpr std::size_t header_count_max = 100;
inline constexpr std::size_t chunk_extension_bytes_max = 4'096;

// JSON.
inline constexpr std::size_t json_depth_max = 32;

// The model.
inline constexpr std::size_t receivers_per_group_max = 200;
inline constexpr std::size_t enabled_groups_per_receiver_max = 100;
inline constexpr std::size_t live_api_keys_per_user_max = 1'000;  // neither revoked nor expired
inline constexpr std::size_t receivers_per_owner_max = 10'000;
inline constexpr std::size_t groups_per_owner_max = 2'000;

// The write path: one batch, and the queue before it.
inline constexpr std::size_t batch_events_max = 1'000;
inline constexpr std::size_t batch_bytes_max = 8 * 1'048'576;
inline constexpr std::size_t batch_gate_checks_max = 5'000;
inline constexpr std::size_t append_queue_events_max = 20'000;
inline constexpr std::size_t append_queue_bytes_max = 64 * 1'048'576;
static_assert(batch_bytes_max >= 4 * body_bytes_max, "a batch must hold several of the largest events");
static_assert(append_queue_events_max >= 2 * batch_items_max,
              "one client's batch must not fill the queue alone");

// Messages. An event's payload may be written with spaces between its parts, so a message of the largest
// event is longer than its request was.
inline constexpr std::size_t message_bytes_max = 2 * 1'048'576;
inline constexpr std::size_t message_envelope_bytes_max = 32 * 1'024;  // attributes, and a transport's own
inline constexpr std::size_t satisfying_payload_bytes_max = 64 * 1'024;
static_assert(message_bytes_max - message_envelope_bytes_max > body_bytes_max + body_bytes_max / 2);

// Memory, per shard: with two shards 10,000 events of the usual size and what they are rendered to.
inline constexpr std::size_t event_cache_bytes_max = 24 * 1'048'576;

// Live streams, per node.
inline constexpr std::size_t streams_per_user_max = 1'000;
inline constexpr std::size_t streams_max = 10'000;

// Webhooks. All may be busy at once, so one that is slow takes nothing from the others.
inline constexpr std::size_t webhooks_max = 200;
inline constexpr std::size_t webhook_url_length_max = 2'048;
inline constexpr std::size_t webhook_headers_max = 20;
inline constexpr std::size_t webhook_header_bytes_max = 4'096;

// Pages.
inline constexpr std::size_t page_size_default = 50;
inline constexpr std::size_t page_size_max = 1'000;

// Searches. search_rows_max: what one request looks at; a page may end there, before it is full.
inline constexpr std::size_t search_text_length_max = 255;
inline constexpr std::size_t payload_filters_max = 8;
inline constexpr std::size_t payload_filter_bytes_max = 1'024;
inline constexpr std::size_t search_rows_max = 10'000;

// Time.
inline constexpr auto request_timeout = 30s;
inline constexpr auto head_timeout = 10s;
inline constexpr auto keep_alive_timeout = 75s;
inline constexpr auto drain_timeout = 30s;
inline constexpr auto gate_wait_max = 25s;

// Connections per process; the kernel's own limit may be lower.
inline constexpr std::size_t connections_max = 16'384;
static_assert(streams_max < connections_max, "a node full of streams must still answer");

}  // namespace xzepr::limits
