#!/usr/bin/env bash
# Runs every application that `hpcrun list` names on the process fabric while its slaves are killed (SIGKILL) at random, and compares what it prints on standard output
# and the files it writes with an undisturbed run on uni. One line for each; the last line is "N passed, N failed". Ends with 0 when none failed.
#
#   scripts/chaos-examples.sh [SEED [SLAVES [INTERVAL_MS [NAME...]]]]
#
# Defaults: a seed of the day, 2 slaves, the first kill after 300 ms, all applications. Each pause is drawn from half to one and a half times the interval, which grows by a quarter with
# every kill: so a run comes to its end also where slaves take long to come up. A run that ended before anything was killed is repeated with shorter pauses. The arguments of each
# application, and which are not compared and why, are in scripts/chaos-examples.txt. The seed decides on pauses and victims; what they are just doing the machine decides.
# CONFIGURATION is Release unless set; --no-build before the seed takes what is built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh

build=true
if [ "${1:-}" = --no-build ]; then
  build=false
  shift
fi

seed=${1:-$(date +%s)}
slaves=${2:-2}
interval=${3:-300}
shift $(($# < 3 ? $# : 3))
configuration=${CONFIGURATION:-Release}
table=scripts/chaos-examples.txt
deadline=180
passed=0
failed=0

for number in "$seed" "$slaves" "$interval"; do
  case $number in
    '' | *[!0-9]*)
      echo "scripts/chaos-examples.sh: SEED, SLAVES and INTERVAL_MS are whole numbers, not '$number'" >&2
      exit 2
      ;;
  esac
done

if $build; then
  dotnet build src/Launcher --configuration "$configuration" --nologo --verbosity quiet
fi

hpcrun=src/Launcher/bin/$configuration/net10.0/hpcrun.dll
folder=$(mktemp -d)
running=0
trap 'if [ "$running" -ne 0 ]; then kill -9 "$running" 2>/dev/null || true; fi; rm -rf "$folder"' EXIT
RANDOM=$((seed % 32768))

# row NAME: its line of the table; nothing where it has none.
row() {
  grep -E "^$1 *[|!]" "$table" || true
}

# words NAME FOLDER: its arguments, one a line.
words() {
  local columns text
  IFS='|' read -r -a columns <<<"$(row "$1")"
  text=${columns[2]:-}
  if [ -z "${text// /}" ]; then
    text=${columns[1]:-}
  fi

  local -a parts
  read -r -a parts <<<"$text"
  for text in ${parts[@]+"${parts[@]}"}; do
    text=${text//\{root\}/$PWD}
    printf '%s\n' "${text//\{folder\}/$2}"
  done
}

# start FABRIC NAME FOLDER: begins the run; its output and its files go to the folder, under one name for all runs.
start() {
  local -a arguments
  mkdir -p "$3/files"
  mapfile -t arguments < <(words "$2" "$3/files")
  dotnet "$hpcrun" run "$2" --processor "$1" -n "$slaves" --seed 1 --max-attempts 1000 --set process.max-restarts=1000 -- ${arguments[@]+"${arguments[@]}"} \
    </dev/null >"$3/output" 2>"$3/errors" &
  running=$!
}

# finish: waits for the run and forgets it; ends with its exit code.
finish() {
  local status=0
  wait "$running" 2>/dev/null || status=$?
  running=0
  return "$status"
}

# slaves_of PROCESS: its children, but for the guard of the master.
slaves_of() {
  local child
  for child in $(cat /proc/"$1"/task/*/children 2>/dev/null || true); do
    if ! { tr '\0' ' ' <"/proc/$child/cmdline"; } 2>/dev/null | grep -q '^hpcruntime-guardian'; then
      echo "$child"
    fi
  done
}

# hunt INTERVAL_MS: kills slaves of the run until it has ended, or for too long; sets kills.
hunt() {
  local interval=$1 began=$SECONDS pause victims
  kills=0
  while kill -0 "$running" 2>/dev/null; do
    pause=$((interval / 2 + RANDOM % (interval + 1)))
    sleep "$((pause / 1000)).$(printf '%03d' $((pause % 1000)))"
    mapfile -t victims < <(slaves_of "$running")
    if [ "${#victims[@]}" -gt 0 ] && kill -9 "${victims[RANDOM % ${#victims[@]}]}" 2>/dev/null; then
      kills=$((kills + 1))
      interval=$((interval + (interval + 3) / 4))
    fi

    if [ $((SECONDS - began)) -gt "$deadline" ]; then
      kill -9 "$running" 2>/dev/null || true
    fi
  done
}

# same CALM STORMY: whether both runs said and wrote the same, the name of the folder apart.
same() {
  cmp -s <(sed "s|$1|FOLDER|g" "$1/output") <(sed "s|$2|FOLDER|g" "$2/output") && diff -r "$1/files" "$2/files" >/dev/null
}

# chaos NAME: one application.
chaos() {
  local calm=$folder/$1/calm stormy=$folder/$1/stormy pause=$interval status=0 began
  start uni "$1" "$calm"
  if ! finish; then
    echo "FAILED  $1: it does not end well on uni"
    sed 's/^/        /' "$calm/errors" | tail -n 20
    return 1
  fi

  for _ in 1 2 3 4 5 6; do
    rm -rf "$stormy"
    began=$SECONDS
    start process "$1" "$stormy"
    hunt "$pause"
    status=0
    finish || status=$?
    if [ "$kills" -gt 0 ] || [ "$status" -ne 0 ]; then
      break
    fi

    pause=$((pause > 20 ? pause / 2 : 10))
  done

  if [ "$status" -ne 0 ]; then
    echo "FAILED  $1: ended with $status after $kills kills in $((SECONDS - began)) s, seed $seed"
    sed 's/^/        /' "$stormy/errors" | tail -n 20
    return 1
  elif [ "$kills" -eq 0 ]; then
    echo "FAILED  $1: it ended before anything could be killed; give it more to do in $table"
    return 1
  elif ! same "$calm" "$stormy"; then
    echo "FAILED  $1: after $kills kills it does not say what it says on uni, seed $seed"
    diff "$calm/output" "$stormy/output" | sed 's/^/        /' | head -n 20
    return 1
  fi

  echo "ok      $1: $kills slaves killed in $((SECONDS - began)) s, all as on uni"
}

names=("$@")
if [ "${#names[@]}" -eq 0 ]; then
  mapfile -t names < <(dotnet "$hpcrun" list </dev/null | awk '{ print $1 }')
fi

echo "seed $seed, $slaves slaves, the first kill after about $interval ms"
for name in "${names[@]}"; do
  if row "$name" | grep -q '!'; then
    echo "left    $name: $(row "$name" | sed 's/^[^!]*! *//')"
  elif chaos "$name"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
