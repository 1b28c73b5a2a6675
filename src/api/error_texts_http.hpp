// The texts of what any request may be refused for: framing, credentials, limits, the state of the server.
// Part of error_texts.cpp.
#pragma once

#include <array>

#include "api/error_texts.hpp"

namespace xzepr::api {

inline constexpr auto http_texts = std::to_array<ErrorText>({
    {"body_too_large", "The body is too large",
     "The body has more bytes than this resource takes: 1 MiB, or 16 MiB for /api/v1/events/batch.",
     "Send less in one request. Many events fit into one batch; large files belong elsewhere, with their "
     "address "
     "in the payload.",
     "the body is larger than this resource takes"},
    {"content_encoding_unsupported", "The body must not be compressed",
     "The request has a Content-Encoding other than identity.", "Send the body without compression.",
     "Content-Encoding gzip is not supported"},
    {"content_type_unsupported", "The body has the wrong content type",
     "The Content-Type is missing, is not one that this resource reads, or has a charset other than UTF-8.",
     "Send Content-Type: application/json. The batch reads application/x-ndjson too.",
     "Content-Type must be application/json, got text/plain"},
    {"cors_refused", "A web page may not do this",
     "A browser asked (an OPTIONS request with Origin and Access-Control-Request-Method) whether a page of "
     "that origin may "
     "send this method with these headers, and the configuration does not list one of them.",
     "An operator adds the origin to security.cors.allowed_origins exactly as the browser sends it, or the "
     "method or header "
     "to its list. Programs that are no browsers never ask.",
     "this origin may not call the API from a web page"},
    {"credentials_ambiguous", "More than one credential was sent",
     "The request has both X-API-Key and Authorization, or one of them twice. Which one counts would be a "
     "guess.",
     "Send exactly one: X-API-Key, or Authorization: Bearer.",
     "the request carries more than one credential"},
    {"credentials_in_query", "A credential does not belong into a URL",
     "The query has a parameter api_key. URLs end up in logs, histories and referrers.",
     "Send the key in the header X-API-Key, and revoke it if it was a real one.",
     "a key in a URL ends up in logs and histories"},
    {"credentials_invalid", "The credential is not valid",
     "The key is mistyped, unknown, expired or revoked, or its user is disabled. The answer does not say "
     "which.",
     "Check that the whole key was copied. xzepr whoami shows who a key is; an administrator can make "
     "another.",
     "the credential is not valid"},
    {"credentials_missing", "A credential is needed",
     "The resource is not open to everybody and the request "
     "carries no credential.",
     "Send an API key in X-API-Key, or as Authorization: Bearer.", "this needs a credential"},
    {"csrf_refused", "A page of another site asks, or the session's token is missing",
     "The browser's session came as a cookie, and whatever changes something needs more than that: the "
     "request came from a page of another site, or without the X-CSRF-Token of the session.",
     "Call it from a page of this server, with the value of the cookie that ends in xzepr-csrf as "
     "X-CSRF-Token; programs send an API key or an access token instead.",
     "the session's X-CSRF-Token is missing or wrong"},
    {"deadline_exceeded", "The request took too long",
     "The answer was not ready before the request's deadline. A change may have been made or not.",
     "Try again, with the same Idempotency-Key for a POST: then it happens once at most.",
     "the request took too long"},
    {"expectation_failed", "The expectation cannot be met",
     "The request has an Expect header other than 100-continue.", "Leave the header out.",
     "the only expectation is 100-continue"},
    {"headers_too_large", "The headers are too large",
     "A header is longer than 8,192 bytes, there are more than 100, or the head is longer than 40,960 bytes.",
     "Send fewer or shorter headers; cookies of other sites on the same host are a usual reason.",
     "a header is longer than 8,192 bytes"},
    {"http_malformed", "This is not a well-formed HTTP request",
     "The bytes break a rule of HTTP/1.1 that two programs could read differently, and so could be an "
     "attack.",
     "Use an HTTP library; look for a proxy between that changes requests.",
     "a header's name is directly followed by a colon"},
    {"http_version_unsupported", "The HTTP version is not supported",
     "The request line names a version other than HTTP/1.1 and HTTP/1.0.", "Speak HTTP/1.1.",
     "only HTTP/1.1 and HTTP/1.0 are spoken here"},
    {"idempotency_key_invalid", "The idempotency key is not valid",
     "Idempotency-Key is empty, longer than 255 characters, not visible ASCII, or given twice. The key of a "
     "batch "
     "has at most 240 characters.",
     "Send one key per request; a UUID does.",
     "Idempotency-Key must be given once, as 1 to 255 visible ASCII characters", "Idempotency-Key"},
    {"idempotency_mismatch", "The idempotency key was used with another body",
     "A request with this Idempotency-Key was answered before, and its body was another one.",
     "Take a new key for each new request; send the very same bytes when trying again.",
     "this idempotency key was used with another body", "Idempotency-Key"},
    {"if_match_invalid", "If-Match cannot be read",
     "If-Match is neither * nor one entity tag in double quotes.",
     "Send the ETag of the answer that you read, as it is, with its quotes.",
     "If-Match must be * or one entity tag in double quotes", "If-Match"},
    {"internal", "The server failed",
     "A fault that the server did not expect. Nothing from inside is told; the log has it under the "
     "request_id.",
     "Try again once. If it stays, give the request_id to whoever runs this server.",
     "the server failed to answer this request"},
    {"json_invalid",
     "The body is not valid JSON",
     "The body is empty, breaks JSON's grammar, is not UTF-8, repeats a key, holds U+0000, an integer beyond "
     "64 "
     "bits or more than 32 levels.",
     "Let a JSON library write the body. The detail names the byte.",
     "syntax error at byte 17",
     "",
     {"", "syntax", "syntax error at byte 17"}},
    {"login_refused", "The login was refused",
     "The user name or the password is wrong, or the user is disabled or has no password; which of these, is "
     "in the audit log only.",
     "Try again, or ask an administrator: xzepr admin user password.",
     "the user name or the password is wrong"},
    {"method_not_allowed", "The method is not allowed here",
     "The path exists, but not with this method. The answer's Allow header lists those that do.",
     "Use one of the methods in Allow.", "PATCH is not allowed here"},
    {"misdirected_request", "The request is for another host",
     "The target is an absolute URL whose host differs from the Host header.",
     "Send the path alone as the target, and Host once.", "the target names another host than Host"},
    {"oidc_login_invalid", "This login cannot be ended",
     "The provider's answer does not belong to a login that this browser began at most 10 minutes ago, or "
     "was used before.",
     "Begin again at /api/v1/auth/oidc/login, in one browser, with cookies allowed.",
     "this browser has no login under way that belongs to this answer"},
    {"oidc_login_refused", "The provider did not confirm the login",
     "The provider said no, or what it said of the person does not hold; the log of the server has the "
     "reason.",
     "Begin again; when it stays so, ask whoever runs the provider.",
     "the provider did not confirm this login"},
    {"oidc_unavailable", "The provider of logins is away",
     "The OpenID Connect provider gives no answer in 10 seconds, or one that cannot be used; the log has the "
     "reason.",
     "Try again in a minute; API keys and local accounts work meanwhile.", "the provider gives no answer"},
    {"oidc_unconfigured", "There is no provider of logins",
     "This server is not joined to an OpenID Connect provider.",
     "Log in with a local account, or use an API key; an operator joins a provider with "
     "oidc.issuer_url.",
     "this server knows no OpenID Connect provider"},
    {"path_malformed", "The path is not well-formed",
     "The path holds a broken percent-escape, bytes that are not UTF-8, a dot segment or a control "
     "character.",
     "Percent-encode what stands between the slashes.", "a '%' is not followed by two hex digits"},
    {"path_unknown", "There is nothing at this path", "No resource has this path.",
     "The interface begins at /api/v1; /docs lists every path.", "there is nothing at /api/v2/events"},
    {"permission_denied", "You may not do this",
     "None of the credential's roles gives the permission, or the receiver is visible to you but not yours "
     "to "
     "post to.",
     "xzepr whoami shows your permissions. Ask an administrator for the role, or the owner of a group to "
     "make you a "
     "member.",
     "this needs the permission receiver_create"},
    {"query_invalid",
     "The query is not valid",
     "A query parameter is unknown here, given twice, of the wrong type or out of range, or the query string "
     "is "
     "broken.",
     "Each violation names its parameter; /docs lists what the resource takes.",
     "query parameter limit: must be from 1 to 1000",
     "limit",
     {"/limit", "range", "must be from 1 to 1000"}},
    {"rate_limited", "Too many requests",
     "The caller has used up the requests of this minute. X-RateLimit-* tell the limit and when it is full "
     "again.",
     "Wait for the seconds in Retry-After. Many events fit in one POST /api/v1/events/batch.",
     "more than 100 requests a minute"},
    {"refresh_refused", "The tokens cannot be refreshed",
     "The two tokens are not of one session, the refresh token was used before, or the session is over: "
     "logged "
     "out, too old, or its user's password or rights were changed.",
     "Log in again. A refresh token used twice ends its session: keep the newest only.",
     "these tokens cannot be refreshed"},
    {"request_timeout", "The request did not arrive in time",
     "The head took longer than 10 seconds, or the body longer than 30. The connection is closed.",
     "Send the request at once; look for a slow proxy or network.", "the request did not arrive in time"},
    {"storage_full", "The store has no space left",
     "The database's disk is full. Nothing was changed; reads go on.",
     "Try again when the operator has made room; the server heals by itself.",
     "the store has no space left: nothing was changed"},
    {"stream_limit", "This user has too many streams open",
     "Each user may have so many streams on each node; clients that come back without closing count, too, "
     "until they are noticed.",
     "End one, or let one stream serve several readers.", "a user may have 1000 streams open"},
    {"tokens_unavailable", "This server gives out no tokens",
     "It was started without a key to sign tokens with.",
     "Use an API key, or set jwt.keys.file, jwt.keys.directory or jwt.keys.value.",
     "this server has no key to sign tokens with"},
    {"transfer_coding_unknown", "The transfer coding is not known",
     "Transfer-Encoding names something other than chunked.", "Send Content-Length, or chunked alone.",
     "the only transfer coding is chunked"},
    {"unavailable", "The server cannot answer now",
     "The store cannot be reached, the queue of writes is full, or the server is stopping. Nothing was "
     "changed.",
     "Try again after the seconds in Retry-After, with the same Idempotency-Key for a POST.",
     "the store cannot be reached now"},
    {"uri_too_long", "The request line is too long", "The request line is longer than 8,192 bytes.",
     "Shorten the query; filters belong to several requests, data into a body.",
     "the request line is longer than 8,192 bytes"},
    {"web_socket_expected", "This is a WebSocket",
     "The request does not begin a WebSocket of version 13 (RFC 6455).",
     "Open it with a WebSocket client; with curl, read /api/v1/stream.", "this is a WebSocket, version 13"},
});

}  // namespace xzepr::api
