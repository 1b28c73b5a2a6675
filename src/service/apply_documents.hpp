// Documents that say which receivers and groups there shall be, and what is known of them without a
// catalogue. A document is the whole object: what it leaves out has its default. Name, type and version
// identify it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "domain/catalogue.hpp"
#include "json/value.hpp"
#include "service/context.hpp"
#include "service/group_service.hpp"
#include "service/receiver_service.hpp"

namespace xzepr::service {

struct GroupDocument {
  NewGroup content;
  std::vector<std::string> members = {};  ///< each a user's id, a username or "role:NAME"
};
struct Document {
  std::string name;  ///< as far as it could be read, also when the content could not
  Result<std::variant<NewReceiver, GroupDocument>> content;
};

/// How each member that a document names was found, by its text.
using KnownMembers = std::map<std::string, Result<domain::Subject>>;

struct CheckedGroup {
  domain::Group group;  ///< without receivers and members
  std::vector<std::string> receivers;
  std::vector<std::string> members;
};
/// The objects as they would be made, or what is wrong with the document alone.
struct CheckedDocument {
  std::string name;
  Result<std::variant<domain::Receiver, CheckedGroup>> content;
};

/// Pure but for the id, which is minted here, once.
[[nodiscard]] CheckedDocument check_document(Document document, const Context& context, IdSource& ids);

/// A triple that stands in two documents of a kind is a fault of the second.
void refuse_repeated(std::vector<CheckedDocument>& documents);

/// The fields of a document, as a caller would write them to get this very object. A group's receivers stand
/// as name@version where that names them, else by id.
[[nodiscard]] json::Value document_of(const domain::Receiver& receiver);
[[nodiscard]] json::Value document_of(const domain::Group& group, const domain::Catalogue& catalogue);

/// The names of the fields in which two documents of one kind differ, in the order of `after`.
[[nodiscard]] std::vector<std::string> different_fields(const json::Value& before, const json::Value& after);

/// All that is wrong with a set, document by document, as one refusal.
class DocumentFaults {
 public:
  explicit DocumentFaults(std::size_t documents) : documents_(documents) {}

  /// Violations get the document's place before their pointer; an error without any becomes one, its code the
  /// keyword.
  void add(std::size_t document, Error error);
  /// Of what is pruned: no document says it.
  void add_pruned(Error error);
  [[nodiscard]] bool is_empty() const { return errors_ == 0; }
  /// 400 when an input is at fault, else 403, else 409; the code of all, or that of the kind's first.
  [[nodiscard]] Error take();

 private:
  void add_at(const std::string& pointer, Error error);

  std::size_t documents_;
  std::size_t errors_ = 0;
  std::size_t violations_ = 0;
  bool is_one_code_ = true;
  Error first_ = {};  // of the gravest kind so far
  std::vector<Violation> shown_;
};

}  // namespace xzepr::service
