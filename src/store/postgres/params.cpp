#include "store/postgres/params.hpp"

#include <bit>
#include <cstring>

#include "base/assert.hpp"

namespace xzepr::store::postgres {
namespace {

constexpr std::int64_t microseconds_to_2000 = 946'684'800'000'000;

template <class T>
void put_big_endian(std::string& out, T value) {
  using Bits = std::make_unsigned_t<T>;
  auto bits = static_cast<Bits>(value);
  std::array<char, sizeof(T)> bytes;
  for (std::size_t at = sizeof(T); at-- > 0;) {
    bytes[at] = static_cast<char>(bits & 0xffU);
    if constexpr (sizeof(T) > 1) bits = static_cast<Bits>(bits >> 8U);
  }
  out.append(bytes.data(), bytes.size());
}

std::string_view view_of(const Uuid& value) {
  return {reinterpret_cast<const char*>(value.data()), value.size()};
}

}  // namespace

std::int64_t to_wire(TimePoint time) { return time.time_since_epoch().count() - microseconds_to_2000; }

TimePoint from_wire(std::int64_t microseconds) {
  return TimePoint{std::chrono::microseconds{microseconds + microseconds_to_2000}};
}

ArrayParam::ArrayParam(TypeOid element, std::size_t count, std::size_t bytes_expected) : left_(count) {
  out_.reserve(20 + bytes_expected);
  put_big_endian<std::int32_t>(out_, count == 0 ? 0 : 1);  // dimensions
  put_big_endian<std::int32_t>(out_, 1);                   // may hold nulls
  put_big_endian<std::uint32_t>(out_, static_cast<std::uint32_t>(element));
  if (count == 0) return;
  put_big_endian<std::int32_t>(out_, static_cast<std::int32_t>(count));
  put_big_endian<std::int32_t>(out_, 1);  // the first index
}

void ArrayParam::length(std::size_t bytes) {
  XZEPR_ASSERT(left_ > 0);
  --left_;
  put_big_endian<std::int32_t>(out_, static_cast<std::int32_t>(bytes));
}

void ArrayParam::add(const Uuid& value) {
  length(value.size());
  out_.append(view_of(value));
}

void ArrayParam::add(std::string_view bytes) {
  length(bytes.size());
  out_.append(bytes);
}

void ArrayParam::add(std::int64_t value) {
  length(sizeof value);
  put_big_endian(out_, value);
}

void ArrayParam::add(std::int16_t value) {
  length(sizeof value);
  put_big_endian(out_, value);
}

void ArrayParam::add(bool value) {
  length(1);
  out_.push_back(value ? '\1' : '\0');
}

void ArrayParam::add_jsonb(std::string_view text) {
  length(1 + text.size());
  out_.push_back('\1');  // jsonb's only format version
  out_.append(text);
}

void ArrayParam::add_null() {
  XZEPR_ASSERT(left_ > 0);
  --left_;
  put_big_endian<std::int32_t>(out_, -1);
}

std::string ArrayParam::take() {
  XZEPR_ASSERT(left_ == 0);
  return std::move(out_);
}

Params& Params::text(std::string_view value) {
  slots_.push_back({buffer_.size(), static_cast<int>(value.size())});
  buffer_.append(value);
  return *this;
}

Params& Params::uuid(const Uuid& value) { return text(view_of(value)); }

Params& Params::int8(std::int64_t value) {
  slots_.push_back({buffer_.size(), 8});
  put_big_endian(buffer_, value);
  return *this;
}

Params& Params::boolean(bool value) {
  return text(value ? std::string_view("\1", 1) : std::string_view("\0", 1));
}

Params& Params::null() {
  slots_.push_back({0, -1});
  return *this;
}

std::string Params::next_name() const { return "$" + std::to_string(slots_.size() + 1); }

void Params::render(std::vector<const char*>& values, std::vector<int>& lengths,
                    std::vector<int>& formats) const {
  values.clear();
  lengths.clear();
  formats.assign(slots_.size(), 1);
  for (const auto& slot : slots_) {
    values.push_back(slot.length < 0 ? nullptr : buffer_.data() + slot.offset);
    lengths.push_back(slot.length < 0 ? 0 : slot.length);
  }
}

}  // namespace xzepr::store::postgres
