// A webhook is an HTTP endpoint that is told of messages, signed and tried again until it takes them. Of one
// artifact it gets them one after the other, in the journal's order.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ulid.hpp"
#include "domain/cloud_event.hpp"
#include "domain/message_filter.hpp"
#include "domain/subject.hpp"

namespace xzepr::domain {

using WebhookId = Id<struct WebhookTag>;
using DeliveryId = Id<struct DeliveryTag>;

struct Webhook {
  WebhookId id;
  std::string name;
  std::string url;
  std::string description;
  MessageFilter filter;
  std::string sealed;  ///< its secrets, by seal_secrets()
  bool enabled = true;
  std::string disabled_reason;             ///< why the server did it; "" when a person did
  std::optional<TimePoint> failing_since;  ///< every attempt since then has failed
  std::int64_t from_position = 0;          ///< of the journal: rows after it are its
  Subject owner;
  std::int64_t resource_version = 0;
  TimePoint created_at;
  TimePoint updated_at;

  friend bool operator==(const Webhook&, const Webhook&) = default;
};

using WebhookHeaders = std::vector<std::pair<std::string, std::string>>;

/// What nobody reads who reads the table.
struct WebhookSecrets {
  std::string secret;                         ///< signs
  std::string old_secret;                     ///< signs as well, until then; "": there is none
  std::optional<TimePoint> old_secret_until;  ///< of old_secret
  WebhookHeaders headers;                     ///< sent with each attempt

  friend bool operator==(const WebhookSecrets&, const WebhookSecrets&) = default;
};
/// Encrypted for this webhook with a key of 32 bytes (crypto/secret_box.hpp).
[[nodiscard]] std::string seal_secrets(std::string_view key, WebhookId id, const WebhookSecrets& secrets);
/// nullopt unless sealed with this key for this webhook.
[[nodiscard]] std::optional<WebhookSecrets> unseal_secrets(std::string_view key, WebhookId id,
                                                           std::string_view sealed);

/// Why `headers` cannot be sent with an attempt: a name or value against the grammar (RFC 9110, 5.1 and 5.5),
/// a name twice, one that is the server's own, or too many.
[[nodiscard]] std::optional<std::string> refuse_headers(const WebhookHeaders& headers);

/// Values are stored: never renumber.
enum class DeliveryStatus : std::uint8_t {
  pending = 0,
  delivered = 1,
  failed = 2,  ///< given up: it stays until it is replayed or too old
};
[[nodiscard]] std::string_view to_string(DeliveryStatus status);
[[nodiscard]] std::optional<DeliveryStatus> parse_delivery_status(std::string_view text);

/// Values are stored: never renumber.
enum class DeliveryCause : std::uint8_t { message = 1, replay = 2, test = 3 };
[[nodiscard]] std::string_view to_string(DeliveryCause cause);

/// One message for one webhook, and what has become of it.
struct WebhookDelivery {
  DeliveryId id;
  WebhookId webhook_id;
  DeliveryCause cause = DeliveryCause::message;
  std::int64_t position = 0;  ///< of the journal; 0: a test, which has none
  Ulid message_id;
  JournalKind kind = JournalKind::event_created;  ///< of no meaning for a test
  std::string key;                                ///< what has one key is delivered one after the other
  DeliveryStatus status = DeliveryStatus::pending;
  std::int64_t attempts = 0;  ///< begun since the first, or since the last replay
  std::int64_t claims = 0;    ///< attempts begun at all: tells one from another
  TimePoint created_at;
  /// When it is due; while an attempt is under way, when that counts as lost. nullopt: finished, or another
  /// of its key comes first.
  std::optional<TimePoint> next_at;
  std::optional<TimePoint> finished_at;
  std::int64_t last_status = 0;  ///< of HTTP; 0: no answer, or no attempt has ended yet
  std::string last_error;        ///< "" when it is delivered
  std::chrono::milliseconds last_took{0};

  friend bool operator==(const WebhookDelivery&, const WebhookDelivery&) = default;
};

/// The delivery of a row to a webhook. Its id is the caller's to make.
[[nodiscard]] WebhookDelivery delivery_of(const JournalRow& row, WebhookId webhook, DeliveryId id,
                                          DeliveryCause cause, TimePoint now);
/// What a test sends: a CloudEvent of kind webhook.test.
[[nodiscard]] std::string render_test_message(const WebhookDelivery& test);

}  // namespace xzepr::domain
