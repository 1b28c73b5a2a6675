#include "api/pages.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"
#include "crypto/digest.hpp"

namespace xzepr::api {
namespace {

constexpr std::size_t etag_bytes = 12;

std::string etag_of(std::string_view body) {
  const auto digest = crypto::sha256(body);
  return fmt::format("\"{}\"", crypto::to_hex(std::span(digest).first(etag_bytes)));
}

}  // namespace

void Pages::add(std::string path, std::string_view content_type, std::string body) {
  auto etag = etag_of(body);
  const auto [at, is_new] = pages_.try_emplace(
      std::move(path), Page{.content_type = content_type, .body = std::move(body), .etag = std::move(etag)});
  XZEPR_ASSERT(is_new);
}

const Page* Pages::find(std::string_view path) const {
  const auto found = pages_.find(path);
  return found == pages_.end() ? nullptr : &found->second;
}

}  // namespace xzepr::api
