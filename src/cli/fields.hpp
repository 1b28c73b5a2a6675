// key=value arguments to a JSON object: key=text, key:=JSON, key=@FILE (its text), key:=@FILE (its JSON).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "json/value.hpp"

namespace xzepr::cli {

using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// The JSON in a file; its name stands before what is wrong.
[[nodiscard]] Result<json::Value> read_json(const std::string& path, const ReadFile& read_file);

/// Adds to `object`. Errc::invalid, code "argument_invalid", naming the argument; a key given twice is
/// refused.
[[nodiscard]] Result<void> add_fields(json::Object& object, const std::vector<std::string>& arguments,
                                      const ReadFile& read_file);

}  // namespace xzepr::cli
