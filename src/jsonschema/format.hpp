// The values of the keyword "format" that can be asserted, each one pass over the text. Pure: any thread.
#pragma once

#include <string_view>

namespace xzepr::jsonschema {

[[nodiscard]] bool is_date(std::string_view text);  ///< RFC 3339 full-date
[[nodiscard]] bool is_time(
    std::string_view text);  ///< RFC 3339 full-time; a leap second at 23:59:60 UTC only
[[nodiscard]] bool is_date_time(std::string_view text);  ///< RFC 3339 date-time
[[nodiscard]] bool is_duration(std::string_view text);   ///< RFC 3339 appendix A
/// RFC 5321 mailbox: dot-atom or quoted local part; a domain of labels, or an address in brackets.
[[nodiscard]] bool is_email(std::string_view text);
[[nodiscard]] bool is_hostname(
    std::string_view text);                         ///< RFC 1123: labels of letters, digits, inner hyphens
[[nodiscard]] bool is_ipv4(std::string_view text);  ///< RFC 2673 dotted quad, no leading zeros
[[nodiscard]] bool is_ipv6(std::string_view text);  ///< RFC 4291 section 2.2, no zone
/// RFC 3986 with a scheme: only characters that may stand there, percent-encoding complete, at most one
/// fragment.
[[nodiscard]] bool is_uri(std::string_view text);
[[nodiscard]] bool is_uri_reference(std::string_view text);  ///< RFC 3986 section 4.1
[[nodiscard]] bool is_uuid(std::string_view text);           ///< RFC 4122, any version
[[nodiscard]] bool is_json_pointer(std::string_view text);   ///< RFC 6901
[[nodiscard]] bool is_regex(std::string_view text);          ///< ECMA-262, look-around included

struct Format {
  std::string_view name;
  bool (*matches)(std::string_view);
};

/// Null for a format that is an annotation only ("idn-email", "iri", one's own, ...).
[[nodiscard]] const Format* find_format(std::string_view name);

}  // namespace xzepr::jsonschema
