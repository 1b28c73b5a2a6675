#!/bin/bash
# nginx on NGINX_PORT (default 58080), one worker per core: /static answers a fixed body of NGINX_BODY_BYTES (default 380),
# everything else is passed on to NGINX_UPSTREAM (default http://127.0.0.1:8042).
. "$(dirname "$0")/lib.sh"
PORT=${NGINX_PORT:-58080}
UPSTREAM=${NGINX_UPSTREAM:-http://127.0.0.1:8042}

address() { echo "http://127.0.0.1:$PORT"; }
install_service() { need /usr/sbin/nginx nginx-light; }

start_service() {
  mkdir -p "$DATA/temp"
  local body
  body=$(printf "%${NGINX_BODY_BYTES:-380}s" '' | tr ' ' x)
  cat >"$DATA/nginx.conf" <<X
daemon off;
pid $DATA/nginx.pid;
error_log $DATA/error.log;
worker_processes auto;
worker_rlimit_nofile 8192;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path $DATA/temp/body;
  proxy_temp_path $DATA/temp/proxy;
  fastcgi_temp_path $DATA/temp/fastcgi;
  uwsgi_temp_path $DATA/temp/uwsgi;
  scgi_temp_path $DATA/temp/scgi;
  upstream xzepr { server ${UPSTREAM#http://}; keepalive 64; }
  server {
    listen 127.0.0.1:$PORT;
    location = /static { default_type application/json; return 200 '$body'; }
    location / {
      proxy_pass http://xzepr;
      proxy_http_version 1.1;
      proxy_set_header Connection '';
      proxy_set_header Host \$host;
      proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
    }
  }
}
X
  in_background /usr/sbin/nginx -c "$DATA/nginx.conf" -e "$DATA/error.log"
  wait_until 10 port_answers "$PORT"
}

main "$@"
