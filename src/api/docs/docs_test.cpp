#include <algorithm>
#include <array>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "api/docs/examples.hpp"
#include "api/docs/html.hpp"
#include "api/docs/openapi.hpp"
#include "api/docs/site.hpp"
#include "api/error_texts.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace xzepr::api::docs {
namespace {

Result<http::Response> nothing(const Exchange&, const Services&) { return http::Response{}; }

constexpr std::array<std::string_view, 2> colours = {"red", "green"};
constexpr auto parameters = std::to_array<Parameter>({
    {.name = "name", .about = "A name.", .max = 7},
    {.name = "count", .kind = ParameterKind::integer, .about = "How many.", .max = 9, .initial = "3"},
    {.name = "wait", .kind = ParameterKind::seconds, .about = "Seconds.", .min = 0, .max = 25},
    {.name = "on", .kind = ParameterKind::flag, .about = "Is it on?", .initial = "false"},
    {.name = "since", .kind = ParameterKind::time, .about = "From then on."},
    {.name = "colour", .kind = ParameterKind::choice, .about = "Which.", .choices = colours},
    {.name = "payload.", .kind = ParameterKind::prefixed, .about = "Members."},
});
constexpr Parameter id{.name = "id", .about = "The <id>."};
constexpr std::array segments = {id};
constexpr auto with_ticket =
    std::to_array<Parameter>({{.name = "after", .about = "From there on."},
                              {.name = "ticket", .about = "A ticket.", .is_credential = true}});

json::Value thing() {
  return schema::request("A thing.", {{"name", schema::line(1, 5), ""},
                                      {"note", schema::text(), "For people.", schema::Need::optional}});
}
constexpr auto schemas = std::to_array<NamedSchema>({{"Thing", thing}});

constexpr auto routes = std::to_array<Route>({
    {.method = http::Method::get,
     .path = "/api/v1/events/{id}",
     .demand = identity::Permission::event_read,
     .action = nothing,
     .operation = "getThing",
     .summary = "One thing",
     .answers = ok("Thing", Carries::etag),
     .refusals = {"event_unknown", {"receiver_unknown", 400}},
     .segments = segments,
     .query = parameters},
    {.method = http::Method::post,
     .path = "/api/v1/events",
     .demand = identity::Permission::none,
     .action = nothing,
     .operation = "makeThing",
     .summary = "Make a thing",
     .answers = {created("Thing", Carries::location), {503, "Not now.", "Thing"}},
     .body = json_body("Thing"),
     .reads = Reads::idempotency_key},
    {.method = http::Method::get,
     .path = "/api/v1/events/ws",
     .demand = identity::Permission::event_read,
     .action = nothing,
     .operation = "openThings",
     .summary = "Things as they come",
     .answers = {{101, "A WebSocket.", ""}},
     .query = with_ticket,
     .takes_ticket = true},
});

const Description description{.routes = routes, .schemas = schemas, .version = "1.2"};

json::Value document() { return make_openapi(description); }

const json::Value& operation(const json::Value& in, std::string_view path, std::string_view method) {
  return in.at("paths").at(path).at(method);
}

std::set<std::string> statuses(const json::Value& operation) {
  std::set<std::string> all;
  for (const auto& member : operation.at("responses").as_object()) all.emplace(member.key());
  return all;
}

TEST(OpenApi, TellsWhatARouteDemands) {
  const auto made = document();
  EXPECT_EQ(made.at("openapi"), "3.1.0");
  const auto& get = operation(made, "/api/v1/events/{id}", "get");
  EXPECT_EQ(get.at("x-permission"), "event_read");
  EXPECT_EQ(get.at("security").as_array().size(), 3U);
  EXPECT_TRUE(operation(made, "/api/v1/events", "post").at("security").as_array().empty());
}

TEST(OpenApi, ATicketIsACredentialAndNoParameter) {
  const auto made = document();
  const auto& socket = operation(made, "/api/v1/events/ws", "get");
  EXPECT_EQ(json::write(socket.at("security").as_array().back()), R"({"ticket":[]})");
  EXPECT_EQ(json::write(socket.at("parameters")).find("ticket"), std::string::npos);
  EXPECT_NE(json::write(socket.at("parameters")).find("after"), std::string::npos);
  const auto& scheme = made.at("components").at("securitySchemes").at("ticket");
  EXPECT_EQ(scheme.at("in"), "query");
  EXPECT_EQ(scheme.at("name"), "ticket");
}

TEST(OpenApi, TellsTheBoundsThatTheReaderHas) {
  const auto bounds = [](std::size_t i) { return json::write(schema_of(parameters[i])); };
  EXPECT_EQ(bounds(0), R"({"type":"string","minLength":1,"maxLength":7})");
  EXPECT_EQ(bounds(1), R"({"type":"integer","minimum":1,"maximum":9,"default":3})");
  EXPECT_EQ(bounds(2), R"({"type":"number","minimum":0,"maximum":25})");
  EXPECT_EQ(bounds(3), R"({"type":"boolean","default":false})");
  EXPECT_EQ(bounds(4), R"({"type":"string","format":"date-time"})");
  EXPECT_EQ(bounds(5), R"({"type":"string","enum":["red","green"]})");
  EXPECT_EQ(schema_of(parameters[6]).at("type"), "object");
}

TEST(OpenApi, TellsEveryCodeThatARouteMayAnswerWith) {
  const auto made = document();
  const auto& get = operation(made, "/api/v1/events/{id}", "get");
  const auto text = json::write(get.at("responses").at("400"));
  EXPECT_NE(text.find("receiver_unknown"), std::string::npos);
  EXPECT_NE(text.find("query_invalid"), std::string::npos);
  EXPECT_EQ(text.find("json_invalid"), std::string::npos) << "it takes no body";
  EXPECT_NE(json::write(get.at("responses").at("404")).find("event_unknown"), std::string::npos);
  EXPECT_TRUE(statuses(get).contains("403"));
  EXPECT_FALSE(statuses(operation(made, "/api/v1/events", "post")).contains("403"));
  EXPECT_EQ(json::write(get.at("responses").at("429")),
            R"({"$ref":"#/components/responses/TooManyRequests"})");
}

TEST(OpenApi, HasBothBodiesOfAStatusThatIsAnAnswerToo) {
  const auto made = document();
  const auto& content =
      operation(made, "/api/v1/events", "post").at("responses").at("503").at("content").as_object();
  EXPECT_TRUE(content.contains("application/json"));
  EXPECT_TRUE(content.contains("application/problem+json"));
}

void collect_references(const json::Value& value, std::set<std::string>& found) {
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (member.key() == "$ref" && member.value().is_string()) found.emplace(member.value().as_string());
      collect_references(member.value(), found);
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) collect_references(element, found);
  }
}

