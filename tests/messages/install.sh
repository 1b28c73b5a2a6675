#!/bin/bash
# Public libraries of CloudEvents and Standard Webhooks in a virtual environment, pinned; kept under
# ${XZEPR_TOOLS:-$HOME/.cache/xzepr-tools}, so that they are fetched once. Prints its Python.
set -euo pipefail
cd "$(dirname "$0")"

folder=${XZEPR_TOOLS:-$HOME/.cache/xzepr-tools}/messages-$(sha256sum <requirements.txt | cut -c1-12)
if [ ! -f "$folder/ready" ]; then
  rm -rf "$folder"
  mkdir -p "$folder"
  python3 -m venv "$folder/py"
  "$folder/py/bin/pip" install -q --disable-pip-version-check -r requirements.txt
  touch "$folder/ready"
fi >&2
echo "$folder/py/bin/python"
