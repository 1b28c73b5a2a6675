#include "domain/receiver.hpp"

#include <gtest/gtest.h>

namespace xzepr::domain {

TEST(Receiver, FingerprintIgnoresKeyOrderAndSeesContent) {
  Receiver a{.name = "n", .type = "t", .version = "1", .schema = R"({"type":"object","required":["a"]})"};
  Receiver b = a;
  b.schema = R"({"required": ["a"], "type": "object"})";
  EXPECT_EQ(fingerprint_of(a), fingerprint_of(b));
  b.field_formats["version"] = "semver";
  EXPECT_NE(fingerprint_of(a), fingerprint_of(b));
}

}  // namespace xzepr::domain
