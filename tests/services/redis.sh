#!/bin/bash
# Redis 7 in memory, on REDIS_PORT (default 56379). Password of the default user xzepr-secret; user app, password
# app-secret, may do what rate limits need and nothing else. With REDIS_TLS_PORT there too, by TLS; DATA_DIR/ca.pem signs it.
. "$(dirname "$0")/lib.sh"
PORT=${REDIS_PORT:-56379}

address() { echo "redis://:xzepr-secret@127.0.0.1:$PORT"; }
install_service() { need /usr/bin/redis-server redis-server; }

make_certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$DATA/ca.key" -out "$DATA/ca.pem" -days 30 -subj "/CN=redis tests"
  openssl req -newkey rsa:2048 -nodes -keyout "$DATA/redis.key" -out "$DATA/redis.csr" -subj /CN=redis
  echo "subjectAltName=IP:127.0.0.1" >"$DATA/redis.ext"
  openssl x509 -req -in "$DATA/redis.csr" -CA "$DATA/ca.pem" -CAkey "$DATA/ca.key" -CAcreateserial -days 30 \
    -out "$DATA/redis.pem" -extfile "$DATA/redis.ext"
}

start_service() {
  printf '%s\n' "bind 127.0.0.1" "port $PORT" "dir $DATA" 'save ""' "appendonly no" \
    "user default on >xzepr-secret ~* &* +@all" \
    "user app on >app-secret ~xzepr:limit:* +auth +select +eval +evalsha +time +exists +dbsize +get +set" >"$DATA/redis.conf"
  if [ -n "${REDIS_TLS_PORT:-}" ]; then
    [ -s "$DATA/redis.pem" ] || make_certificate >"$DATA/openssl.log" 2>&1
    printf '%s\n' "tls-port $REDIS_TLS_PORT" "tls-cert-file $DATA/redis.pem" "tls-key-file $DATA/redis.key" \
      "tls-ca-cert-file $DATA/ca.pem" "tls-auth-clients no" >>"$DATA/redis.conf"
  fi
  in_background /usr/bin/redis-server "$DATA/redis.conf"
  wait_until 10 sh -c "REDISCLI_AUTH=xzepr-secret redis-cli -p $PORT ping | grep -q PONG"
}

main "$@"
