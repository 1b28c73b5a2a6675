#include "json/pointer.hpp"

#include <charconv>

namespace xzepr::json {
namespace {

// False when a ~ is followed by anything but 0 or 1.
bool decode(std::string_view token, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return false;
    out += token[i] == '0' ? '~' : '/';
  }
  return true;
}

const Value* element(const Array& array, std::string_view token) {
  std::size_t index = 0;
  const char* last = token.data() + token.size();
  const auto [end, error] = std::from_chars(token.data(), last, index);
  if (error != std::errc() || end != last || (token.size() > 1 && token.front() == '0')) return nullptr;
  return index < array.size() ? &array[index] : nullptr;
}

const Value* step(const Value& value, std::string_view token) {
  if (const Array* array = value.if_array()) return element(*array, token);
  if (const Object* object = value.if_object()) return object->if_contains(token);
  return nullptr;
}

}  // namespace

void append_token(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (const char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

void append_token(std::string& pointer, std::size_t index) {
  pointer += '/';
  pointer += std::to_string(index);
}

bool is_pointer(std::string_view text) {
  std::string decoded;
  return text.empty() || (text.front() == '/' && decode(text, decoded));
}

const Value* find(const Value& root, std::string_view pointer) {
  const Value* at = &root;
  std::string token;
  while (at != nullptr && !pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const auto size = std::min(pointer.find('/'), pointer.size());
    if (!decode(pointer.substr(0, size), token)) return nullptr;
    pointer.remove_prefix(size);
    at = step(*at, token);
  }
  return at;
}

}  // namespace xzepr::json
