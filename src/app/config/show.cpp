#include "app/config/show.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "json/write.hpp"

namespace xzepr::app {

namespace {

constexpr std::string_view mask = "***";

std::string written(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value))
    return fmt::format("{}", fmt::join(*list, ","));
  json::Object object;
  for (const auto& [path, rpm] : std::get<std::map<std::string, std::int64_t>>(value)) object[path] = rpm;
  return json::write(object);
}

std::string mask_query(std::string_view query) {
  constexpr std::array secrets = {std::string_view("password"), std::string_view("sslpassword"),
                                  std::string_view("passfile")};
  std::string out;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    const auto equals = parameter.find('=');
    const auto name = parameter.substr(0, equals);
    // The driver decodes names too: nobody escapes an honest one.
    const bool is_secret =
        equals != parameter.npos && (name.contains('%') || std::ranges::find(secrets, name) != secrets.end());
    if (!out.empty()) out += '&';
    out += is_secret ? fmt::format("{}={}", name, mask) : std::string(parameter);
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return out;
}

constexpr std::string_view reference_head =
    "# Configuration\n"
    "\n"
    "<!-- Written by `xzepr config reference`; a test compares. Change src/app/config/key_table.cpp instead. "
    "-->\n"
    "\n"
    "One YAML file (`--config FILE`), then variables, then flags; the later wins. Inside the file `${VAR}` "
    "is replaced by\n"
    "the variable's value, and `$${` stands for a literal `${`. The variable of a key is `XZEPR__` and its "
    "name in capitals, with `__`\n"
    "for each dot: `server.port` is `XZEPR__SERVER__PORT`. In a variable a list is separated by commas and a "
    "map is JSON.\n"
    "\n"
    "An unknown key, an unknown `XZEPR__` variable, a wrong type, a key given twice or a `${VAR}` that is "
    "not set stops the\n"
    "start, naming file, line and key. Anchors, aliases, tags and further documents are refused. `xzepr "
    "config check` reads a\n"
    "configuration and says what is wrong; `xzepr config show` prints the effective values and where each "
    "came from.\n"
    "\n"
    "Keys marked *not yet* are accepted and checked; setting one logs a warning, because its feature is not "
    "part of this\n"
    "version.\n";

std::string reference_row(const Key& key) {
  const Setting standard = {&key, std::string(key.name), key.standard, "", true};
  std::string text = key.type == KeyType::open ? std::string() : written(standard.value);
  std::string shown = text.empty() ? std::string() : fmt::format("`{}`", text);
  if (key.development) {
    const std::string dev = written(*key.development);
    shown += fmt::format(" (`--dev`: {})", dev.empty() ? "none" : fmt::format("`{}`", dev));
  }
  return fmt::format("| `{}` | {} | {} | {}{} |\n", key.name, describe_type(key), shown,
                     key.not_built.empty() ? "" : "*Not yet.* ", key.meaning);
}

}  // namespace

std::string mask_url(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return std::string(url);
  const auto question = std::min(url.find('?', scheme), url.size());
  // For the driver credentials end at an '@' before any '/', and may hold a '?'; what was meant is unknown.
  const auto sign = url.find_first_of("@/", scheme + 3);
  if (sign != url.npos && url[sign] == '@' && question < sign)
    return fmt::format("{}://{}", url.substr(0, scheme), mask);
  const std::string_view base = url.substr(0, question);
  // A password may hold '/' or '@' unescaped when somebody was careless: the last '@' ends it.
  const auto at = base.rfind('@');
  std::string out;
  if (at == base.npos || at < scheme + 3) {
    out = base;
  } else {
    const std::string_view user_part = base.substr(scheme + 3, at - scheme - 3);
    const auto colon = user_part.find(':');
    out = base.substr(0, scheme + 3);
    out += user_part.substr(0, colon);
    if (colon != user_part.npos) out += fmt::format(":{}", mask);
    out += base.substr(at);
  }
  if (question < url.size()) out += fmt::format("?{}", mask_query(url.substr(question + 1)));
  return out;
}

std::string shown_value(const Setting& setting) {
  std::string text = written(setting.value);
  switch (setting.key->secrecy) {
    case Secrecy::open: return text;
    case Secrecy::url_with_password: return mask_url(text);
    case Secrecy::secret: return text.empty() ? text : std::string(mask);
  }
  std::unreachable();
}

std::string render_reference() {
  std::string out(reference_head);
  std::string_view section;
  for (const Key& key : key_table()) {
    const std::string_view own = key.name.substr(0, key.name.find('.'));
    if (own != section) {
      section = own;
      out +=
          fmt::format("\n## {}\n\n| key | type | default | meaning |\n| --- | --- | --- | --- |\n", section);
    }
    out += reference_row(key);
  }
  return out;
}

}  // namespace xzepr::app
