// A set of documents out of a request's JSON: {"documents": [...], "dry_run": false, "prune": false}. A
// document is
// {"kind": "receiver" | "group"} and the fields of that kind, "receivers" and "members" for a group.
#pragma once

#include "base/error.hpp"
#include "json/value.hpp"
#include "service/apply_service.hpp"

namespace xzepr::api::rest {

/// "request_invalid" when the set itself cannot be read; what is wrong with a document is in the document.
[[nodiscard]] Result<service::ApplyRequest> parse_apply(json::Value body);

/// One document.
[[nodiscard]] service::Document parse_document(json::Value value);

}  // namespace xzepr::api::rest
