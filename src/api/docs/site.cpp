#include "api/docs/site.hpp"

#include <fmt/format.h>

#include "api/docs/openapi.hpp"
#include "json/write.hpp"

namespace xzepr::api::docs {
namespace {

constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view json_type = "application/json";

std::string_view type_of(std::string_view file) {
  if (file.ends_with(".svg")) return "image/svg+xml";
  return file.ends_with(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
}

}  // namespace

// A page that depends on Accept stands under its path and ".json" too; see docs_routes.cpp.
Pages make_pages(const Description& description) {
  Pages pages;
  const auto document = make_openapi(description);
  const auto& schemas = document.at("components").at("schemas").as_object();
  pages.add("/openapi.json", json_type, json::write(document));
  pages.add("/docs", html, reference_page(description, schemas));
  pages.add("/docs/errors", html, error_index_page(description));
  pages.add("/docs/errors.json", json_type, error_index_json());
  for (const auto& row : error_codes) {
    pages.add(fmt::format("/docs/errors/{}", row.code), html, error_page(description, row));
    pages.add(fmt::format("/docs/errors/{}.json", row.code), json_type, error_json(row));
  }
  for (const auto& file : embedded_files())
    pages.add(fmt::format("/docs/{}", file.name), type_of(file.name), std::string(file.text));
  return pages;
}

}  // namespace xzepr::api::docs
