#include "app/demo/world.hpp"

namespace xzepr::app::demo {
namespace {

constexpr std::string_view documents = R"(# The world of xzepr demo.
- kind: receiver
  name: build
  type: dev.demo.build.finished
  version: 1.0.0
  description: An artifact was built.
  field_formats: {version: semver}
  schema:
    type: object
    required: [commit]
    properties:
      commit: {type: string, pattern: "^[0-9a-f]{7,40}$"}
      branch: {type: string}
- kind: receiver
  name: unit-tests
  type: dev.demo.tests.finished
  version: 1.0.0
  description: The unit tests ran.
  schema: &counts
    type: object
    required: [passed, failed]
    properties:
      passed: {type: integer, minimum: 0}
      failed: {type: integer, minimum: 0}
- kind: receiver
  name: sast-scan
  type: dev.demo.sast.finished
  version: 1.2.0
  description: The source was scanned.
  schema: &findings
    type: object
    required: [critical]
    properties:
      critical: {type: integer, minimum: 0}
      high: {type: integer, minimum: 0}
- kind: receiver
  name: image-scan
  type: dev.demo.image-scan.finished
  version: 1.0.0
  description: The package was scanned.
  schema: *findings
- kind: receiver
  name: deploy-staging
  type: dev.demo.deployment.staging
  version: 1.0.0
  description: It runs in staging.
- kind: receiver
  name: smoke-test
  type: dev.demo.smoke-test.finished
  version: 1.0.0
  description: Staging answers.
- kind: receiver
  name: approval
  type: dev.demo.approval.given
  version: 1.0.0
  description: A person has said yes or no.
  schema:
    type: object
    required: [by]
    properties:
      by: {type: string}
- kind: receiver
  name: deploy-production
  type: dev.demo.deployment.production
  version: 1.0.0
  description: It runs in production.
- kind: group
  name: ready-to-test
  type: dev.demo.gate
  version: 1.0.0
  description: It is built, and its unit tests pass.
  receivers: [build, unit-tests]
- kind: group
  name: ready-to-stage
  type: dev.demo.gate
  version: 1.0.0
  description: Nothing known speaks against it.
  receivers: [build, unit-tests, sast-scan, image-scan]
- kind: group
  name: ready-to-ship
  type: dev.demo.gate
  version: 1.0.0
  description: It works in staging, and a person agrees.
  receivers: [build, unit-tests, sast-scan, image-scan, deploy-staging, smoke-test, approval]
- kind: group
  name: shipped
  type: dev.demo.gate
  version: 1.0.0
  description: It runs in production.
  receivers: [deploy-production]
)";

}  // namespace

std::string_view world_documents() { return documents; }

}  // namespace xzepr::app::demo
