#include "api/error_texts.hpp"

#include <algorithm>

#include "api/error_texts_http.hpp"
#include "api/error_texts_model.hpp"
#include "api/error_texts_webhook.hpp"

namespace xzepr::api {
namespace {

static_assert(std::ranges::is_sorted(http_texts, {}, &ErrorText::code));
static_assert(std::ranges::is_sorted(model_texts, {}, &ErrorText::code));
static_assert(std::ranges::is_sorted(webhook_texts, {}, &ErrorText::code));

template <class Table>
const ErrorText* find_in(const Table& table, std::string_view code) {
  const auto found = std::ranges::lower_bound(table, code, {}, &ErrorText::code);
  return found != table.end() && found->code == code ? &*found : nullptr;
}

template <class Table>
constexpr bool tells(const Table& table, std::string_view code) {
  return std::ranges::any_of(table, [code](const ErrorText& text) {
    return text.code == code && !text.title.empty() && !text.cause.empty() && !text.fix.empty() &&
           !text.detail.empty();
  });
}

static_assert(http_texts.size() + model_texts.size() + webhook_texts.size() == error_codes.size(),
              "a code has one text, and a text has a code");
static_assert(std::ranges::all_of(error_codes, [](const ErrorCode& row) {
  const int texts = static_cast<int>(tells(http_texts, row.code)) +
                    static_cast<int>(tells(model_texts, row.code)) +
                    static_cast<int>(tells(webhook_texts, row.code));
  return texts == 1;
}));

}  // namespace

const ErrorText* text_of(std::string_view code) {
  const auto* text = find_in(http_texts, code);
  if (text == nullptr) text = find_in(model_texts, code);
  return text != nullptr ? text : find_in(webhook_texts, code);
}

std::string_view title_of(std::string_view code) {
  const auto* text = text_of(code);
  return text != nullptr ? text->title : std::string_view{};
}

Error example_of(const ErrorText& text) {
  Error error{.kind = Errc::invalid, .code = text.code, .detail = std::string(text.detail)};
  error.hint = text.fix;
  error.field = text.field;
  if (!text.rule.message.empty()) {
    error.violations.push_back({.pointer = std::string(text.rule.pointer),
                                .keyword = std::string(text.rule.keyword),
                                .message = std::string(text.rule.message)});
  }
  return error;
}

}  // namespace xzepr::api
