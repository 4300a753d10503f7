#!/usr/bin/env bash
# Installs what the tests need, then runs every check. The last line is "N passed, N failed".
#
#   scripts/test.sh
#
# As root on Debian and Ubuntu, missing packages are installed; anywhere else they are named and the script fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What the tests need beside the SDK: the command that shows it is there, and the Debian package that brings it.
needs=(
  "git git"
  "timeout coreutils"
  "parallel parallel"
  "mpiexec.mpich mpich"
  "mpiexec.openmpi openmpi-bin"
  "ip iproute2"
  "ssh openssh-client"
  "sshd openssh-server"
  "gcc gcc"
  "gfortran gfortran"
  "mpicc.mpich libmpich-dev"
  "mpicc.openmpi libopenmpi-dev"
  "python3 python3"
  "ssh-keygen openssh-client"
  "tc iproute2"
  "unshare util-linux"
  "flock util-linux"
  "valgrind valgrind"
  "munged munge"
  "slurmctld slurmctld"
  "slurmd slurmd"
  "srun slurm-client"
)

give_up() {
  echo "scripts/test.sh: $1" >&2
  echo "0 passed, 1 failed"
  exit 1
}

echo "== what the tests need"
missing=()
for need in "${needs[@]}"; do
  read -r command package <<<"$need"
  if ! command -v "$command" >/dev/null 2>&1; then
    echo "missing: $command (Debian package $package)"
    missing+=("$package")
  fi
done

if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q </dev/null || echo "apt-get update failed; trying with the package lists that are here" >&2
    apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null || give_up "apt-get could not install: ${missing[*]}"
  else
    give_up "please install these packages (Debian names) and run it again: ${missing[*]}"
  fi
fi

# The SDK is not in Debian, so it is never installed from here. `dotnet --version` fails where no SDK satisfies global.json.
command -v dotnet >/dev/null 2>&1 || give_up "the .NET 10 SDK is missing (no 'dotnet' on PATH): https://dotnet.microsoft.com/download/dotnet/10.0"
sdk=$(dotnet --version 2>&1 </dev/null) || give_up "no .NET SDK here satisfies global.json (10.0.100 or a later 10.0 band): $sdk"
echo "dotnet $sdk, $(git --version)"

exec scripts/check.sh
