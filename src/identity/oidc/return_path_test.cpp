#include "identity/oidc/return_path.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace xzepr::identity::oidc {
namespace {

using namespace std::string_literals;

// The spellings behind CVE-2019-14857, CVE-2021-32786 and CVE-2022-23527 (mod_auth_openidc), CVE-2023-6927
// and CVE-2024-1132 (Keycloak), and what browsers forgive.
const std::vector<std::string> payloads = {"",
                                           "evil.com",
                                           "//evil",
                                           "///evil.com",
                                           "////evil.com",
                                           "\\/evil",
                                           "\\\\evil.com",
                                           "/\\evil.com",
                                           "/\\/evil.com",
                                           "\\evil",
                                           "https:evil",
                                           "https:/evil.com",
                                           "https://evil.com",
                                           "http://evil.com/",
                                           "HTTPS://evil.com",
                                           "javascript:alert(1)",
                                           "data:text/html,x",
                                           "ftp://evil.com",
                                           "@evil.com",
                                           "user@evil.com/",
                                           "//user@evil.com",
                                           "/\t//evil",
                                           "/\t/evil.com",
                                           "\t//evil.com",
                                           " //evil.com",
                                           " /a",
                                           "/\n/evil.com",
                                           "/\r\nLocation: https://evil.com",
                                           "/a\r\nSet-Cookie: a=b",
                                           "/%2fevil.com",
                                           "/%2F%2Fevil.com",
                                           "%2f%2fevil.com",
                                           "/%5cevil.com",
                                           "/%5C/evil.com",
                                           "/..;/evil",
                                           "/a/..;/b",
                                           "/a/../b",
                                           "/./a",
                                           "/..",
                                           "/.",
                                           "/%2e%2e/evil",
                                           "/%2e/a",
                                           "/a//evil.com",
                                           "/%09/evil.com",
                                           "/%0d%0aSet-Cookie:a=b",
                                           "/%00",
                                           "/a\0b"s,
                                           "/%",
                                           "/%2",
                                           "/%zz",
                                           "/%252f/evil.com",
                                           "/;/evil.com",
                                           "/\xE2\x80\xA8/evil.com",
                                           "/\xEF\xBC\x8F"
                                           "evil.com",
                                           "\xEF\xBB\xBF//evil.com",
                                           ".evil.com",
                                           ":80",
                                           "?a",
                                           "#a",
                                           "/api",
                                           "/api/v1/auth/oidc/login",
                                           "/<script>",
                                           "/\"",
                                           "/a b",
                                           "/[x]",
                                           "/{x}",
                                           "/|",
                                           "/^",
                                           "/`"};

}  // namespace

TEST(ReturnPath, C15TakesPathsOfThisOrigin) {
  for (const auto* path : {"/", "/console", "/console/", "/console/groups/gate@1.0", "/a?next=%2F%2Fevil.com",
                           "/a?b=c&d=e#part", "/a%20b", "/x.y/..z", "/apiary"}) {
    EXPECT_TRUE(is_return_path(path)) << path;
  }
}

TEST(ReturnPath, C15RefusesEverythingElse) {
  EXPECT_GE(payloads.size(), 40U);
  for (const auto& payload : payloads) EXPECT_FALSE(is_return_path(payload)) << payload;
  EXPECT_TRUE(is_return_path("/" + std::string(2'047, 'a')));
  EXPECT_FALSE(is_return_path("/" + std::string(2'048, 'a')));
}

}  // namespace xzepr::identity::oidc
