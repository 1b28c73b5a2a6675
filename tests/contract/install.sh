#!/bin/bash
# What checks the description of the API against the server: schemathesis and openapi-spec-validator in a virtual
# environment, redocly beside them. Pinned; kept under ${XZEPR_TOOLS:-$HOME/.cache/xzepr-tools}, so that it is fetched
# once. Prints the folder.
set -euo pipefail
cd "$(dirname "$0")"

redocly=2.77.0
wanted=$(cat requirements.txt; echo "redocly $redocly")
folder=${XZEPR_TOOLS:-$HOME/.cache/xzepr-tools}/contract-$(printf %s "$wanted" | sha256sum | cut -c1-12)

if [ ! -f "$folder/ready" ]; then
  rm -rf "$folder"
  mkdir -p "$folder"
  python3 -m venv "$folder/py"
  "$folder/py/bin/pip" install -q --disable-pip-version-check -r requirements.txt
  PATH=$folder/py/bin:$PATH "$folder/py/bin/npm" install --silent --no-audit --no-fund --prefix "$folder/npm" "@redocly/cli@$redocly"
  touch "$folder/ready"
fi >&2
echo "$folder"
