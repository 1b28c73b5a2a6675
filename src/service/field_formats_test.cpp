#include "service/field_formats.hpp"

#include <gtest/gtest.h>

namespace xzepr::service {
namespace {

std::vector<std::string> faults_of(const domain::FieldFormats& formats) {
  std::vector<Violation> faults;
  const auto checks = FieldFormatChecks::compile(formats, faults);
  EXPECT_EQ(checks == nullptr, !faults.empty());
  std::vector<std::string> out;
  for (const auto& fault : faults) out.push_back(fault.pointer + " " + fault.keyword);
  return out;
}

bool accepts(const std::string& format, const std::string& version) {
  std::vector<Violation> faults;
  const auto checks = FieldFormatChecks::compile({{"version", format}}, faults);
  if (checks == nullptr) return false;
  domain::Artifact artifact;
  artifact.version = version;
  checks->check(artifact, "", faults);
  return faults.empty();
}

}  // namespace

TEST(FieldFormats, SemverIsTheWholeGrammar) {
  for (const auto* text :
       {"0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.0.0-alpha-a.b-c", "1.0.0-0A.is.legal",
        "2.0.0+build.1848", "1.0.0+0.build.1-rc.10000aaa-kk-0.1", "99999999999999999999999.999.99"}) {
    EXPECT_TRUE(is_semver(text)) << text;
  }
  for (const auto* text :
       {"1", "1.2", "1.2.3-0123", "1.1.2+.123", "+invalid", "alpha", "01.1.1", "1.01.1", "1.2.3.DEV",
        "1.2-SNAPSHOT", "1.0.0-alpha..1", "1.2.3-", "1.2.3+", "v1.2.3", "", "1.2.3 "}) {
    EXPECT_FALSE(is_semver(text)) << text;
  }
}

TEST(FieldFormats, UriEmailAndUuidAreThoseOfJsonSchema) {
  EXPECT_TRUE(accepts("uri", "pkg:deb/debian/curl@7.50.3-1?arch=i386"));
  EXPECT_FALSE(accepts("uri", "no-scheme"));
  EXPECT_TRUE(accepts("email", "a@b"));
  EXPECT_FALSE(accepts("email", "a@b@c"));
  EXPECT_TRUE(accepts("uuid", "123E4567-e89b-12d3-a456-426614174000"));
  EXPECT_FALSE(accepts("uuid", "123e4567e89b12d3a456426614174000"));
}

TEST(FieldFormats, APatternMustMatchTheWholeField) {
  EXPECT_TRUE(accepts("regex:[0-9]+", "123"));
  EXPECT_FALSE(accepts("regex:[0-9]+", "v123"));
  EXPECT_TRUE(accepts("regex:a|bc", "bc"));
  EXPECT_FALSE(accepts("regex:a|bc", "abc"));
}

TEST(FieldFormats, WhatCannotBeCompiledIsRefusedByPlace) {
  EXPECT_EQ(faults_of({{"version", "regex:a)|(b"}}),
            std::vector<std::string>{"/field_formats/version pattern"});
  EXPECT_EQ(faults_of({{"version", "regex:(?=a)"}}),
            std::vector<std::string>{"/field_formats/version pattern"});
  EXPECT_EQ(faults_of({{"version", "SemVer"}}), std::vector<std::string>{"/field_formats/version enum"});
  EXPECT_EQ(faults_of({{"pay/load", "uri"}}), std::vector<std::string>{"/field_formats/pay~1load unknown"});
  EXPECT_TRUE(faults_of({{"name", "regex:.*"}, {"description", "uri"}, {"platform_id", "uuid"}}).empty());
}

}  // namespace xzepr::service
