#include "http/request_reader.hpp"

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"
#include "base/limits.hpp"

namespace xzepr::http {
namespace {

// A request without a large body fits; ten thousand idle connections must not cost more than this each.
constexpr std::size_t buffer_bytes_initial = 4'096;
constexpr std::size_t buffer_bytes_kept = 16'384;
constexpr std::size_t body_bytes_kept = 65'536;
constexpr std::size_t read_bytes_min = 1'024;
constexpr std::size_t body_read_bytes = 65'536;

}  // namespace

RequestReader::Step RequestReader::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  phase_ = Phase::refused;
  return Step::refused;
}

void RequestReader::complete(std::string_view body) {
  (is_streamed_ ? last_part_ : request_.body) = body;
  phase_ = Phase::complete;
}

RequestReader::Step RequestReader::advance() {
  switch (phase_) {
    case Phase::head: return advance_head();
    case Phase::head_known: return Step::head_complete;
    case Phase::sized_body:
      if (body_received_ < framing_.content_length) return Step::need_bytes;
      complete(std::string_view(body_).substr(0, body_size_));
      return Step::request_complete;
    case Phase::chunked_body: return advance_chunked();
    case Phase::complete: return Step::request_complete;
    case Phase::refused: return Step::refused;
  }
  return Step::refused;
}

RequestReader::Step RequestReader::advance_head() {
  if (begin_ == end_) return Step::need_bytes;
  switch (scanner_.scan(bytes())) {
    case HeadScanner::State::incomplete: return Step::need_bytes;
    case HeadScanner::State::refused: return refuse(scanner_.refusal());
    case HeadScanner::State::complete: break;
  }
  head_end_ = scanner_.end();
  body_received_ = 0;
  const auto head = bytes().substr(scanner_.begin(), head_end_ - scanner_.begin());
  if (const auto refusal = parse_head(head, request_, framing_)) return refuse(*refusal);
  phase_ = Phase::head_known;
  return Step::head_complete;
}

void RequestReader::accept_body(BodyRule rule) {
  XZEPR_ASSERT(phase_ == Phase::head_known);
  is_streamed_ = rule.reading == BodyReading::streamed && framing_.body != Framing::Body::none;
  switch (framing_.body) {
    case Framing::Body::none:
      body_end_ = head_end_;
      phase_ = Phase::complete;
      return;
    case Framing::Body::sized:
      if (framing_.content_length > rule.bytes_max) {
        is_streamed_ = false;
        (void)refuse({413, "body_too_large", "the body is larger than this resource takes"});
      } else {
        start_sized_body();
      }
      return;
    case Framing::Body::chunked:
      decoder_.emplace(rule.bytes_max);
      body_.clear();
      body_end_ = head_end_;
      phase_ = Phase::chunked_body;
      // While a handler holds views into the head, it must not move: the room that is made now is enough for
      // ever, because what is decoded makes room again.
      if (is_streamed_) make_room(body_read_bytes);
      return;
  }
}

// The body stays where it is when all of it came with the head, which is the usual case.
void RequestReader::start_sized_body() {
  const auto size = static_cast<std::size_t>(framing_.content_length);
  const auto present = bytes().substr(head_end_);
  if (present.size() >= size) {
    body_end_ = head_end_ + size;
    body_received_ = size;
    return complete(present.substr(0, size));
  }
  body_.assign(present);
  body_size_ = present.size();
  body_received_ = present.size();
  body_end_ = end_ - begin_;
  phase_ = Phase::sized_body;
}

RequestReader::Step RequestReader::advance_chunked() {
  const auto taken = decoder_->feed(bytes().substr(body_end_), body_);
  body_received_ += taken;
  body_end_ += taken;
  switch (decoder_->state()) {
    case ChunkedDecoder::State::refused: return refuse(decoder_->refusal());
    case ChunkedDecoder::State::complete: complete(body_); return Step::request_complete;
    case ChunkedDecoder::State::incomplete: break;
  }
  // All was decoded: its place behind the head can be read into again.
  body_end_ = head_end_;
  end_ = begin_ + head_end_;
  return Step::need_bytes;
}

std::string_view RequestReader::part() const {
  if (phase_ == Phase::sized_body) return std::string_view(body_).substr(0, body_size_);
  return phase_ == Phase::chunked_body ? std::string_view(body_) : last_part_;
}

void RequestReader::drop_part() {
  last_part_ = {};
  body_size_ = 0;
  if (phase_ == Phase::chunked_body) body_.clear();
}

std::span<char> RequestReader::prepare() {
  if (phase_ == Phase::sized_body) return prepare_sized();
  if (buffer_.size() - end_ < read_bytes_min) make_room(read_bytes_min);
  return std::span(buffer_).subspan(end_);
}

// Memory follows what has come, not what was announced. Exactly the body is read, so no byte of the next
// request can land in it.
std::span<char> RequestReader::prepare_sized() {
  const auto left = static_cast<std::size_t>(framing_.content_length) - body_received_;
  if (body_.size() == body_size_)
    body_.resize(body_size_ + std::min(left, std::max(body_size_, body_read_bytes)));
  return std::span(body_).subspan(body_size_, std::min(left, body_.size() - body_size_));
}

void RequestReader::commit(std::size_t count) {
  if (phase_ == Phase::sized_body) {
    body_size_ += count;
    body_received_ += count;
  } else {
    end_ += count;
  }
}

// Moves the unread bytes to the front, into a larger buffer when they fill this one. The scanner bounds their
// number, so the buffer's size is bounded too.
void RequestReader::make_room(std::size_t bytes_min) {
  const std::size_t unread = end_ - begin_;
  if (buffer_.size() - unread < bytes_min) {
    std::vector<char> larger(std::max({buffer_bytes_initial, buffer_.size() * 2, unread + bytes_min}));
    std::ranges::copy(bytes(), larger.begin());
    buffer_.swap(larger);
  } else if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, unread);
  }
  begin_ = 0;
  end_ = unread;
  if (phase_ != Phase::chunked_body) return;
  // The head has moved under the request's views; parsing it again is the simplest way to be right.
  const auto refusal =
      parse_head(bytes().substr(scanner_.begin(), head_end_ - scanner_.begin()), request_, framing_);
  XZEPR_ASSERT(!refusal);
}

void RequestReader::next() {
  XZEPR_ASSERT(phase_ == Phase::complete);
  begin_ += body_end_;
  scanner_ = HeadScanner{};
  phase_ = Phase::head;
  request_.method = Method::other;
  if (begin_ != end_) return;
  begin_ = 0;
  end_ = 0;
  if (buffer_.size() > buffer_bytes_kept) buffer_ = {};
  if (body_.capacity() > body_bytes_kept) body_ = {};
}

}  // namespace xzepr::http
