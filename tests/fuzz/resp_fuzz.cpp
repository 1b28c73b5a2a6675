// Replies of Redis are the same however their bytes arrive; what is written out again means the same; and
// neither they nor an address are more than their bounds.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "redis/address.hpp"
#include "redis/reply.hpp"

namespace {

using namespace xzepr::redis;

struct Found {
  std::vector<Reply> replies;
  bool is_refused = false;

  friend bool operator==(const Found&, const Found&) = default;
};

Found read(std::string_view input, std::size_t piece) {
  Found found;
  ReplyReader reader;
  while (!found.is_refused) {
    reader.feed(input.substr(0, piece));
    input.remove_prefix(std::min(piece, input.size()));
    auto reply = reader.next();
    while (reply && *reply) {
      found.replies.push_back(**std::move(reply));
      reply = reader.next();
    }
    found.is_refused = !reply;
    XZEPR_ASSERT(reply || !reader.next());
    if (input.empty()) break;
  }
  return found;
}

void write(const Reply& reply, std::string& out) {
  switch (reply.kind) {
    case Reply::Kind::text:
      out += "$" + std::to_string(reply.text.size()) + "\r\n" + reply.text + "\r\n";
      break;
    case Reply::Kind::error: out += "-" + reply.text + "\r\n"; break;
    case Reply::Kind::integer: out += ":" + std::to_string(reply.integer) + "\r\n"; break;
    case Reply::Kind::nothing: out += "$-1\r\n"; break;
    case Reply::Kind::array:
      out += "*" + std::to_string(reply.elements.size()) + "\r\n";
      for (const auto& element : reply.elements) write(element, out);
      break;
  }
}

void check_there_and_back(const Reply& reply) {
  std::string bytes;
  write(reply, bytes);
  if (bytes.size() > ReplyReader::reply_bytes_max) return;
  const auto again = read(bytes, bytes.size());
  XZEPR_ASSERT(again.replies.size() == 1 && again.replies[0] == reply);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = read(input, std::max<std::size_t>(1, size));
  if (size <= 2'000) XZEPR_ASSERT(read(input, 1) == whole);
  XZEPR_ASSERT(read(input, 7) == whole);
  for (const auto& reply : whole.replies) check_there_and_back(reply);
  if (const auto address = parse_address(input)) {
    XZEPR_ASSERT(!address->host.empty() && address->port != 0);
    XZEPR_ASSERT(address->password.size() <= size);
  }
  return 0;
}
