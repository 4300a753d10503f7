#!/usr/bin/env bash
# Writes docs/reference from the /// comments and the option tables of the built assemblies.
#
#   scripts/docs.sh             writes docs/reference
#   scripts/docs.sh --check     fails where docs/reference is not what would be written
#   --no-build                  what is built in Release is used as it is
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh

reference=docs/reference
check=false
build=true
for argument in "$@"; do
  case $argument in
    --check) check=true ;;
    --no-build) build=false ;;
    *)
      echo "scripts/docs.sh: unknown argument '$argument'; known are --check and --no-build" >&2
      exit 2
      ;;
  esac
done

if $build; then
  dotnet build scripts/docs/DocsGenerator.csproj --configuration Release --nologo --verbosity quiet
fi

generator=scripts/docs/bin/Release/net10.0/DocsGenerator.dll
if $check; then
  fresh=$(mktemp -d)
  trap 'rm -rf "$fresh"' EXIT
  dotnet "$generator" "$fresh"
  if ! diff -ruN "$reference" "$fresh" | sed -n '1,60p'; then
    echo "docs/reference is stale. Run scripts/docs.sh and commit what it writes." >&2
    exit 1
  fi
else
  dotnet "$generator" "$reference"
fi
