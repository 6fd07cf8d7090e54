#!/usr/bin/env bash
# Builds everything with warnings as errors and runs every test. Installs what is missing (Debian packages), starts a
# Redis and a PostgreSQL of its own on loopback, and ends with the line "N passed, N failed".
#
#   ./test.sh            all tests
#   ./test.sh grains     the test projects whose folder name contains "grains"
set -euo pipefail
cd "$(dirname "$0")"
filter=${1:-}
deadline=20m # for one test project: one that hangs has failed
as_root() { if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi; }

install_missing() {
  local missing=()
  for package in chromium python3-aiortc python3-websockets redis-server postgresql openssl libsrtp2-1 coturn libopus0 python3-gst-1.0 \
    gir1.2-gst-plugins-bad-1.0 gir1.2-nice-0.1 gstreamer1.0-nice gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
    gstreamer1.0-plugins-bad; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  # Node.js may have come from elsewhere than Debian, with an npm of its own.
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  [[ ${#missing[@]} -eq 0 ]] && return
  echo "Installing: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

wait_for() { # what, command...
  local what=$1; shift
  for _ in $(seq 150); do "$@" >/dev/null 2>&1 && return 0; sleep 0.2; done
  echo "$what did not come up" >&2
  return 1
}

data=$(mktemp -d)
started=()
clean_up() {
  for pid in "${started[@]:-}"; do [[ -n $pid ]] && kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$data"
}
trap clean_up EXIT

start_redis() {
  local port; port=$(free_port)
  redis-server --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$data" >"$data/redis.log" 2>&1 &
  started+=($!)
  wait_for Redis redis-cli -h 127.0.0.1 -p "$port" ping
  export GOTO_TEST_REDIS="127.0.0.1:$port"
}

start_postgresql() {
  local port bin owner=() ; port=$(free_port)
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
  mkdir -p "$data/postgresql"
  # PostgreSQL refuses to run as root; Debian's package brings the user for it.
  if [[ $EUID -eq 0 ]]; then
    chmod 755 "$data"; chown postgres "$data/postgresql"; owner=(setpriv --reuid postgres --regid postgres --clear-groups)
  fi
  "${owner[@]}" "$bin/initdb" -D "$data/postgresql/db" -U goto --auth trust --no-sync >"$data/initdb.log" 2>&1
  "${owner[@]}" "$bin/postgres" -D "$data/postgresql/db" -h 127.0.0.1 -p "$port" -k "$data/postgresql" -F \
    -c max_connections=300 >"$data/postgresql.log" 2>&1 &
  started+=($!)
  wait_for PostgreSQL "$bin/pg_isready" -h 127.0.0.1 -p "$port" -U goto
  export GOTO_TEST_POSTGRESQL="Host=127.0.0.1;Port=$port;Username=goto;Database=postgres"
}

# LiveKit's own clients, at the versions of the lock file.
install_livekit_clients() {
  local folder=tests/livekit-sdk
  [[ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]] && return
  npm ci --prefix "$folder" --loglevel error
}

install_missing
install_livekit_clients
start_redis
start_postgresql

dotnet build Orleans.GoTo.sln --nologo -v quiet

# The failed tests of a log with what they say, without their output: the last lines of a long run are what is read first.
failures() { awk '/^failed /{left = 12} /^  Standard output/{left = 0} left > 0{print; left--}' "$1"; }

passed=0 failed=0
for project in tests/*/*.Tests.csproj; do
  name=$(basename "$(dirname "$project")")
  [[ $name == *"$filter"* ]] || continue
  echo "== $name"
  log="$data/$name.log"
  status=0
  timeout --kill-after=10s "$deadline" dotnet test --project "$project" --no-build --no-ansi --no-progress \
    >"$log" 2>&1 || status=$?
  [[ $status -ne 124 && $status -ne 137 ]] || echo "$name was not done after $deadline and was ended" >>"$log"
  p=$(sed -n 's/^ *succeeded: *\([0-9]*\).*/\1/p' "$log" | tail -1)
  f=$(sed -n 's/^ *failed: *\([0-9]*\).*/\1/p' "$log" | tail -1)
  # A run that ends badly without naming a failed test, or runs none, has failed all the same.
  [[ $status -ne 0 && ${f:-0} -eq 0 || $((${p:-0} + ${f:-0})) -eq 0 ]] && f=$((${f:-0} + 1))
  if [[ ${f:-0} -gt 0 ]]; then cat "$log"; failures "$log" >>"$data/failures"; else echo "$p passed"; fi
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0}))
done
if [[ -s $data/failures ]]; then cat "$data/failures"; fi
echo "$passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
