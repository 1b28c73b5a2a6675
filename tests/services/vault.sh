#!/bin/bash
# What of Vault's HTTP API the server uses, over TLS, on VAULT_PORT (default 58200): vault_stub.py, which says why and
# what. Its root token is root-token, the authority of its certificate DATA_DIR/ca.pem.
. "$(dirname "$0")/lib.sh"
PORT=${VAULT_PORT:-58200}
HERE=$(cd "$(dirname "$0")" && pwd)

address() { echo "https://127.0.0.1:$PORT"; }
install_service() { need /usr/bin/python3 python3; }

start_service() {
  in_background /usr/bin/python3 "$HERE/vault_stub.py" "$DATA" "$PORT"
  wait_until 20 curl -sf --cacert "$DATA/ca.pem" -H "X-Vault-Token: root-token" "https://127.0.0.1:$PORT/v1/auth/token/lookup-self"
}

main "$@"
