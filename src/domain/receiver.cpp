#include "domain/receiver.hpp"

#include "base/assert.hpp"
#include "crypto/digest.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::domain {

std::string fingerprint_of(const Receiver& receiver) {
  auto schema = json::parse(receiver.schema);
  XZEPR_ASSERT(schema);  // a receiver holds a schema that was compiled
  json::Object formats;
  for (const auto& [field, format] : receiver.field_formats) formats[field] = format;
  json::Object content;
  content["name"] = receiver.name;
  content["type"] = receiver.type;
  content["version"] = receiver.version;
  content["description"] = receiver.description;
  content["schema"] = *std::move(schema);
  content["field_formats"] = std::move(formats);
  return crypto::to_hex(crypto::sha256(json::canonical(content)));
}

}  // namespace xzepr::domain
