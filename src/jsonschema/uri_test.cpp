#include "jsonschema/uri.hpp"

#include <gtest/gtest.h>

namespace xzepr::jsonschema {
namespace {

TEST(Uri, ReferencesAreResolvedAsTheRfcShows) {
  const auto resolve = [](std::string_view reference) {
    return resolve_uri("http://a/b/c/d;p?q", reference);
  };
  const std::vector<std::pair<std::string_view, std::string_view>> rows = {{"g:h", "g:h"},
                                                                           {"g", "http://a/b/c/g"},
                                                                           {"./g", "http://a/b/c/g"},
                                                                           {"g/", "http://a/b/c/g/"},
                                                                           {"/g", "http://a/g"},
                                                                           {"//g", "http://g"},
                                                                           {"?y", "http://a/b/c/d;p?y"},
                                                                           {"g?y", "http://a/b/c/g?y"},
                                                                           {"", "http://a/b/c/d;p?q"},
                                                                           {".", "http://a/b/c/"},
                                                                           {"./", "http://a/b/c/"},
                                                                           {"..", "http://a/b/"},
                                                                           {"../g", "http://a/b/g"},
                                                                           {"../..", "http://a/"},
                                                                           {"../../../g", "http://a/g"},
                                                                           {"/./g", "http://a/g"},
                                                                           {"g..", "http://a/b/c/g.."},
                                                                           {"g;x=1/../y", "http://a/b/c/y"},
                                                                           {"./../g", "http://a/b/g"},
                                                                           {"http://x/./y", "http://x/y"}};
  for (const auto& [reference, expected] : rows) EXPECT_EQ(resolve(reference), expected) << reference;
}

TEST(Uri, BasesOfOtherKindsAreKept) {
  EXPECT_EQ(resolve_uri("", "a/b"), "a/b");
  EXPECT_EQ(resolve_uri("urn:uuid:1", ""), "urn:uuid:1");
  EXPECT_EQ(resolve_uri("http://host", "a"), "http://host/a");
  EXPECT_EQ(resolve_uri("http://host/x", "urn:a:b"), "urn:a:b");
}

TEST(Uri, FragmentsAreSplitAndDecoded) {
  EXPECT_EQ(split_fragment("a#b#c").uri, "a");
  EXPECT_EQ(split_fragment("a#b#c").fragment, "b#c");
  EXPECT_EQ(split_fragment("a").fragment, "");
  std::string out;
  EXPECT_TRUE(decode_percent("a%2Fb%25", out));
  EXPECT_EQ(out, "a/b%");
  EXPECT_FALSE(decode_percent("%4", out));
  EXPECT_FALSE(decode_percent("%zz", out));
}

}  // namespace
}  // namespace xzepr::jsonschema
