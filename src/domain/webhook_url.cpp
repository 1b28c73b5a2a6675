#include "domain/webhook_url.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/grammar.hpp"
#include "base/limits.hpp"

namespace xzepr::domain {
namespace {

constexpr std::size_t name_length_max = 253;
constexpr std::size_t label_length_max = 63;

// The WHATWG fetch standard's "bad ports": what listens there takes the lines of a request for its own
// commands.
constexpr std::array<std::uint16_t, 83> other_protocols = {
    0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,   37,   42,   43,
    53,   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,  110,  111,  113,  115,  117,  119,
    123,  135,  137,  139,  143,  161,  179,  389,  427,  465,  512,  513,  514,  515,  526,  530,  531,
    532,  540,  548,  554,  556,  563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049,
    3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};

using WebhookFault = std::unexpected<std::string>;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// pchar, "/" and "?" of RFC 3986 3.3 and 3.4, escapes whole.
bool is_path_and_query(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !grammar::is(text[i + 1], grammar::hexadecimal) ||
          !grammar::is(text[i + 2], grammar::hexadecimal))
        return false;
      i += 2;
    } else if (!is_alphanumeric(text[i]) &&
               std::string_view("-._~!$&'()*+,;=:@/?").find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= label_length_max && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > name_length_max) return false;
  for (std::size_t start = 0; start <= name.size();) {
    const auto end = std::min(name.find('.', start), name.size());
    if (!is_label(name.substr(start, end - start))) return false;
    start = end + 1;
  }
  return true;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), grammar::to_lower);
  return out;
}

bool is_localhost(std::string_view name) { return name == "localhost" || name.ends_with(".localhost"); }

struct Authority {
  std::string_view host;  // brackets and all
  std::string_view port;  // ":443", or nothing
};

Authority split_authority(std::string_view authority) {
  const auto colon =
      authority.starts_with('[') ? authority.find(':', authority.find(']')) : authority.find(':');
  if (colon == std::string_view::npos) return {.host = authority, .port = {}};
  return {.host = authority.substr(0, colon), .port = authority.substr(colon)};
}

std::expected<std::uint16_t, std::string> read_port(std::string_view text, const WebhookUrl& url,
                                                    const WebhookUrlRules& rules) {
  std::uint16_t port = url.scheme == "https" ? 443 : 80;
  if (!text.empty()) {
    const char* const end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data() + 1, end, port);
    if (failed != std::errc{} || stop != end || text[1] == '0')
      return WebhookFault("the port must be a number from 1 to 65535");
  }
  if (std::ranges::binary_search(other_protocols, port))
    return WebhookFault(fmt::format("port {} is for another protocol than HTTP", port));
  if (!rules.ports.empty() && std::ranges::find(rules.ports, port) == rules.ports.end())
    return WebhookFault(
        fmt::format("port {} is not allowed here, only {}", port, fmt::join(rules.ports, ", ")));
  return port;
}

std::expected<void, std::string> read_address(WebhookUrl& url, const WebhookUrlRules& rules) {
  if (may_dial(*url.address, rules)) return {};
  return WebhookFault(fmt::format("{} is no public address ({})", url.host, special_purpose(*url.address)));
}

std::expected<void, std::string> read_host(std::string_view text, WebhookUrl& url,
                                           const WebhookUrlRules& rules) {
  if (text.starts_with('[')) {
    if (text.size() > 2 && text.ends_with(']') && text.find(':') != std::string_view::npos)
      url.address = parse_ip_address(text.substr(1, text.size() - 2));
    if (!url.address) return WebhookFault("what is in brackets must be an IPv6 address without a zone");
    url.host = lower_case(text.substr(1, text.size() - 2));
    return read_address(url, rules);
  }
  url.host = lower_case(text.ends_with('.') ? text.substr(0, text.size() - 1) : text);
  if (looks_like_ipv4(url.host)) {
    url.address = parse_ip_address(text);
    if (!url.address) return WebhookFault("an IPv4 address must be written as four decimal numbers");
    return read_address(url, rules);
  }
  if (!is_dns_name(url.host)) return WebhookFault("the host must be a DNS name or an IP address");
  if (is_localhost(url.host) && !may_dial(*parse_ip_address("127.0.0.1"), rules))
    return WebhookFault("the host must not be this machine itself");
  return {};
}

std::expected<WebhookUrl, std::string> read_scheme(std::string_view text, const WebhookUrlRules& rules) {
  const auto colon = text.find("://");
  WebhookUrl url;
  if (colon != std::string_view::npos) url.scheme = lower_case(text.substr(0, colon));
  if (url.scheme != "https" && !(rules.allow_http && url.scheme == "http")) {
    return WebhookFault(rules.allow_http ? "must begin with https:// or http://"
                                         : "must begin with https://");
  }
  url.text = text;
  return url;
}

}  // namespace

std::expected<WebhookUrl, std::string> check_webhook_url(std::string_view text,
                                                         const WebhookUrlRules& rules) {
  if (text.size() > limits::webhook_url_length_max)
    return WebhookFault(fmt::format("must not be longer than {} characters", limits::webhook_url_length_max));
  if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != '\\'; }))
    return WebhookFault("must be ASCII without spaces, control characters and backslashes");
  auto url = read_scheme(text, rules);
  if (!url) return url;
  const auto rest = text.substr(url->scheme.size() + 3);
  if (rest.find('#') != std::string_view::npos) return WebhookFault("must not have a fragment");
  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  if (rest.substr(0, end).find('@') != std::string_view::npos)
    return WebhookFault("must not hold a user or a password");
  if (!is_path_and_query(rest.substr(end)))
    return WebhookFault("a character of the path or the query must be percent-encoded");
  const auto authority = split_authority(rest.substr(0, end));
  const auto port = read_port(authority.port, *url, rules);
  if (!port) return WebhookFault(port.error());
  url->port = *port;
  if (const auto host = read_host(authority.host, *url, rules); !host) return WebhookFault(host.error());
  return url;
}

bool may_dial(const IpAddress& address, const WebhookUrlRules& rules) {
  return is_public(address) || std::ranges::any_of(rules.private_networks, [&](const IpNetwork& network) {
           return network.contains(address);
         });
}

}  // namespace xzepr::domain
