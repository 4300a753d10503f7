#!/usr/bin/env bash
# Puts hpcrun into a folder, ready to be copied to where it shall run: compiled ahead of time for one kind of machine (ReadyToRun), so that no start waits for the compiler.
#
#   scripts/publish.sh [FOLDER] [RUNTIME-IDENTIFIER]
#
# Default: artifacts/hpcrun, and this machine's kind (linux-x64, linux-arm64, ...). The .NET runtime is not put in. Where the package source has no
# microsoft.netcore.app.crossgen2, the script says so and publishes without; it is built apart from everything else, below artifacts/publish.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/environment.sh

folder=${1:-artifacts/hpcrun}
kind=${2:-$(dotnet --info </dev/null | sed -nE 's/^ *RID: *//p' | head -n 1)}
common=(--configuration Release --runtime "$kind" --self-contained false --artifacts-path artifacts/publish --output "$folder" --nologo --verbosity quiet)
if dotnet publish src/Launcher "${common[@]}" -p:PublishReadyToRun=true </dev/null; then
  echo "$folder/hpcrun: compiled ahead of time for $kind"
else
  echo "scripts/publish.sh: not to be compiled ahead of time here; publishing without" >&2
  dotnet publish src/Launcher "${common[@]}" </dev/null
  echo "$folder/hpcrun"
fi
