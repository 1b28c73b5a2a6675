#include "store/postgres/blocking.hpp"

#include <libpq-fe.h>

namespace xzepr::store::postgres {
namespace {

ResultHandle checked(ResultHandle result) {
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
    throw fault_of(result.get());
  return result;
}

}  // namespace

Rows execute(pg_conn* connection, const std::string& sql, const Params& params) {
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  params.render(values, lengths, formats);
  constexpr int binary = 1;
  return Rows(
      checked(ResultHandle(PQexecParams(connection, sql.c_str(), static_cast<int>(values.size()), nullptr,
                                        values.data(), lengths.data(), formats.data(), binary))));
}

void execute_script(pg_conn* connection, const std::string& sql) {
  checked(ResultHandle(PQexec(connection, sql.c_str())));
}

std::string ask(pg_conn* connection, const std::string& sql) {
  const auto result = checked(ResultHandle(PQexec(connection, sql.c_str())));
  if (PQntuples(result.get()) == 0) return {};
  return PQgetvalue(result.get(), 0, 0);
}

}  // namespace xzepr::store::postgres
