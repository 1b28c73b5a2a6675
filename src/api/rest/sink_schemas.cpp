#include <array>

#include "api/rest/schemas.hpp"

namespace xzepr::api::rest {
namespace {

json::Value sink_list() {
  auto sink = schema::answer("", {{"name", schema::text(), ""},
                                  {"position", schema::integer(0),
                                   "Of the journal: every row up to here is delivered or a dead letter."},
                                  {"pending", schema::integer(0), "Rows that wait."},
                                  {"dead_letters", schema::integer(0), ""},
                                  {"owner", schema::text(), "The process that delivers, or did so last."},
                                  {"lease_until", schema::nullable(schema::time()),
                                   "Until then nobody else delivers; null: anybody may."}});
  return schema::answer("", {{"data", schema::list_of(std::move(sink)), ""}});
}

json::Value dead_letter() {
  return schema::answer("", {{"id", schema::id(), ""},
                             {"sink", schema::text(), ""},
                             {"position", schema::integer(0), "Of its row in the journal."},
                             {"message_id", schema::id(), "The id that the message has."},
                             {"kind", schema::text(), "event.created and the like."},
                             {"key", schema::text(), "The artifact's id, else the receiver's or group's."},
                             {"cause", schema::choice({"too_large", "unrenderable", "refused"}), ""},
                             {"detail", schema::text(), "What was said at the last try."},
                             {"tries", schema::integer(0), ""},
                             {"failed_at", schema::time(), ""},
                             {"resend_at", schema::nullable(schema::time()),
                              "When somebody asked for it to be sent again, and it was not yet."}});
}

json::Value dead_letter_page() { return schema::page_of("DeadLetter"); }

constexpr auto sink_schema_table = std::to_array<NamedSchema>(
    {{"SinkList", sink_list}, {"DeadLetter", dead_letter}, {"DeadLetterPage", dead_letter_page}});

}  // namespace

std::span<const NamedSchema> sink_schemas() { return sink_schema_table; }

}  // namespace xzepr::api::rest
