#!/bin/bash
# Keycloak on KEYCLOAK_PORT (default 58180), memory only, with a realm "xzepr":
#   client xzepr, secret xzepr-secret; alice/alice-pw has the realm role admin and the groups /payments/deployers and /qa,
#   bob/bob-pw the realm role viewer, carol/carol-pw has neither role nor group. The administrator is admin/admin.
# The distribution comes from Maven Central, this version and this digest only, once, into XZEPR_CACHE (180 MiB to load,
# 450 MiB on disk; with its own build about 40 s). It starts in about 25 s on two cores and takes about 530 MiB of memory.
. "$(dirname "$0")/lib.sh"
VERSION=26.7.3
PORT=${KEYCLOAK_PORT:-58180}
HOME_DIR=${XZEPR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/xzepr}/keycloak-$VERSION

address() { echo "http://127.0.0.1:$PORT/realms/xzepr"; }

install_service() {
  need /usr/bin/mvn maven
  need /usr/bin/java openjdk-17-jre-headless
  need /usr/bin/curl curl
  [ -e "$HOME_DIR/.done" ] && return 0
  say "loading Keycloak $VERSION"
  rm -rf "$HOME_DIR"
  mkdir -p "$HOME_DIR/load"
  mvn -B -q -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact="org.keycloak:keycloak-quarkus-dist:$VERSION:tar.gz" -DoutputDirectory="$HOME_DIR/load" >&2
  tar xzf "$HOME_DIR"/load/*.tar.gz -C "$HOME_DIR" --strip-components=1
  rm -rf "$HOME_DIR/load"
  "$HOME_DIR/bin/kc.sh" build --db=dev-mem >"$HOME_DIR/build.log" 2>&1 || { cat "$HOME_DIR/build.log" >&2; return 1; }
  touch "$HOME_DIR/.done"
}

realm() {
  cat <<X
{"realm": "xzepr", "enabled": true, "sslRequired": "none", "accessTokenLifespan": 300,
 "roles": {"realm": [{"name": "admin"}, {"name": "viewer"}]},
 "groups": [{"name": "payments", "subGroups": [{"name": "deployers"}]}, {"name": "qa"}],
 "clients": [{"clientId": "xzepr", "secret": "xzepr-secret", "enabled": true, "standardFlowEnabled": true,
   "directAccessGrantsEnabled": true, "redirectUris": ["http://127.0.0.1:*", "http://localhost:*"],
   "attributes": {"pkce.code.challenge.method": "S256"},
   "protocolMappers": [
    {"name": "audience", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper",
     "config": {"included.client.audience": "xzepr", "access.token.claim": "true"}},
    {"name": "groups", "protocol": "openid-connect", "protocolMapper": "oidc-group-membership-mapper",
     "config": {"claim.name": "groups", "full.path": "true", "id.token.claim": "true", "access.token.claim": "true"}},
    {"name": "realm roles", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-realm-role-mapper",
     "config": {"claim.name": "realm_access.roles", "multivalued": "true", "jsonType.label": "String",
                "id.token.claim": "true", "access.token.claim": "true"}}]}],
 "users": [$(user alice '"admin"' '"/payments/deployers", "/qa"'), $(user bob '"viewer"' ''), $(user carol '' '')]}
X
}

# user NAME ROLES GROUPS
user() {
  echo "{\"username\": \"$1\", \"enabled\": true, \"email\": \"$1@example.com\", \"emailVerified\": true,
  \"firstName\": \"${1^}\", \"lastName\": \"Example\", \"realmRoles\": [$2], \"groups\": [$3],
  \"credentials\": [{\"type\": \"password\", \"value\": \"$1-pw\"}]}"
}

start_service() {
  [ -d "$DATA/keycloak" ] || cp -al "$HOME_DIR" "$DATA/keycloak"  # hard links: realms are imported from its folder
  mkdir -p "$DATA/keycloak/data/import"
  realm >"$DATA/keycloak/data/import/xzepr.json"
  KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin JAVA_OPTS_KC_HEAP="-Xms64m -Xmx512m" \
    in_background "$DATA/keycloak/bin/kc.sh" start --optimized --http-enabled=true --hostname-strict=false \
    --http-host=127.0.0.1 --http-port="$PORT" --http-management-port=$((PORT + 1)) --import-realm
  wait_until 240 curl -sf "$(address)/.well-known/openid-configuration"
}

main "$@"
