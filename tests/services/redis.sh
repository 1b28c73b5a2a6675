#!/bin/bash
# Redis 7 in memory, on REDIS_PORT (default 56379). Password of the default user xzepr-secret; user app, password
# app-secret, may do what rate limits need and nothing else.
. "$(dirname "$0")/lib.sh"
PORT=${REDIS_PORT:-56379}

address() { echo "redis://:xzepr-secret@127.0.0.1:$PORT"; }
install_service() { need /usr/bin/redis-server redis-server; }

start_service() {
  printf '%s\n' "bind 127.0.0.1" "port $PORT" "dir $DATA" 'save ""' "appendonly no" \
    "user default on >xzepr-secret ~* &* +@all" \
    "user app on >app-secret ~xzepr:limit:* +auth +select +eval +evalsha +time +exists +dbsize +get +set" >"$DATA/redis.conf"
  in_background /usr/bin/redis-server "$DATA/redis.conf"
  wait_until 10 sh -c "REDISCLI_AUTH=xzepr-secret redis-cli -p $PORT ping | grep -q PONG"
}

main "$@"
