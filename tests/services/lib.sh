# What the service scripts share. Each is called NAME.sh install|start|stop|status [DATA_DIR]:
#   install  the Debian package, when its program is missing
#   start    installs when needed, waits until the service answers, prints its address; a second start changes nothing
#   stop     ends what start began, children too
#   status   address and exit 0 when it runs, else exit 1
# Everything listens on 127.0.0.1. Data, log and pid file live in DATA_DIR.
set -euo pipefail
NAME=$(basename "$0" .sh)
DATA=${2:-${TMPDIR:-/tmp}/xzepr-$NAME}

say() { echo "$NAME: $*" >&2; }

is_alive() { [ -s "$DATA/pid" ] && kill -0 "$(cat "$DATA/pid")" 2>/dev/null; }

# in_background COMMAND...   in a session of its own, so that stop can end its children too
in_background() {
  setsid "$@" >"$DATA/log" 2>&1 </dev/null &
  echo $! >"$DATA/pid"
}

# wait_until SECONDS COMMAND...
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if ! is_alive; then
      say "died while starting; the end of $DATA/log:"
      tail -n 20 "$DATA/log" >&2
      rm -f "$DATA/pid"
      return 1
    fi
    if ((SECONDS >= end)); then
      say "does not answer; the end of $DATA/log:"
      tail -n 20 "$DATA/log" >&2
      end_session
      return 1
    fi
    sleep 0.1
  done
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

end_session() {
  is_alive || { rm -f "$DATA/pid"; return 0; }
  local leader
  leader=$(cat "$DATA/pid")
  kill -- "-$leader" 2>/dev/null || true
  for _ in $(seq 100); do
    kill -0 -- "-$leader" 2>/dev/null || { rm -f "$DATA/pid"; return 0; }
    sleep 0.1
  done
  kill -KILL -- "-$leader" 2>/dev/null || true
  rm -f "$DATA/pid"
}

# need PROGRAM PACKAGE   RUNLEVEL=1 keeps the package from starting a service of its own
need() {
  [ -x "$1" ] && return 0
  say "installing $2"
  local sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$2" >/dev/null
}

main() {
  case ${1:-} in
    install) install_service ;;
    start)
      if ! is_alive; then
        install_service
        mkdir -p "$DATA"
        start_service
      fi
      address
      ;;
    stop) end_session ;;
    status) if is_alive; then address; else echo down; exit 1; fi ;;
    *) echo "usage: $0 install|start|stop|status [DATA_DIR]" >&2; exit 2 ;;
  esac
}
