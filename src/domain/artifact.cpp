#include "domain/artifact.hpp"

#include <algorithm>
#include <array>

#include "crypto/digest.hpp"

namespace xzepr::domain {
namespace {

void append_prefixed(std::string& out, std::string_view field) {
  const auto size = static_cast<std::uint32_t>(field.size());
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>((size >> shift) & 0xFF);
  out += field;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::unexpected<Error> artifact_invalid(std::string detail) {
  return std::unexpected(Error{.kind = Errc::invalid,
                               .code = "artifact_invalid",
                               .detail = std::move(detail),
                               .hint = "write name@version[+release][/platform_id][/package], with @ + / % "
                                       "inside a field as %40 %2B %2F %25, or the artifact's id",
                               .field = "artifact"});
}

Result<std::string> decode_field(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    if (low < 0) return artifact_invalid("a '%' in an artifact must be followed by two hex digits");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

bool separates(char c) { return c == '%' || c == '@' || c == '+' || c == '/'; }

void append_encoded(std::string& out, std::string_view field) {
  while (!field.empty()) {
    const auto plain = static_cast<std::size_t>(std::ranges::find_if(field, separates) - field.begin());
    out += field.substr(0, plain);
    field.remove_prefix(plain);
    if (field.empty()) break;
    switch (field.front()) {
      case '%': out += "%25"; break;
      case '@': out += "%40"; break;
      case '+': out += "%2B"; break;
      default: out += "%2F";
    }
    field.remove_prefix(1);
  }
}

// Cuts `text` at the first `separator`; the tail is nullopt when there is none.
std::optional<std::string_view> cut(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const auto tail = text.substr(at + 1);
  text = text.substr(0, at);
  return tail;
}

// Decodes `text` into `field` when it says something.
Result<void> set_field(std::optional<std::string>& field, std::optional<std::string_view> text) {
  if (!text || text->empty()) return {};
  auto decoded = decode_field(*text);
  if (!decoded) return std::unexpected(std::move(decoded).error());
  field = *std::move(decoded);
  return {};
}

}  // namespace

ArtifactId artifact_id(const Artifact& artifact) {
  std::string bytes;
  bytes.reserve(20 + artifact.name.size() + artifact.version.size() + artifact.release.size() +
                artifact.platform_id.size() + artifact.package.size());
  for (const auto* field :
       {&artifact.name, &artifact.version, &artifact.release, &artifact.platform_id, &artifact.package})
    append_prefixed(bytes, *field);
  const auto digest = crypto::sha256(bytes);
  ArtifactId id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

std::string to_string(const ArtifactId& id) { return crypto::to_hex(id.bytes); }

std::optional<ArtifactId> parse_artifact_id(std::string_view text) {
  ArtifactId id;
  if (text.size() != 2 * id.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return std::nullopt;
    id.bytes[i / 2] = static_cast<std::uint8_t>((id.bytes[i / 2] << 4) | digit);
  }
  return id;
}

std::optional<ArtifactId> ArtifactPattern::exact() const {
  if (id) return id;
  if (!name || !version || !release || !platform_id || !package) return std::nullopt;
  return artifact_id({.name = *name,
                      .version = *version,
                      .release = *release,
                      .platform_id = *platform_id,
                      .package = *package});
}

Result<ArtifactPattern> parse_artifact_pattern(std::string_view text) {
  ArtifactPattern pattern;
  if (text.empty()) return artifact_invalid("the artifact is empty");
  pattern.id = parse_artifact_id(text);
  if (pattern.id) return pattern;

  auto place = cut(text, '/');
  std::optional<std::string_view> package;
  if (place) package = cut(*place, '/');
  if (package && package->find('/') != std::string_view::npos)
    return artifact_invalid("an artifact has at most two '/'");
  auto version = cut(text, '@');
  std::optional<std::string_view> release;
  if (version) release = cut(*version, '+');
  if (version && (version->find('@') != std::string_view::npos ||
                  (release && release->find_first_of("@+") != std::string_view::npos))) {
    return artifact_invalid("an artifact has at most one '@' and one '+'");
  }
  if (!version && text.find('+') != std::string_view::npos)
    return artifact_invalid("a release ('+') needs a version ('@') before it");

  const std::pair<std::optional<std::string>*, std::optional<std::string_view>> fields[] = {
      {&pattern.name, text},
      {&pattern.version, version},
      {&pattern.release, release},
      {&pattern.platform_id, place},
      {&pattern.package, package}};
  for (const auto& [field, value] : fields) {
    if (auto set = set_field(*field, value); !set) return std::unexpected(std::move(set).error());
  }
  if (!pattern.name) return artifact_invalid("an artifact begins with a name");
  return pattern;
}

std::string to_text(const Artifact& artifact) {
  std::string out;
  out.reserve(artifact.name.size() + artifact.version.size() + artifact.release.size() +
              artifact.platform_id.size() + artifact.package.size() + 16);
  append_encoded(out, artifact.name);
  out += '@';
  append_encoded(out, artifact.version);
  out += '+';
  append_encoded(out, artifact.release);
  out += '/';
  append_encoded(out, artifact.platform_id);
  out += '/';
  append_encoded(out, artifact.package);
  return out;
}

}  // namespace xzepr::domain
