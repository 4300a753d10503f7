#!/usr/bin/env bash
# Every check, in this order: solution, restore, format, build, generated docs, packages, tests and instruction counts, mpi, speed.
# A failing check does not hide the ones after it. The last line is "N passed, N failed[, N skipped]":
# tests, plus one failure for each check that failed. Nothing is installed; scripts/test.sh does that.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh

solution=HpcRuntime.sln
logs=artifacts/checks
test_minutes=${HPCRUNTIME_TEST_MINUTES:-20}
passed=0
failed=0
skipped=0
broken=()
scratch=$(mktemp -d) # Holds a folder for temporary files for each test project: some of them look for what is left there.
rm -rf "$logs"
mkdir -p "$logs"

# Whatever ends this script, the summary is its last line and nothing but a whole run exits 0.
summarise() {
  local status=$?
  kill $(jobs -p) 2>/dev/null || true # Tests that still run, when these checks end early; mostly there is none, which kill calls an error.
  rm -rf "$scratch"
  if [ "$status" -ne 0 ]; then
    broken+=("the checks ended early, with status $status")
    failed=$((failed + 1))
  elif [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then
    broken+=("no test ran")
    failed=1
  fi

  if [ "${#broken[@]}" -gt 0 ]; then
    echo
    failures
    printf 'failed: %s\n' "${broken[@]}"
  fi

  local line="$passed passed, $failed failed"
  if [ "$skipped" -gt 0 ]; then
    line+=", $skipped skipped"
  fi

  echo "$line"
  if [ "$failed" -gt 0 ]; then
    exit 1
  fi

  exit 0
}
trap summarise EXIT

# failures: each failed test once more, with the beginning of what it said, where whoever reads only the end will find it.
failures() {
  awk 'FNR == 1 { left = 0 } /^(failed |FAILED: )/ { print FILENAME ":"; left = 16 } /^(passed|failed|skipped|Test run summary)/ && !/^failed / { left = 0 } left-- > 0' "$logs"/*.log 2>/dev/null | head -n 200 || true
}

fail() {
  echo "FAILED: $1"
  broken+=("$1")
  failed=$((failed + 1))
}

# step NAME COMMAND...: runs a check and says how long it took.
step() {
  local name=$1 start=$SECONDS
  shift
  echo
  echo "== $name"
  if "$@" </dev/null; then
    echo "ok, $((SECONDS - start)) s"
  else
    fail "$name"
    return 1
  fi
}

# A project outside the solution would be neither built nor checked.
every_project_is_in_the_solution() {
  local project status=0
  while read -r project; do
    if ! grep -qF "\"${project//\//\\}\"" "$solution"; then
      echo "$project is not in $solution: dotnet sln add $project"
      status=1
    fi
  done < <(list_projects src examples tests scripts)
  return "$status"
}

# log_of PROJECT, executable_of PROJECT: what its tests print, and what runs them.
log_of() {
  echo "$logs/$(basename "$1" .csproj).log"
}

executable_of() {
  echo "$(dirname "$1")/bin/Release/net10.0/$(basename "$1" .csproj)"
}

# run_tests PROJECT: becomes the executable of one test project. What the tests print, all sorts of crashes among it, goes
# to the log alone: whoever reads the gate is to find there what failed and nothing that only looks like it.
# What needs mpiexec or a cluster around it is run by scripts/test-mpi.sh.
run_tests() {
  TMPDIR=$(mktemp -d -p "$scratch")
  export TMPDIR
  exec timeout --kill-after=30s "${test_minutes}m" "$(executable_of "$1")" --no-ansi --output detailed --settings tests/nunit.runsettings --filter "FullyQualifiedName!~HostsLabTests&FullyQualifiedName!~HostsLabData&FullyQualifiedName!~LaunchedRunTests&FullyQualifiedName!~Tests.MpiFabric." </dev/null >"$(log_of "$1")" 2>&1
}

# judge_tests PROJECT STATUS: adds up what the run reports that ended so.
judge_tests() {
  local project=$1 status=$2 name log
  name=$(basename "$project" .csproj)
  log=$(log_of "$project")
  local ok bad not_run
  ok=$(reported succeeded "$log")
  bad=$(reported failed "$log")
  not_run=$(reported skipped "$log")
  passed=$((passed + ok))
  failed=$((failed + bad))
  skipped=$((skipped + not_run))
  echo
  echo "== tests: $name"
  if [ "$bad" -gt 0 ]; then
    broken+=("$name: $bad tests")
  elif [ ! -x "$(executable_of "$project")" ]; then
    fail "$name was not built: $(executable_of "$project") is missing (a project without tests says <IsTestProject>false</IsTestProject>)"
  elif [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
    fail "$name did not end within $test_minutes minutes (or was killed)"
  elif [ "$status" -ne 0 ]; then
    fail "$name ended with status $status although it reports no failed test"
  elif [ "$ok" -eq 0 ]; then
    fail "$name: no test passed ($not_run skipped)"
  else
    echo "ok, $ok tests"
  fi
}

# judge_count STATUS: whether a command takes as many instructions as it did; counted on x86-64 only.
judge_count() {
  echo
  echo "== instructions of a command"
  cat "$logs/instructions.log"
  if [ "$1" -eq 0 ]; then
    passed=$((passed + 1))
  elif [ "$1" -ne 3 ] || [ "$(uname -sm)" = "Linux x86_64" ]; then
    fail "scripts/count-instructions.sh --check ended with status $1"
  fi
}

# judge_mpi LANE STATUS: what a lane of the mpi tests reports that ended so.
judge_mpi() {
  local lane=$1 status=$2 log=$logs/mpi-$1.log ok bad
  read -r ok bad < <(tail -n 1 "$log" | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p') || true
  passed=$((passed + ${ok:-0}))
  failed=$((failed + ${bad:-0}))
  echo
  echo "== tests: mpi, $lane"
  if [ "${bad:-0}" -gt 0 ]; then
    broken+=("mpi, $lane: $bad tests")
  elif [ "$status" -ne 0 ] || [ "${ok:-0}" -eq 0 ]; then
    fail "scripts/test-mpi.sh $lane ended with status $status although it reports no failed test"
  else
    echo "ok, $ok tests"
  fi
}

# reported WORD LOG: the number behind "WORD:" in the runner's closing summary; 0 without one (a crash).
reported() {
  local number
  number=$(sed -n '/^Test run summary:/,$p' "$2" | sed -nE "s/^ +$1: ([0-9]+)\$/\\1/p" | tail -n 1)
  echo "${number:-0}"
}

step "every project is in $solution" every_project_is_in_the_solution || true
if ! step "restore" dotnet restore "$solution" --verbosity quiet; then
  exit 0
fi

step "format and style (dotnet format puts it right)" dotnet format "$solution" --verify-no-changes --no-restore || true
if ! step "build, warnings as errors" dotnet build "$solution" --configuration Release --no-restore --nologo --verbosity quiet; then
  exit 0
fi

step "generated docs are fresh" scripts/docs.sh --check --no-build || true
step "packages" scripts/pack.sh --no-build --try || true

# Two or three beside one another, for each waits half of its time: the test projects, then the two lanes of the mpi tests (both libraries at 3 ranks on one host and the fault matrix; launches and one pass
# over the hosts of the lab), the second as soon as a project has ended. What measures time is judged by scripts/perf-gate.sh, which runs alone.
projects=()
runs=()
start=$SECONDS
while read -r project; do
  if [ "$(project_property "$project" IsTestProject)" = "true" ]; then
    run_tests "$project" &
    projects+=("$project")
    runs+=($!)
  fi
done < <(list_projects tests)

scripts/count-instructions.sh --check </dev/null >"$logs/instructions.log" 2>&1 &
count=$!
launches=
for i in "${!projects[@]}"; do
  status=0
  wait "${runs[i]}" || status=$?
  judge_tests "${projects[i]}" "$status"
  if [ -z "$launches" ]; then
    scripts/test-mpi.sh launches </dev/null >"$logs/mpi-launches.log" 2>&1 &
    launches=$!
  fi
done

status=0
wait "$count" || status=$?
judge_count "$status"
echo "so far: $((SECONDS - start)) s"
status=0
scripts/test-mpi.sh ranks </dev/null >"$logs/mpi-ranks.log" 2>&1 || status=$?
judge_mpi ranks "$status"
status=0
wait "$launches" || status=$?
judge_mpi launches "$status"
echo "all of them: $((SECONDS - start)) s"

# Each ratio of the gate counts as one check.
echo
echo "== speed and idleness"
timeout --kill-after=30s 10m scripts/perf-gate.sh </dev/null 2>&1 | tee "$logs/perf-gate.log" || true
if [[ $(tail -n 1 "$logs/perf-gate.log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
  passed=$((passed + BASH_REMATCH[1]))
  failed=$((failed + BASH_REMATCH[2]))
  [ "${BASH_REMATCH[2]}" -eq 0 ] || broken+=("scripts/perf-gate.sh: ${BASH_REMATCH[2]} checks")
else
  fail "scripts/perf-gate.sh did not come to its end"
fi
