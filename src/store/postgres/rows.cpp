#include "store/postgres/rows.hpp"

#include <cstring>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/error.hpp"

namespace xzepr::store::postgres {
namespace {

[[noreturn]] void bad_value(int column, std::size_t bytes) {
  throw Fault(Fault::Kind::corrupt,
              fmt::format("PostgreSQL sent {} bytes for column {}: not the schema of xzepr", bytes, column));
}

template <class T>
T read_big_endian(const char* at) {
  std::make_unsigned_t<T> value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    if constexpr (sizeof(T) > 1) value = static_cast<std::make_unsigned_t<T>>(value << 8U);
    value = static_cast<std::make_unsigned_t<T>>(value | static_cast<std::uint8_t>(at[i]));
  }
  return static_cast<T>(value);
}

Uuid read_uuid(const char* at) {
  Uuid value;
  std::memcpy(value.data(), at, value.size());
  return value;
}

}  // namespace

void ResultDeleter::operator()(pg_result* result) const noexcept { PQclear(result); }

Rows::Rows(ResultHandle result) : result_(std::move(result)), size_(PQntuples(result_.get())) {}

bool Rows::is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) == 1; }

std::string_view Rows::bytes(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

Uuid Rows::uuid(int row, int column) const {
  const auto value = bytes(row, column);
  if (value.size() != sizeof(Uuid)) bad_value(column, value.size());
  return read_uuid(value.data());
}

std::int64_t Rows::int8(int row, int column) const {
  const auto value = bytes(row, column);
  if (value.size() != 8) bad_value(column, value.size());
  return read_big_endian<std::int64_t>(value.data());
}

std::int16_t Rows::int2(int row, int column) const {
  const auto value = bytes(row, column);
  if (value.size() != 2) bad_value(column, value.size());
  return read_big_endian<std::int16_t>(value.data());
}

bool Rows::boolean(int row, int column) const {
  const auto value = bytes(row, column);
  if (value.size() != 1) bad_value(column, value.size());
  return value.front() != '\0';
}

std::optional<TimePoint> Rows::optional_time(int row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return time(row, column);
}

std::vector<Uuid> Rows::uuid_array(int row, int column) const {
  std::vector<Uuid> items;
  if (is_null(row, column)) return items;
  // dimensions, flags, element type; then, unless empty: size, first index, and each element after its length
  const auto value = bytes(row, column);
  constexpr std::size_t head_empty = 12, head_full = 20, element = 4 + sizeof(Uuid);
  if (value.size() == head_empty) return items;
  if (value.size() < head_full || (value.size() - head_full) % element != 0) bad_value(column, value.size());
  for (std::size_t at = head_full; at < value.size(); at += element)
    items.push_back(read_uuid(value.data() + at + 4));
  return items;
}

}  // namespace xzepr::store::postgres
