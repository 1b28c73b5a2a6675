#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/docs/openapi.hpp"
#include "api/error_texts.hpp"
#include "http/message.hpp"

namespace xzepr::api::docs {
namespace {

json::Value component(std::string_view kind, std::string_view name) {
  return json::Object{{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

json::Value number(std::string_view digits) { return json::Value(std::stoll(std::string(digits))); }

json::Object make_parameter(const Parameter& parameter, std::string_view place) {
  json::Object made{{"name", parameter.name}, {"in", place}};
  if (place == "path") made["required"] = true;
  made["description"] = parameter.about;
  made["schema"] = schema_of(parameter);
  if (parameter.kind == ParameterKind::prefixed) {
    made["style"] = "form";
    made["explode"] = true;
  }
  if (!parameter.example.empty()) made["example"] = parameter.example;
  return made;
}

json::Array make_parameters(const Route& route) {
  json::Array all;
  for (const auto& segment : route.segments) all.push_back(make_parameter(segment, "path"));
  for (const auto& parameter : route.query) {
    if (!parameter.is_credential) all.push_back(make_parameter(parameter, "query"));
  }
  if (has(route.reads, Reads::idempotency_key)) all.push_back(component("parameters", "Idempotency-Key"));
  if (has(route.reads, Reads::if_match)) all.push_back(component("parameters", "If-Match"));
  if (has(route.reads, Reads::if_none_match)) all.push_back(component("parameters", "If-None-Match"));
  all.push_back(component("parameters", "X-Request-Id"));
  all.push_back(component("parameters", "traceparent"));
  return all;
}

json::Object make_body(const Route& route) {
  json::Object content;
  content["application/json"] = json::Object{{"schema", component("schemas", route.body.schema)}};
  if (route.body.media == Body::json_or_ndjson) {
    // A line of NDJSON is an item of the array; a schema of a stream is more than OpenAPI 3.1 can say.
    content["application/x-ndjson"] = json::Object{
        {"schema", json::Object{{"type", "string"}, {"description", "One item of the array a line."}}}};
  }
  return {{"description", fmt::format("At most {} bytes.", route.body_bytes_max)},
          {"required", true},
          {"content", std::move(content)}};
}

json::Object make_headers(Carries carries, const Route& route) {
  json::Object headers{{"X-Request-Id", component("headers", "X-Request-Id")}};
  const auto add = [&](std::string_view name) { headers[name] = component("headers", name); };
  if (route.limit == Limit::counted) {
    for (const auto* name : {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit"})
      add(name);
  }
  if (has(carries, Carries::etag)) add("ETag");
  if (has(carries, Carries::location)) add("Location");
  if (has(carries, Carries::redirect)) headers["Location"] = component("headers", "Redirect");
  if (has(carries, Carries::cookies)) add("Set-Cookie");
  if (has(carries, Carries::link)) add("Link");
  if (has(carries, Carries::replayed)) add("Idempotency-Replayed");
  return headers;
}

json::Object make_answer(const Answer& answer, const Route& route) {
  json::Object made{{"description", answer.about}, {"headers", make_headers(answer.carries, route)}};
  if (answer.media_type.empty()) return made;
  const json::Value schema = answer.schema.empty() ? json::Value(json::Object{{"type", "string"}})
                                                   : component("schemas", answer.schema);
  made["content"] = json::Object{{answer.media_type, json::Object{{"schema", schema}}}};
  return made;
}

// A page may be HTML or JSON, by Accept: one status, two bodies.
void add_answer(json::Object& responses, const Answer& answer, const Route& route) {
  auto& response = responses[fmt::to_string(answer.status)];
  auto made = make_answer(answer, route);
  if (!response.is_object()) {
    response = std::move(made);
    return;
  }
  auto& content = response.as_object()["content"].as_object();
  for (auto& member : made["content"].as_object()) content[member.key()] = std::move(member.value());
}

json::Object make_problem(const Refused& refused) {
  json::Array codes;
  std::vector<std::string> titles;
  for (const auto code : refused.codes) {
    codes.push_back(json::Value(json::String(code)));
    titles.push_back(fmt::format("`{}`: {}.", code, title_of(code)));
  }
  json::Object only{{"properties", json::Object{{"code", json::Object{{"enum", std::move(codes)}}}}}};
  json::Object schema{{"allOf", json::Array{component("schemas", "Problem"), std::move(only)}}};
  return {
      {"description", fmt::format("{}", fmt::join(titles, " "))},
      {"headers", json::Object{{"X-Request-Id", component("headers", "X-Request-Id")}}},
      {"content", json::Object{{"application/problem+json", json::Object{{"schema", std::move(schema)}}}}}};
}

// A status that the route answers in good order too (503 of /health) has both bodies.
void add_refusal(json::Object& responses, const Refused& refused) {
  auto& response = responses[fmt::to_string(refused.status)];
  if (response.is_object()) {
    auto problem = make_problem(refused);
    auto& into = response.as_object()["content"].as_object();
    into["application/problem+json"] = problem["content"].as_object()["application/problem+json"];
  } else if (refused.is_shared) {
    response = component("responses", response_name(refused.status));
  } else {
    response = make_problem(refused);
  }
}

json::Object make_responses(const Route& route) {
  json::Object responses;
  for (const auto& answer : route.answers.all()) add_answer(responses, answer, route);
  for (const auto& refused : refusals_of(route)) add_refusal(responses, refused);
  return responses;
}

json::Array make_security(const Route& route) {
  if (route.demand.permission() == identity::Permission::none) return {};
  json::Array made = {json::Object{{"apiKey", json::Array{}}}, json::Object{{"bearer", json::Array{}}},
                      json::Object{{"browser", json::Array{}}}};
  if (route.takes_ticket) made.push_back(json::Object{{"ticket", json::Array{}}});
  return made;
}

json::Value prefixed_schema(const Parameter& parameter) {
  return json::Object{{"type", "object"},
                      {"propertyNames", json::Object{{"pattern", fmt::format("^{}.", parameter.name)}}},
                      {"additionalProperties", json::Object{{"type", "string"}}}};
}

}  // namespace

json::Value schema_of(const Parameter& parameter) {
  const auto min = static_cast<std::int64_t>(parameter.min);
  const auto max = static_cast<std::int64_t>(parameter.max);
  const auto with_initial = [&](json::Value made) {
    if (!parameter.initial.empty()) made.as_object()["default"] = json::String(parameter.initial);
    return made;
  };
  switch (parameter.kind) {
    case ParameterKind::text: {
      auto made = schema::text(parameter.min, parameter.max);
      if (!parameter.pattern.empty()) made.as_object()["pattern"] = json::String(parameter.pattern);
      return with_initial(std::move(made));
    }
    case ParameterKind::integer: {
      auto made = schema::integer(min, max);
      if (!parameter.initial.empty()) made.as_object()["default"] = number(parameter.initial);
      return made;
    }
    case ParameterKind::seconds: {
      auto made = schema::number(min);
      made.as_object()["maximum"] = max;
      if (!parameter.initial.empty()) made.as_object()["default"] = number(parameter.initial);
      return made;
    }
    case ParameterKind::flag: {
      auto made = schema::flag();
      if (!parameter.initial.empty()) made.as_object()["default"] = parameter.initial == "true";
      return made;
    }
    case ParameterKind::time: return json::Object{{"type", "string"}, {"format", "date-time"}};
    case ParameterKind::choice:
      return with_initial(schema::choice({parameter.choices.begin(), parameter.choices.end()}));
    case ParameterKind::prefixed: return prefixed_schema(parameter);
  }
  std::unreachable();
}

json::Object make_operation(const Route& route) {
  json::Object made;
  if (const auto* tag = tag_of(route.path)) made["tags"] = json::Array{json::String(tag->name)};
  made["summary"] = std::string_view(route.summary);
  made["operationId"] = std::string_view(route.operation);
  made["x-permission"] = identity::to_string(route.demand.permission());
  made["security"] = make_security(route);
  made["parameters"] = make_parameters(route);
  if (route.body.media != Body::none) made["requestBody"] = make_body(route);
  made["responses"] = make_responses(route);
  return made;
}

}  // namespace xzepr::api::docs
