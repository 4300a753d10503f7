#!/usr/bin/env bash
# Packs HpcRuntime, HpcRuntime.Backends, HpcRuntime.Conformance and the tool hpcrun into artifacts/packages.
#
#   scripts/pack.sh [--no-build] [--try]
#
# --no-build  what is built in Release is packed as it is
# --try       installs the packed tool into a temporary folder and starts it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh

packages=artifacts/packages
build=()
try=false
for argument in "$@"; do
  case $argument in
    --no-build) build=(--no-build) ;;
    --try) try=true ;;
    *)
      echo "scripts/pack.sh: unknown argument '$argument'; known are --no-build and --try" >&2
      exit 2
      ;;
  esac
done

rm -rf "$packages"
dotnet pack HpcRuntime.sln --configuration Release --nologo --verbosity quiet --output "$packages" ${build[@]+"${build[@]}"}
for id in HpcRuntime HpcRuntime.Backends HpcRuntime.Conformance hpcrun; do
  if ! compgen -G "$packages/$id.[0-9]*.nupkg" >/dev/null; then
    echo "scripts/pack.sh: $id was not packed" >&2
    exit 1
  fi
done

(cd "$packages" && ls -1 -- *.nupkg)
if $try; then
  tools=$(mktemp -d)
  trap 'rm -rf "$tools"' EXIT
  # The packed tool carries all it needs, so the folder is the only source it is looked for in.
  NUGET_PACKAGES=$tools/cache dotnet tool install hpcrun --tool-path "$tools/bin" --source "$PWD/$packages" --version "$(dotnet msbuild src/Launcher/hpcrun.csproj -nologo -getProperty:Version)"
  (cd "$tools" && bin/hpcrun list)
fi
