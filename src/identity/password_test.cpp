#include "identity/password.hpp"

#include <gtest/gtest.h>

#include "identity/common_passwords.hpp"

namespace xzepr::identity {
namespace {

std::string keyword(std::string_view password) {
  const auto checked = check_new_password(password);
  return checked ? "" : checked.error().violations.at(0).keyword;
}

// B19.
TEST(Password, IsFrom8To128CharactersAndNoneOfTheCommonOnes) {
  EXPECT_EQ(keyword("short 7"), "minLength");
  EXPECT_EQ(keyword("nine char"), "");
  EXPECT_EQ(keyword(std::string(128, 'x')), "");
  EXPECT_EQ(keyword(std::string(129, 'x')), "maxLength");
  for (const auto* common : {"password", "PassWord", "12345678", "football", "trustno1"})
    EXPECT_EQ(keyword(common), "common") << common;
  EXPECT_EQ(keyword(std::string_view("with\0nul..", 10)), "controlCharacters");
  EXPECT_EQ(keyword("\xff\xfe not utf-8"), "utf8");
}

TEST(Password, KeepsItsSpacesAndIsComparedInNfc) {
  EXPECT_EQ(check_new_password(" spaces at ends ").value(), " spaces at ends ");
  EXPECT_EQ(check_new_password("cafe\u0301 au lait").value(), "caf\u00e9 au lait");
  EXPECT_EQ(typed_password("cafe\u0301").value(), "caf\u00e9");
  EXPECT_FALSE(typed_password(std::string(129, 'x')).has_value());
}

TEST(Password, TheListHoldsOnlyWhatCouldPassOtherwise) {
  const auto all = common_passwords();
  EXPECT_GT(std::ranges::count(all, '\n'), 3'000);
  EXPECT_EQ(all.front(), '!');
  EXPECT_EQ(all.back(), '\n');
}

}  // namespace
}  // namespace xzepr::identity
