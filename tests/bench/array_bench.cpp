// Events per second into PostgreSQL by array inserts alone: what a batch is measured against. Each client
// holds a connection and repeats one statement of ROWS rows, a transaction of its own, into the events table
// with all its indexes; no artifact, gate or journal is written, nothing is checked. Prints one line that
// begins with the figure.
//   array_bench URL RECEIVER_ID CLIENTS ROWS SECONDS
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace {

using SteadyClock = std::chrono::steady_clock;
using Handle = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr const char* insert_sql = R"(
INSERT INTO events (id, event_receiver_id, name, version, release, platform_id, package, description, payload, success,
                    event_start, event_end, created_at, updated_at, artifact_id, created_by, receiver_version)
SELECT id, $1, name, version, release, platform_id, package, description, payload, success, event_start, event_end,
       event_start, event_start, artifact_id, $1, 1
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[],
            $10::bool[], $11::timestamptz[], $12::timestamptz[], $13::uuid[])
  AS row (id, name, version, release, platform_id, package, description, payload, success, event_start, event_end,
          artifact_id))";

void fail(PGconn* connection) {
  fmt::print(stderr, "array_bench: {}", PQerrorMessage(connection));
  std::exit(1);
}

Handle connect(const char* url) {
  Handle connection(PQconnectdb(url), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) fail(connection.get());
  const Answer prepared(PQprepare(connection.get(), "insert", insert_sql, 0, nullptr), &PQclear);
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) fail(connection.get());
  return connection;
}

template <class Make>
std::string array_of(std::size_t rows, Make make) {
  std::string out = "{";
  for (std::size_t row = 0; row < rows; ++row) out += (row == 0 ? "" : ",") + std::string(make());
  return out + "}";
}

class Client {
 public:
  Client(const char* url, std::string receiver, std::size_t rows, unsigned seed)
      : connection_(connect(url)), receiver_(std::move(receiver)), rows_(rows), random_(seed) {
    for (const auto* text :
         {"bench-app", "1", "linux/amd64", "docker", "\"built and scanned\"",
          R"("{\"critical_count\": 0, \"scanner\": \"grype 0.74\", \"passed\": true}")", "t", "now"})
      constant_.push_back(array_of(rows, [text] { return text; }));
  }

  void insert() {
    const auto uuid = [this] { return fmt::format("{:016x}{:016x}", random_(), random_()); };
    const auto ids = array_of(rows_, uuid);
    const auto artifacts = array_of(rows_, uuid);
    const auto versions = array_of(rows_, [this] { return fmt::format("{}", random_()); });
    const std::array parameters = {receiver_.c_str(),    ids.c_str(),          constant_[0].c_str(),
                                   versions.c_str(),     constant_[1].c_str(), constant_[2].c_str(),
                                   constant_[3].c_str(), constant_[4].c_str(), constant_[5].c_str(),
                                   constant_[6].c_str(), constant_[7].c_str(), constant_[7].c_str(),
                                   artifacts.c_str()};
    const Answer answer(PQexecPrepared(connection_.get(), "insert", static_cast<int>(parameters.size()),
                                       parameters.data(), nullptr, nullptr, 0),
                        &PQclear);
    if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) fail(connection_.get());
  }

 private:
  Handle connection_;
  std::string receiver_;
  std::size_t rows_;
  std::mt19937_64 random_;
  std::vector<std::string> constant_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    fmt::print(stderr, "usage: {} URL RECEIVER_ID CLIENTS ROWS SECONDS\n", argv[0]);
    return 2;
  }
  const auto clients = std::strtoul(argv[3], nullptr, 10);
  const auto rows = std::strtoul(argv[4], nullptr, 10);
  const std::chrono::seconds duration{std::strtoul(argv[5], nullptr, 10)};
  std::atomic<std::uint64_t> stored = 0;
  std::random_device seed;
  const auto begun = SteadyClock::now();
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < clients; ++i) {
      threads.emplace_back([&, client = std::make_unique<Client>(argv[1], argv[2], rows, seed())] {
        while (SteadyClock::now() - begun < duration) {
          client->insert();
          stored += rows;
        }
      });
    }
  }
  const std::chrono::duration<double> took = SteadyClock::now() - begun;
  fmt::print("{:.0f} events/s, {} clients, {} rows a statement\n", static_cast<double>(stored) / took.count(),
             clients, rows);
}