TEST(OpenApi, RefersToNothingThatIsNotThere) {
  const auto made = document();
  std::set<std::string> found;
  collect_references(made, found);
  EXPECT_GT(found.size(), 10U);
  for (const auto& reference : found)
    EXPECT_NO_THROW((void)made.at_pointer(reference.substr(1))) << reference;
}

TEST(Refusals, HaveAStatusOnceWithItsCodesSorted) {
  for (const auto& route : routes) {
    int last = 0;
    for (const auto& refused : refusals_of(route)) {
      EXPECT_GT(refused.status, last);
      EXPECT_TRUE(std::ranges::is_sorted(refused.codes));
      last = refused.status;
    }
  }
  for (const auto& refused : shared_refusals()) EXPECT_FALSE(response_name(refused.status).empty());
}

TEST(Examples, AreTakenFromTheSchema) {
  const json::Object named{{"Thing", thing()}};
  EXPECT_EQ(json::write(example_of(schema::ref("Thing"), named)), R"({"name":"my-app","note":"text"})");
  EXPECT_EQ(example_of(schema::choice({"a", "b"}), named), "a");
  EXPECT_EQ(example_of(schema::with_default(schema::flag(), false), named), json::Value(false));
  EXPECT_EQ(example_of(schema::integer(4), named), 4);
  EXPECT_EQ(json::write(example_of(schema::list_of(schema::ref("Thing")), named)),
            R"([{"name":"my-app","note":"text"}])");
}

TEST(Examples, ArePrintedForPeople) {
  const auto value = json::parse(R"({"a":[1,2],"b":{"c":null},"d":{},"e":[{"f":1}]})");
  EXPECT_EQ(pretty(*value),
            "{\n  \"a\": [1,2],\n  \"b\": {\n    \"c\": null\n  },\n  \"d\": {},\n  \"e\": [\n    {\n      "
            "\"f\": 1\n"
            "    }\n  ]\n}");
}

TEST(Html, IsEscaped) {
  EXPECT_EQ(escaped(R"(<a href="x">&)"), "&lt;a href=&quot;x&quot;&gt;&amp;");
  EXPECT_EQ(prose("say `a<b` twice"), "say <code>a&lt;b</code> twice");
}

TEST(Pages, HaveOnePerCodeAndNothingInline) {
  const auto pages = make_pages(description);
  for (const auto& row : error_codes) {
    const auto* page = pages.find(std::string("/docs/errors/") + std::string(row.code));
    ASSERT_NE(page, nullptr) << row.code;
    EXPECT_NE(page->body.find(escaped(title_of(row.code))), std::string::npos) << row.code;
    EXPECT_TRUE(
        json::parse(pages.find(std::string("/docs/errors/") + std::string(row.code) + ".json")->body));
  }
  for (const auto* path : {"/docs", "/docs/errors", "/docs/errors/internal"}) {
    const auto& body = pages.find(path)->body;
    for (const auto* inline_part : {"<style", " style=", "javascript:", " onclick=", "http://", "https://"})
      EXPECT_EQ(body.find(inline_part), std::string::npos) << path << " has " << inline_part;
  }
}

TEST(Pages, ShowEveryOperation) {
  const auto pages = make_pages(description);
  const auto& body = pages.find("/docs")->body;
  for (const auto& route : routes)
    EXPECT_NE(body.find("id=\"" + std::string(std::string_view(route.operation)) + "\""), std::string::npos);
  EXPECT_NE(body.find("The &lt;id&gt;."), std::string::npos);
}

TEST(Pages, HaveTagsThatDifferWithTheirBodies) {
  Pages pages;
  pages.add("/a", "text/plain", "1");
  pages.add("/b", "text/plain", "2");
  EXPECT_NE(pages.find("/a")->etag, pages.find("/b")->etag);
  EXPECT_TRUE(pages.find("/a")->etag.starts_with('"'));
  EXPECT_EQ(pages.find("/c"), nullptr);
}

TEST(DocsRoutes, AreOpenAndNotCounted) {
  for (const auto& route : docs_routes()) {
    EXPECT_EQ(route.demand.permission(), identity::Permission::none) << route.path;
    EXPECT_EQ(route.limit, Limit::exempt) << route.path;
    EXPECT_NE(tag_of(route.path), nullptr) << route.path;
  }
}

}  // namespace
}  // namespace xzepr::api::docs
