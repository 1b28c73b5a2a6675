// The parameters of paths and queries that the nouns share. Each is described here once: a route lists it,
// its handler reads it by the same name.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "api/parameter.hpp"

namespace xzepr::api::rest {

inline constexpr std::size_t reference_length_max = limits::name_length_max        // name@version: the name
                                                    + 1                            // the @
                                                    + limits::version_length_max;  // the version
inline constexpr std::size_t artifact_text_length_max =
    3 * (3 * limits::name_length_max + 2 * limits::version_length_max)  // five fields, every character as %XX
    + 4;                                                                // the separators

// In paths.
namespace path {

inline constexpr Parameter event_id{.name = "id",
                                    .about = "The event's ULID, or the same as a UUID.",
                                    .max = 36,
                                    .example = "01JE4Q8Z5X8R4B1T6V0N2M3K7D"};
inline constexpr Parameter receiver{.name = "id",
                                    .about = "The receiver's id, its name, or name@version.",
                                    .max = reference_length_max,
                                    .example = "sast-scan@1.2"};
inline constexpr Parameter group{.name = "id",
                                 .about = "The group's id, its name, or name@version.",
                                 .max = reference_length_max,
                                 .example = "ready-to-ship"};
inline constexpr Parameter member{.name = "user_id",
                                  .about = "The member: a user's id or name, or role:NAME.",
                                  .example = "role:release-team"};
inline constexpr Parameter artifact{
    .name = "artifact_id",
    .about = "32 hex digits, or name@version[+release][/platform_id][/package].",
    .max = artifact_text_length_max,
    .example = "my-app@1.4.0"};
inline constexpr Parameter api_key_id{.name = "id",
                                      .about = "The key's ULID, or the same as a UUID.",
                                      .max = 36,
                                      .example = "01JE4Q8Z5X8R4B1T6V0N2M3K7D"};

inline constexpr Parameter sink{.name = "name", .about = "The sink's name.", .example = "kafka"};
inline constexpr Parameter dead_letter_id{.name = "id",
                                          .about = "The dead letter's ULID, or the same as a UUID.",
                                          .max = 36,
                                          .example = "01JE4Q8Z5X8R4B1T6V0N2M3K7D"};

inline constexpr Parameter webhook{
    .name = "id", .about = "The webhook's id or its name.", .example = "deploy"};
inline constexpr Parameter delivery_id{.name = "delivery_id",
                                       .about = "The delivery's ULID, or the same as a UUID.",
                                       .max = 36,
                                       .example = "01JE4Q8Z5X8R4B1T6V0N2M3K7D"};

inline constexpr Parameter user{.name = "id", .about = "The user's id or name.", .example = "ada"};

}  // namespace path

namespace query {

using api::query::after;
using api::query::count;
using api::query::limit;

// The five fields of an artifact.
inline constexpr Parameter name{.name = "name", .about = "The artifact's name.", .example = "my-app"};
inline constexpr Parameter version{.name = "version",
                                   .about = "The artifact's version.",
                                   .max = limits::version_length_max,
                                   .example = "1.4.0"};
inline constexpr Parameter release{
    .name = "release", .about = "The artifact's release.", .max = limits::version_length_max, .example = "1"};
inline constexpr Parameter platform_id{
    .name = "platform_id", .about = "The artifact's platform.", .example = "linux-amd64"};
inline constexpr Parameter package{.name = "package", .about = "The artifact's package.", .example = "deb"};
inline constexpr Parameter artifact{
    .name = "artifact",
    .about =
        "name@version[+release][/platform_id][/package] or the artifact's id; instead of the five fields.",
    .max = artifact_text_length_max,
    .example = "my-app@1.4.0"};

// Of events.
inline constexpr Parameter receiver{.name = "receiver",
                                    .about = "Only events of this receiver: its id, name or name@version.",
                                    .max = reference_length_max,
                                    .example = "sast-scan"};
inline constexpr Parameter success{
    .name = "success", .kind = ParameterKind::flag, .about = "Only events that passed, or that failed."};
inline constexpr Parameter since{
    .name = "since", .kind = ParameterKind::time, .about = "Received at this time or later."};
inline constexpr Parameter until{
    .name = "until", .kind = ParameterKind::time, .about = "Received before this time."};
inline constexpr Parameter start_since{.name = "start_since",
                                       .kind = ParameterKind::time,
                                       .about = "What happened began at this time (event_start) or later."};
inline constexpr Parameter end_until{.name = "end_until",
                                     .kind = ParameterKind::time,
                                     .about = "What happened ended (event_end) before this time."};
inline constexpr std::array<std::string_view, 4> sort_choices = {"-id", "id", "-created_at", "created_at"};
inline constexpr Parameter sort{.name = "sort",
                                .kind = ParameterKind::choice,
                                .about = "The order; a minus means the newest first.",
                                .choices = sort_choices,
                                .initial = "-id"};
inline constexpr std::array<std::string_view, 1> expand_choices = {"receiver"};
inline constexpr Parameter expand{.name = "expand",
                                  .kind = ParameterKind::choice,
                                  .about = "Puts the whole receiver into the answer.",
                                  .choices = expand_choices};
inline constexpr Parameter atomic{.name = "atomic",
                                  .kind = ParameterKind::flag,
                                  .about = "All events or none: one that is refused refuses the batch.",
                                  .initial = "false"};

// Of events and artifacts.
inline constexpr Parameter words{
    .name = "q",
    .about =
        "Words to search for in name, version, package and description; case does not count, all must "
        "match, the last one by its beginning.",
    .min = 0,
    .example = "app 1.4"};
inline constexpr Parameter payload{
    .name = "payload.",
    .kind = ParameterKind::prefixed,
    .about =
        "payload. and a JSON Pointer: what the payload holds there, compared as JSON when the value parses "
        "(1 is 1.0), else as a string."};

// Of receivers and groups.
inline constexpr Parameter catalogue_name{.name = "name", .about = "Exactly this name."};
inline constexpr Parameter type{.name = "type", .about = "Exactly this type."};
inline constexpr Parameter catalogue_version{
    .name = "version", .about = "Exactly this version.", .max = limits::version_length_max};
inline constexpr Parameter enabled{
    .name = "enabled", .kind = ParameterKind::flag, .about = "Only enabled ones, or only disabled ones."};
inline constexpr Parameter owner{.name = "owner",
                                 .about = "Only what this owner has: a user's id, or role:NAME."};
inline constexpr Parameter q{
    .name = "q",
    .about =
        "Words to search for in name, type, version and description; all must match, "
        "the last one by its beginning.",
    .min = 0,
    .example = "scan"};

// Of gates.
inline constexpr Parameter wait{.name = "wait",
                                .kind = ParameterKind::seconds,
                                .about = "Seconds to hold the answer until the gate opens or fails.",
                                .min = 0,
                                .max = static_cast<std::size_t>(limits::gate_wait_max.count()),
                                .initial = "0"};
inline constexpr std::array<std::string_view, 3> state_choices = {"open", "failing", "pending"};
inline constexpr Parameter state{.name = "state",
                                 .kind = ParameterKind::choice,
                                 .about = "Only artifacts for which the gate is in this state.",
                                 .choices = state_choices};

// Of API keys.
inline constexpr Parameter username{.name = "username", .about = "Only keys of this user.", .example = "ci"};

// Of deliveries.
inline constexpr std::array<std::string_view, 3> delivery_status_choices = {"pending", "delivered", "failed"};
inline constexpr Parameter delivery_status{.name = "status",
                                           .kind = ParameterKind::choice,
                                           .about = "Only deliveries that are so far; failed is given up.",
                                           .choices = delivery_status_choices};

// Of the audit log.
inline constexpr Parameter audit_username{
    .name = "username", .about = "What this user did, or tried under this name.", .example = "ada"};
inline constexpr std::array<std::string_view, 16> audit_action_choices = {"login",
                                                                          "refresh",
                                                                          "logout",
                                                                          "session_revoked",
                                                                          "user_created",
                                                                          "user_changed",
                                                                          "password_changed",
                                                                          "api_key_created",
                                                                          "api_key_revoked",
                                                                          "admin_bootstrapped",
                                                                          "signing_key_rotated",
                                                                          "login_limited",
                                                                          "webhook_created",
                                                                          "webhook_changed",
                                                                          "webhook_deleted",
                                                                          "webhook_disabled"};
inline constexpr Parameter audit_action{.name = "action",
                                        .kind = ParameterKind::choice,
                                        .about = "Only this kind of deed.",
                                        .choices = audit_action_choices};
inline constexpr std::array<std::string_view, 2> audit_outcome_choices = {"succeeded", "refused"};
inline constexpr Parameter audit_outcome{.name = "outcome",
                                         .kind = ParameterKind::choice,
                                         .about = "Only what ended so.",
                                         .choices = audit_outcome_choices};
inline constexpr Parameter audit_since{
    .name = "since", .kind = ParameterKind::time, .about = "Done at this time or later."};
inline constexpr Parameter audit_until{
    .name = "until", .kind = ParameterKind::time, .about = "Done before this time."};

}  // namespace query

}  // namespace xzepr::api::rest
