#include "api/rest/login_page.hpp"

#include <fmt/format.h>

#include "api/error_map.hpp"
#include "api/error_texts.hpp"
#include "api/html_text.hpp"

namespace xzepr::api::rest {

http::Response login_error_page(const Error& error, std::string_view request_id) {
  http::Response response{.status = api::status_of(error), .content_type = "text/html; charset=utf-8"};
  response.body = fmt::format(R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{0}</title>
<link rel="stylesheet" href="/docs/docs.css">
</head>
<body>
<main id="main">
<h1>{0}</h1>
<p>{1}</p>
<p>{2}</p>
<p><a href="/api/v1/auth/oidc/login">Log in again</a> &middot; <a href="/docs/errors/{3}">About this error</a></p>
<p>Request {4}</p>
</main>
</body>
</html>
)",
                              escaped(title_of(error.code)), escaped(error.detail), escaped(error.hint),
                              escaped(error.code), escaped(request_id));
  return response;
}

}  // namespace xzepr::api::rest
