#!/bin/sh
# Sends one array there and one home between the master and a slave of the process fabric, over shared memory and over sockets.
# Three times their size must be free, and 1 GiB beside it; the script says so and ends with a failure where it is not.
#   scripts/large-messages.sh [MEBIBYTES]
# Default: 5120, which is 5 GiB.
set -eu

mebibytes=${1:-5120}
case $mebibytes in
    '' | 0 | *[!0-9]*) echo "large-messages.sh: MEBIBYTES must be a whole number above 0, not '$mebibytes'" >&2; exit 2 ;;
esac

cd "$(dirname "$0")/.."
dotnet build -c Release tests/Runtime.Tests -v q --nologo
export HPCRUNTIME_LARGE_MIB="$mebibytes"
exec dotnet tests/Runtime.Tests/bin/Release/net10.0/HpcRuntime.Tests.dll --filter "FullyQualifiedName~LargeMessageTests" --output detailed
