// Which members or items of one value some schema has looked at: for unevaluatedProperties and
// unevaluatedItems. Private to this module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace xzepr::jsonschema {

class Evaluated {
 public:
  void add(std::size_t index) {
    if (is_all_) return;
    if (index / 64 >= words_.size()) words_.resize(index / 64 + 1);
    words_[index / 64] |= std::uint64_t{1} << (index % 64);
  }
  void add_first(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) add(i);
  }
  void add_all() { is_all_ = true; }
  void add(const Evaluated& other) {
    is_all_ = is_all_ || other.is_all_;
    if (is_all_) return;
    if (words_.size() < other.words_.size()) words_.resize(other.words_.size());
    for (std::size_t i = 0; i < other.words_.size(); ++i) words_[i] |= other.words_[i];
  }
  [[nodiscard]] bool has(std::size_t index) const {
    return is_all_ || (index / 64 < words_.size() && (words_[index / 64] >> (index % 64) & 1U) != 0);
  }
  [[nodiscard]] std::size_t words() const { return words_.size(); }

 private:
  std::vector<std::uint64_t> words_;
  bool is_all_ = false;
};

}  // namespace xzepr::jsonschema
