#!/bin/bash
# PostgreSQL 15 with a cluster of its own in DATA_DIR, on PG_PORT (default 55432), fsync on.
# Superuser xzepr, password xzepr-secret, database xzepr. Called by root it runs as user postgres, since PostgreSQL refuses root.
. "$(dirname "$0")/lib.sh"
PORT=${PG_PORT:-55432}
PROGRAMS=${PG_BIN:-/usr/lib/postgresql/15/bin}
as_owner=()
[ "$(id -u)" != 0 ] || as_owner=(setpriv --reuid postgres --regid postgres --init-groups)

address() { echo "postgres://xzepr:xzepr-secret@127.0.0.1:$PORT/xzepr"; }
install_service() { need "$PROGRAMS/postgres" postgresql-15; }

make_cluster() {
  mkdir -p "$DATA/cluster"
  chmod 700 "$DATA/cluster"
  echo xzepr-secret >"$DATA/password"
  [ "$(id -u)" != 0 ] || chown -R postgres "$DATA"
  "${as_owner[@]}" "$PROGRAMS/initdb" -D "$DATA/cluster" -U xzepr --pwfile="$DATA/password" \
    --auth-local=trust --auth-host=scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync >"$DATA/initdb.log"
}

start_service() {
  [ -s "$DATA/cluster/PG_VERSION" ] || make_cluster
  in_background "${as_owner[@]}" "$PROGRAMS/postgres" -D "$DATA/cluster" -p "$PORT" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories="$DATA" -c fsync=on \
    -c max_connections=200 -c shared_buffers=128MB
  wait_until 30 "$PROGRAMS/pg_isready" -q -h 127.0.0.1 -p "$PORT" -U xzepr
  local there
  there=$("$PROGRAMS/psql" -qtAX -d "postgres://xzepr:xzepr-secret@127.0.0.1:$PORT/postgres" -c "select 1 from pg_database where datname = 'xzepr'")
  [ "$there" = 1 ] || PGPASSWORD=xzepr-secret "$PROGRAMS/createdb" -h 127.0.0.1 -p "$PORT" -U xzepr xzepr
}

main "$@"
