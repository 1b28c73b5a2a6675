#include "cli/import_lines.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "json/parse.hpp"

namespace xzepr::cli {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

std::optional<char> LineReader::next_byte() {
  if (begin_ == end_) {
    begin_ = 0;
    end_ = read_(block_.data(), block_.size());
    bytes_read_ += end_;
    if (end_ == 0) return std::nullopt;
  }
  return block_[begin_++];
}

std::optional<ImportLine> LineReader::next_raw() {
  ImportLine line{.number = ++number_};
  bool has_any = false;
  while (const auto byte = next_byte()) {
    has_any = true;
    if (*byte == '\n') return line;
    if (line.text.size() < line_bytes_max_) {
      line.text += *byte;
    } else {
      line.is_too_long = true;
    }
  }
  if (has_any) return line;
  return std::nullopt;
}

std::optional<ImportLine> LineReader::next() {
  while (auto line = next_raw()) {
    if (line->is_too_long) {
      line->text.clear();
      return line;
    }
    line->text = std::string(trimmed(line->text));
    if (!line->text.empty()) return line;
  }
  return std::nullopt;
}

std::string ImportKeys::next(std::string_view line) {
  const crypto::Sha256 digest = crypto::sha256(line);
  // Half of the digest tells lines apart; the key carries all of it.
  std::array<std::uint8_t, 16> half{};
  std::copy_n(digest.begin(), half.size(), half.begin());
  return fmt::format("import-{}-{}", crypto::to_hex(digest), ++seen_[half]);
}

std::expected<std::string, client::Failure> with_key(std::string_view line, std::string_view key) {
  const auto parsed = json::parse(line);
  if (!parsed) {
    client::Failure failure = client::failure_of(parsed.error());
    failure.detail = fmt::format("no JSON: {}", failure.detail);
    return std::unexpected(std::move(failure));
  }
  if (!parsed->is_object())
    return std::unexpected(
        client::Failure{.status = 400, .code = "request_invalid", .detail = "no JSON object"});
  if (parsed->get_object().contains("idempotency_key")) return std::string(line);
  // Spliced, not written anew: numbers keep their spelling.
  std::string text = fmt::format("{{\"idempotency_key\":\"{}\"", key);
  if (!parsed->get_object().empty()) text += ',';
  return text + std::string(line.substr(1));
}

}  // namespace xzepr::cli
