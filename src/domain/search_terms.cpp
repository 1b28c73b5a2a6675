#include "domain/search_terms.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "base/text.hpp"
#include "json/parse.hpp"
#include "json/pointer.hpp"

namespace xzepr::domain {
namespace {

using Hash = std::uint64_t;

// FNV-1a, and a finaliser (splitmix64) so that sums and chains of hashes keep their bits apart.
Hash hash_of(std::string_view bytes) {
  Hash hash = 0xcbf29ce484222325U;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  return hash;
}
Hash mix(Hash hash) {
  hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111ebU;
  return hash ^ (hash >> 31U);
}
Hash join(Hash first, Hash second) { return mix(first * 3 + second); }

std::string cut(std::string word) {
  if (word.size() <= term_bytes_max) return word;
  std::size_t end = term_bytes_max;
  while ((static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80U) --end;
  word.resize(end);
  return word;
}

// Equal numbers are equal as doubles; that unequal ones may be so too makes a candidate more.
Hash hash_of_number(double value) {
  return join(hash_of("number"), std::bit_cast<Hash>(value == 0 ? 0.0 : value));
}

std::string term_of(std::string_view pointer, Hash value) {
  return fmt::format("_{:016x}", join(hash_of(pointer), value));
}

// The terms of a payload, each value's hash made from those of its parts.
class PayloadTerms {
 public:
  explicit PayloadTerms(std::vector<std::string>* terms) : terms_(terms) {}

  Hash visit(const json::Value& value) {
    const Hash hash = hash_of_value(value);
    add(hash);
    return hash;
  }

 private:
  // What stands deeper is added first: the whole of a large payload is asked for least.
  void add(Hash hash) {
    if (terms_ == nullptr || pointer_.empty() || ++count_ > payload_terms_max + 1) return;
    terms_->push_back(count_ > payload_terms_max ? std::string(term_of_more) : term_of(pointer_, hash));
  }
  template <class Token>
  Hash visit_part(const Token& token, const json::Value& part) {
    const auto size = pointer_.size();
    json::append_token(pointer_, token);
    const Hash hash = visit(part);
    pointer_.resize(size);
    return hash;
  }
  Hash hash_of_value(const json::Value& value) {
    switch (value.kind()) {
      case json::Kind::null: return hash_of("null");
      case json::Kind::bool_: return hash_of(value.get_bool() ? "true" : "false");
      case json::Kind::int64: return hash_of_number(static_cast<double>(value.get_int64()));
      case json::Kind::uint64: return hash_of_number(static_cast<double>(value.get_uint64()));
      case json::Kind::double_: return hash_of_number(value.get_double());
      case json::Kind::string: return join(hash_of("string"), hash_of(json::view(value.get_string())));
      case json::Kind::array: return hash_of_array(value.get_array());
      case json::Kind::object: return hash_of_object(value.get_object());
    }
    std::unreachable();
  }
  Hash hash_of_array(const json::Array& array) {
    Hash hash = hash_of("array");
    std::size_t index = 0;
    for (const auto& item : array) hash = join(hash, visit_part(index++, item));
    return hash;
  }
  Hash hash_of_object(const json::Object& object) {
    Hash sum = hash_of("object");
    for (const auto& member : object) {
      const std::string_view key(member.key().data(), member.key().size());
      sum += join(hash_of(key), visit_part(key, member.value()));
    }
    return sum;
  }

  std::vector<std::string>* terms_;
  std::string pointer_;
  std::size_t count_ = 0;
};

void add_words(std::vector<std::string>& terms, std::string_view text) {
  for (auto& word : search_words(text)) terms.push_back(cut(std::move(word)));
}

}  // namespace

std::vector<std::string> terms_of(const Event& event) {
  std::vector<std::string> terms;
  for (const auto& text :
       {event.artifact.name, event.artifact.version, event.artifact.package, event.description})
    add_words(terms, text);
  const auto payload = json::parse(event.payload, {.big_integers = json::BigIntegers::read_as_double});
  if (payload) (void)PayloadTerms(&terms).visit(*payload);
  std::ranges::sort(terms);
  const auto repeats = std::ranges::unique(terms);
  terms.erase(repeats.begin(), repeats.end());
  return terms;
}

SearchTerms terms_of(const EventSearch& search) {
  SearchTerms terms;
  for (const auto& word : search.words().words()) terms.all.push_back(cut(word));
  if (!terms.all.empty()) {
    terms.prefix = std::move(terms.all.back());
    terms.all.pop_back();
  }
  for (const auto& condition : search.payload())
    terms.payload.push_back(term_of(condition.pointer, PayloadTerms(nullptr).visit(condition.value)));
  return terms;
}

}  // namespace xzepr::domain
