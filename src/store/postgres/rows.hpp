// The rows that a statement gave, in binary format. Owns libpq's result; values are copied out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/postgres/params.hpp"

struct pg_result;

namespace xzepr::store::postgres {

struct ResultDeleter {
  void operator()(pg_result* result) const noexcept;
};
using ResultHandle = std::unique_ptr<pg_result, ResultDeleter>;

/// A value of another size than its type's means that the database is not ours: Fault corrupt.
class Rows {
 public:
  Rows() = default;
  explicit Rows(ResultHandle result);

  [[nodiscard]] int size() const { return size_; }
  [[nodiscard]] bool is_empty() const { return size_ == 0; }

  [[nodiscard]] bool is_null(int row, int column) const;
  /// Valid as long as this.
  [[nodiscard]] std::string_view bytes(int row, int column) const;
  [[nodiscard]] std::string text(int row, int column) const { return std::string(bytes(row, column)); }
  [[nodiscard]] Uuid uuid(int row, int column) const;
  [[nodiscard]] std::int64_t int8(int row, int column) const;
  [[nodiscard]] std::int16_t int2(int row, int column) const;
  [[nodiscard]] bool boolean(int row, int column) const;
  [[nodiscard]] TimePoint time(int row, int column) const { return from_wire(int8(row, column)); }
  [[nodiscard]] std::optional<TimePoint> optional_time(int row, int column) const;
  [[nodiscard]] std::vector<Uuid> uuid_array(int row, int column) const;

  template <class IdType>
  [[nodiscard]] IdType id(int row, int column) const {
    return IdType{Ulid{uuid(row, column)}};
  }
  template <class IdType>
  [[nodiscard]] std::optional<IdType> optional_id(int row, int column) const {
    if (is_null(row, column)) return std::nullopt;
    return id<IdType>(row, column);
  }
  [[nodiscard]] domain::ArtifactId artifact_id(int row, int column) const { return {uuid(row, column)}; }

 private:
  ResultHandle result_;
  int size_ = 0;
};

}  // namespace xzepr::store::postgres
