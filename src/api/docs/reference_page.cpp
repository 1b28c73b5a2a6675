#include <fmt/format.h>

#include "api/docs/html.hpp"
#include "api/docs/operation_html.hpp"
#include "api/docs/schema_html.hpp"
#include "api/docs/site.hpp"

namespace xzepr::api::docs {
namespace {

constexpr std::string_view introduction = R"(<section class="intro">
<h1>XZepr API</h1>
<p>XZepr keeps what happened to the artifacts of software delivery, checks it and decides gates.
Everything is JSON below <code>/api/v1</code>.</p>
<dl class="facts">
<div><dt>Credentials</dt><dd>An API key in <code>X-API-Key</code> or as <code>Authorization: Bearer</code>, never in a URL.</dd></div>
<div><dt>Names</dt><dd>Ids are ULIDs. Receivers and groups are found by id, <code>name</code> or <code>name@version</code>;
artifacts by id or <code>name@version[+release][/platform_id][/package]</code>.</dd></div>
<div><dt>Times</dt><dd>RFC 3339; any offset in, UTC with microseconds out.</dd></div>
<div><dt>Lists</dt><dd>Pages of <code>limit</code> entries; go on with <code>after</code> = <code>pagination.next</code>, or the
<code>Link</code> header.</dd></div>
<div><dt>Safe repeats</dt><dd><code>Idempotency-Key</code> on POST: the same key with the same body answers as the first
time.</dd></div>
<div><dt>Safe changes</dt><dd><code>If-Match</code> with the <code>ETag</code> that was read: a change in between answers 412.</dd></div>
<div><dt>Limits</dt><dd><code>X-RateLimit-*</code> tell how many requests are left; 429 and 503 carry
<code>Retry-After</code>.</dd></div>
<div><dt>Errors</dt><dd>One body (RFC 9457) with a stable <a href="/docs/errors">code</a> and every broken rule.</dd></div>
</dl>
</section>
)";

// The tags are few and the routes a few dozen: two loops, in the order of the chapters.
template <class Append>
void for_each_of(const Description& description, const Tag& tag, Append append) {
  for (const auto& route : description.routes) {
    const auto* found = tag_of(route.path);
    if (found != nullptr && found->name == tag.name) append(route);
  }
}

std::string link_to(const Route& route) {
  const std::string_view operation = route.operation;
  return fmt::format("<li data-words=\"{0} {1} {2} {3}\"><a href=\"#{2}\">{4}<span>{3}</span></a></li>\n",
                     http::to_string(route.method), escaped(route.path), escaped(operation),
                     escaped(std::string_view(route.summary)), method_mark(http::to_string(route.method)));
}

std::string navigation(const Description& description, const json::Object& schemas) {
  std::string out =
      "<p id=\"search\" hidden><label for=\"filter\">Filter</label><input id=\"filter\" type=\"search\" "
      "placeholder=\"Filter&hellip;   /\" autocomplete=\"off\"></p>\n";
  for (const auto& tag : tags()) {
    if (tag.about.empty()) continue;
    out += fmt::format("<h2>{}</h2>\n<ul>\n", escaped(tag.name));
    for_each_of(description, tag, [&](const Route& route) { out += link_to(route); });
    out += "</ul>\n";
  }
  out += "<h2>Schemas</h2>\n<ul class=\"names\">\n";
  for (const auto& member : schemas)
    out += fmt::format("<li data-words=\"{0}\"><a href=\"#schema-{0}\">{0}</a></li>\n",
                       std::string_view(member.key()));
  return out + "</ul>\n";
}

}  // namespace

std::string reference_page(const Description& description, const json::Object& schemas) {
  std::string content(introduction);
  for (const auto& tag : tags()) {
    if (tag.about.empty()) continue;
    content += fmt::format("<section class=\"chapter\">\n<h2>{}</h2>\n<p>{}</p>\n", escaped(tag.name),
                           escaped(tag.about));
    for_each_of(description, tag, [&](const Route& route) { content += operation_section(route, schemas); });
    content += "</section>\n";
  }
  content += schemas_chapter(schemas);
  return framed({.title = "XZepr API",
                 .version = description.version,
                 .navigation = navigation(description, schemas),
                 .content = std::move(content)});
}

}  // namespace xzepr::api::docs
