#!/bin/sh
# Starts one program in every way that .NET knows, on the process fabric: dotnet APP.dll, dotnet exec, a program of its own, single files
# with and without the runtime inside, trimmed, under hpcrun, with native libraries found in three ways.
# The tests do the same without what takes the runtime as a package: this script needs a package source that has it.
#   scripts/start-variants.sh
set -eu
cd "$(dirname "$0")/.."
dotnet build -c Release tests/Runtime.Tests -v q --nologo
export HPCRUNTIME_START_VARIANTS=all
exec dotnet tests/Runtime.Tests/bin/Release/net10.0/HpcRuntime.Tests.dll --filter "FullyQualifiedName~StartVariantTests" --output detailed
