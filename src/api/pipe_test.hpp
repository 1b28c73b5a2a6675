// For tests: what a log wrote, read back whole.
#pragma once

#include <array>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

namespace xzepr::api {

// What the log wrote, read after the Log has ended.
class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_.data()) != 0) throw std::runtime_error("pipe");
  }
  ~Pipe() {
    ::close(ends_[0]);
    if (ends_[1] >= 0) ::close(ends_[1]);
  }
  [[nodiscard]] int in() const { return ends_[1]; }
  std::string read_all() {
    ::close(std::exchange(ends_[1], -1));
    std::string text;
    std::array<char, 4096> chunk{};
    for (ssize_t got = 0; (got = ::read(ends_[0], chunk.data(), chunk.size())) > 0;)
      text.append(chunk.data(), static_cast<std::size_t>(got));
    return text;
  }

 private:
  std::array<int, 2> ends_{};
};

}  // namespace xzepr::api
