#include "http/frames.hpp"

#include <utility>

#include "base/text.hpp"
#include "http/web_socket.hpp"

namespace xzepr::http {
namespace {

constexpr std::size_t control_payload_max = 125;
constexpr std::size_t reason_max = control_payload_max - 2;
constexpr std::size_t mask_size = 4;
constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t opcode_bits = 0x0F;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_bits = 0x7F;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) number = number << 8U | byte_at(bytes, at + i);
  return number;
}

void append_number_of(std::string& out, std::uint64_t number, std::size_t size) {
  for (std::size_t i = size; i-- > 0;) out += static_cast<char>(number >> (8 * i) & 0xFFU);
}

bool is_known(Opcode opcode) {
  switch (opcode) {
    case Opcode::continuation:
    case Opcode::text:
    case Opcode::binary:
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong: return true;
  }
  return false;
}

bool is_control(Opcode opcode) { return opcode >= Opcode::close; }

// What an endpoint may send (section 7.4).
bool is_close_code(std::uint64_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  out += static_cast<char>(final_bit | static_cast<std::uint8_t>(opcode));
  if (payload.size() <= control_payload_max) {
    out += static_cast<char>(payload.size());
  } else if (payload.size() <= 0xFFFF) {
    out += static_cast<char>(126);
    append_number_of(out, payload.size(), 2);
  } else {
    out += static_cast<char>(127);
    append_number_of(out, payload.size(), 8);
  }
  out += payload;
}

void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason) {
  std::string payload;
  append_number_of(payload, code, 2);
  payload += reason.substr(0, reason_max);
  append_frame(out, Opcode::close, payload);
}

bool FrameReader::fail(std::uint16_t code, std::string_view reason) {
  code_ = code;
  payload_ = reason;
  is_failed_ = true;
  return false;
}

FrameReader::HeadState FrameReader::read_head(Head& head) {
  if (bytes_.size() < 2) return HeadState::incomplete;
  const auto first = byte_at(bytes_, 0);
  const auto second = byte_at(bytes_, 1);
  head.is_final = (first & final_bit) != 0;
  head.opcode = static_cast<Opcode>(first & opcode_bits);
  bool is_good = true;
  if ((first & reserved_bits) != 0) is_good = fail(close_code::protocol_error, "a reserved bit is set");
  if (is_good && !is_known(head.opcode)) is_good = fail(close_code::protocol_error, "the opcode is unknown");
  if (is_good && (second & mask_bit) == 0)
    is_good = fail(close_code::protocol_error, "a frame is not masked");
  const std::size_t short_length = second & length_bits;
  if (is_good && is_control(head.opcode) && (!head.is_final || short_length > control_payload_max))
    is_good = fail(close_code::protocol_error, "a control frame is long or in pieces");
  if (!is_good) return HeadState::failed;

  const std::size_t long_size = short_length == 127 ? 8 : short_length == 126 ? 2 : 0;
  head.size = 2 + long_size + mask_size;
  if (bytes_.size() < head.size) return HeadState::incomplete;
  const auto length = long_size == 0 ? short_length : number_at(bytes_, 2, long_size);
  const std::uint64_t least = long_size == 8 ? 0x10000U : long_size == 2 ? control_payload_max + 1 : 0U;
  if (length < least) is_good = fail(close_code::protocol_error, "a length is longer than it must be");
  if (is_good && !is_control(head.opcode) && length > web_socket_message_bytes_max - message_.size())
    is_good = fail(close_code::too_big, "a message may have 65536 bytes");
  head.length = static_cast<std::size_t>(length);
  return is_good ? HeadState::known : HeadState::failed;
}

bool FrameReader::check_order(const Head& head) {
  if (is_control(head.opcode)) return true;
  const bool is_begun = fragments_ > 0;
  if (is_begun != (head.opcode == Opcode::continuation))
    return fail(close_code::protocol_error, "a fragment is out of order");
  if (head.opcode == Opcode::binary) return fail(close_code::unsupported_data, "messages are text");
  if (fragments_ == web_socket_fragments_max)
    return fail(close_code::policy_violation, "a message has too many fragments");
  return true;
}

std::string FrameReader::take_payload(const Head& head) {
  std::string payload = bytes_.substr(head.size, head.length);
  const auto mask = std::string_view(bytes_).substr(head.size - mask_size, mask_size);
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(byte_at(payload, i) ^ byte_at(mask, i % mask_size));
  bytes_.erase(0, head.size + head.length);
  return payload;
}

FrameReader::Event FrameReader::next() {
  while (!is_failed_) {
    Head head{};
    const auto state = read_head(head);
    if (state == HeadState::incomplete) return Event::need_bytes;
    if (state == HeadState::failed || !check_order(head)) break;
    if (bytes_.size() < head.size + head.length) return Event::need_bytes;
    auto payload = take_payload(head);
    if (is_control(head.opcode)) return on_control(head.opcode, std::move(payload));
    message_ += payload;
    ++fragments_;
    if (head.is_final) return on_message();
  }
  return Event::failed;
}

FrameReader::Event FrameReader::on_control(Opcode opcode, std::string payload) {
  if (opcode == Opcode::close) return on_close(std::move(payload));
  payload_ = std::move(payload);
  return opcode == Opcode::ping ? Event::ping : Event::pong;
}

FrameReader::Event FrameReader::on_close(std::string payload) {
  code_ = close_code::normal;
  payload_.clear();
  if (payload.empty()) return Event::close;
  const auto code = payload.size() < 2 ? 0 : number_at(payload, 0, 2);
  bool is_good = is_close_code(code) || fail(close_code::protocol_error, "the close has no valid code");
  if (is_good && !is_valid_utf8(std::string_view(payload).substr(2)))
    is_good = fail(close_code::invalid_data, "the reason is not UTF-8");
  if (!is_good) return Event::failed;
  code_ = static_cast<std::uint16_t>(code);
  payload_ = payload.substr(2);
  return Event::close;
}

FrameReader::Event FrameReader::on_message() {
  payload_ = std::exchange(message_, {});
  fragments_ = 0;
  if (is_valid_utf8(payload_)) return Event::text;
  (void)fail(close_code::invalid_data, "a message is not UTF-8");
  return Event::failed;
}

}  // namespace xzepr::http
