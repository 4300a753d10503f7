#!/usr/bin/env bash
# A Slurm of one node, this machine, for trying what a cluster does: munged, slurmctld and slurmd, all in one folder. As root, with the Debian packages
# slurmctld, slurmd, slurm-client and munge.
#
#   scripts/slurm-lab.sh up      starts it
#   scripts/slurm-lab.sh env     what a shell needs: eval "$(scripts/slurm-lab.sh env)"; then srun --mpi=pmi2 -n 3 --overcommit hpcrun run hello
#   scripts/slurm-lab.sh down    ends it and removes its files
#
# srun --mpi=pmi2 serves MPICH, srun --mpi=pmix Open MPI (Debian 12's builds, Slurm 22.05).
set -euo pipefail

folder=/run/hpcrun-slurm
socket=$folder/munge/socket

fail() {
  echo "slurm-lab: $1" >&2
  exit 1
}

down() {
  local daemon pid tries
  for daemon in slurmd slurmctld munged; do
    [ -f "$folder/$daemon.pid" ] || continue
    pid=$(cat "$folder/$daemon.pid")
    kill "$pid" 2>/dev/null || true # It may have ended by itself.
    for ((tries = 0; tries < 50; tries++)); do
      grep -qs "$daemon" "/proc/$pid/cmdline" || continue 2 # Ended: one that nobody has waited for yet has no command line.
      sleep 0.2
    done

    kill -9 "$pid" 2>/dev/null || true # It may have ended since the last look.
  done

  rm -rf "$folder"
}

up() {
  local host tries
  [ "$(id -u)" -eq 0 ] || fail "starting Slurm needs root"
  for program in munged slurmctld slurmd srun; do
    command -v "$program" >/dev/null || fail "$program is missing (Debian packages slurmctld, slurmd, slurm-client and munge)"
  done

  down
  host=$(hostname -s)
  mkdir -p "$folder"/{munge,state,spool}
  dd if=/dev/urandom of="$folder/munge/key" bs=1024 count=1 status=none
  chmod 400 "$folder/munge/key"
  chmod 711 "$folder" "$folder/munge"
  munged --force --key-file "$folder/munge/key" --socket "$socket" --pid-file "$folder/munged.pid" --log-file "$folder/munged.log" --seed-file "$folder/munge/seed" || fail "munged does not start: $(tail -n 1 "$folder/munged.log")"
  cat >"$folder/slurm.conf" <<EOF
ClusterName=lab
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$socket
CryptoType=crypto/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=lab Nodes=$host Default=YES OverSubscribe=FORCE:8 State=UP
EOF
  export SLURM_CONF=$folder/slurm.conf
  slurmctld || fail "slurmctld does not start: $(tail -n 1 "$folder/slurmctld.log")"
  slurmd || fail "slurmd does not start: $(tail -n 1 "$folder/slurmd.log")"
  for ((tries = 0; tries < 150; tries++)); do
    if sinfo --noheader --format %T 2>/dev/null | grep -qx idle; then
      return
    fi

    sleep 0.2
  done

  fail "the node does not become idle: $(tail -n 1 "$folder/slurmd.log")"
}

case ${1:-} in
  up) up ;;
  down) down ;;
  env) echo "export SLURM_CONF=$folder/slurm.conf" ;;
  *) fail "give up, env or down" ;;
esac
