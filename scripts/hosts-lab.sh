#!/usr/bin/env bash
# A cluster on one machine: N hosts made of network namespaces, joined by a bridge, each with its own name, address and sshd.
# For trying host files, doctor and faults without a cluster. Needs root, iproute2 and openssh-server.
#
#   scripts/hosts-lab.sh up N          N hosts, h1 to hN; nothing happens where they are there already and each one's sshd lives
#   scripts/hosts-lab.sh down          ends every process on them and removes all of it; nothing happens where there is none
#   scripts/hosts-lab.sh env [rsh]     prints the variables that a run needs: eval "$(scripts/hosts-lab.sh env)"
#                                      with rsh the hosts are reached by an agent that needs no sshd
#   scripts/hosts-lab.sh run HOST COMMAND...   runs a command on a host
#   scripts/hosts-lab.sh cut HOST | join HOST  takes the host's cable out; puts it back
#   scripts/hosts-lab.sh slow HOST DELAY [tc netem options] | fast HOST   such as slow h2 20ms
#   scripts/hosts-lab.sh refuse HOST | accept HOST   stops the host's sshd; starts it again
#   scripts/hosts-lab.sh mute HOST | unmute HOST     lets no datagram (UDP) out of the host; lets them out again
#
# All hosts share this machine's files, cores and memory; only their networks and names are their own.
# Everything the lab keeps is in /run/hpcrun-lab and /etc/netns/hpclab*. HPCRUNTIME_LAB_NET (default 10.77.0) chooses the addresses.
set -euo pipefail

folder=/run/hpcrun-lab
net=${HPCRUNTIME_LAB_NET:-10.77.0}
bridge=hpclab
space() { echo "hpclab${1#h}"; }

fail() {
  echo "hosts-lab.sh: $1" >&2
  exit "${2:-1}"
}

usage() {
  sed -n '5,17s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

require() {
  [ "$(id -u)" -eq 0 ] || fail "network namespaces need root"
  command -v ip >/dev/null || fail "ip is missing: install the Debian package iproute2"
  [ -x /usr/sbin/sshd ] || fail "sshd is missing: install the Debian package openssh-server"
  command -v ssh >/dev/null || fail "ssh is missing: install the Debian package openssh-client"
}

exists() { ip netns list | grep -q "^$1\b"; }

known() {
  [[ ${1:-} =~ ^h[1-9][0-9]*$ ]] && exists "$(space "$1")" || fail "there is no host '${1:-}' in the lab; it has $(spaces | sed 's/hpclab/h/' | paste -sd' ')" 2
}

spaces() { ip netns list | awk '{print $1}' | grep -E '^hpclab[0-9]+$' | sort -V || true; }

start_sshd() {
  local host=$1 i
  ip netns exec "$(space "$host")" unshare --uts sh -c "hostname $host; exec /usr/sbin/sshd -f $folder/sshd.$host -E $folder/sshd.$host.log" </dev/null >/dev/null
  # It goes to the background before it listens, and writes its file after.
  for ((i = 0; i < 200; i++)); do
    if [ -s "$folder/sshd.$host.pid" ]; then
      return
    fi

    sleep 0.05
  done

  echo "hosts-lab.sh: the sshd of $host does not start: $(cat "$folder/sshd.$host.log" 2>/dev/null)" >&2
  return 1
}

# is_up COUNT: every host is there, and so is its sshd. Networks outlive a session whose processes were all killed.
is_up() {
  local i
  [ -e "$folder/ready" ] && [ "$(cat "$folder/ready")" = "$1" ] && [ "$(spaces | wc -l)" -eq "$1" ] || return 1
  for ((i = 1; i <= $1; i++)); do
    ip netns pids "hpclab$i" | grep -qx "$(cat "$folder/sshd.h$i.pid" 2>/dev/null || echo none)" || return 1
  done
}

up() {
  local count=$1 i
  require
  if is_up "$count"; then
    echo "the lab is up: h1 to h$count"
    return
  fi

  down
  ip netns add hpclab0 && ip netns del hpclab0 || fail "network namespaces cannot be made here; in a container that takes the capabilities SYS_ADMIN and NET_ADMIN (such as --privileged)"
  trap down ERR
  mkdir -m 700 "$folder"
  mkdir -p /run/sshd
  ssh-keygen -q -t ed25519 -N '' -C hpcrun-lab -f "$folder/key"
  ssh-keygen -q -t ed25519 -N '' -C hpcrun-lab -f "$folder/host_key"
  cp "$folder/key.pub" "$folder/authorized_keys"
  write_files "$count"
  ip link add "$bridge" type bridge
  ip addr add "$net.254/24" dev "$bridge"
  ip link set "$bridge" up
  for ((i = 1; i <= count; i++)); do
    add_host "$i"
  done

  for ((i = 1; i <= count; i++)); do
    start_sshd "h$i"
  done

  echo "$count" >"$folder/ready"
  trap - ERR
  echo "the lab is up: h1 to h$count; now: eval \"\$(scripts/hosts-lab.sh env)\""
}

write_files() {
  local count=$1 i
  {
    echo "127.0.0.1 localhost"
    echo "$net.254 head"
    for ((i = 1; i <= count; i++)); do echo "$net.$i h$i"; done
  } >"$folder/names"
  {
    for ((i = 1; i <= count; i++)); do printf 'Host h%d\n  HostName %s.%d\n' "$i" "$net" "$i"; done
    printf 'Host h* %s.*\n  User root\n  IdentityFile %s/key\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n  BatchMode yes\n  ConnectTimeout 30\n' "$net" "$folder"
  } >"$folder/ssh_config"
  printf '#!/bin/sh\nexec ssh -F %s/ssh_config "$@"\n' "$folder" >"$folder/ssh"
  # The agent without ssh does what sshd does: the words behind the host become one line for the shell.
  cat >"$folder/rsh" <<'END'
#!/bin/sh
while :; do case $1 in -*) shift ;; *) break ;; esac; done
host=$1
shift
exec ip netns exec "hpclab${host#h}" unshare --uts sh -c "hostname $host; cd /; exec /bin/sh -c \"\$0\"" "$*"
END
  chmod 700 "$folder/ssh" "$folder/rsh"
  for ((i = 1; i <= count; i++)); do echo "h$i slots=1"; done >"$folder/hosts"
}

add_host() {
  local i=$1 name=hpclab$1
  ip netns add "$name"
  ip link add "hpclabv$i" type veth peer name eth0 netns "$name"
  ip link set "hpclabv$i" master "$bridge" up
  ip -n "$name" addr add "$net.$i/24" dev eth0
  ip -n "$name" link set eth0 up
  ip -n "$name" link set lo up
  ip -n "$name" route add default via "$net.254"
  mkdir -p "/etc/netns/$name"
  cp "$folder/names" "/etc/netns/$name/hosts" # `ip netns exec` lays it over /etc/hosts
  cat >"$folder/sshd.h$i" <<END
Port 22
ListenAddress $net.$i
HostKey $folder/host_key
PidFile $folder/sshd.h$i.pid
AuthorizedKeysFile $folder/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM no
StrictModes no
UseDNS no
MaxStartups 100
END
}

down() {
  local name i pids
  require
  for name in $(spaces); do
    for i in 1 2 3; do
      pids=$(ip netns pids "$name")
      [ -n "$pids" ] || break
      # shellcheck disable=SC2086 # one word each
      kill -KILL $pids 2>/dev/null || true
      # Killed processes leave within moments; the namespace lives on as long as one of them does.
      for pid in $pids; do tail --pid="$pid" -s 0.05 -f /dev/null; done
    done

    ip netns del "$name"
    rm -rf "/etc/netns/$name"
  done

  for name in $(ip -o link show type veth 2>/dev/null | sed -nE 's/^[0-9]+: (hpclabv[0-9]+)@.*/\1/p'); do
    # That of a namespace that has just gone is removed by the kernel, a moment later.
    ip link del "$name" 2>/dev/null || ! ip link show "$name" >/dev/null 2>&1 || fail "the cable $name cannot be removed"
  done

  if ip link show "$bridge" >/dev/null 2>&1; then
    ip link del "$bridge"
  fi

  rmdir /etc/netns 2>/dev/null || true # Only where nobody else has anything in it.
  rm -rf "$folder"
}

print_env() {
  [ -e "$folder/ready" ] || fail "the lab is not up: scripts/hosts-lab.sh up 3"
  local agent=$folder/${1:-ssh}
  [ -x "$agent" ] || fail "there is no agent '${1:-}'; give ssh or rsh" 2
  cat <<END
export HPCRUNTIME_SET="mpi.agent=$agent;mpi.iface=$bridge"
export UCX_TLS=tcp,self UCX_NET_DEVICES=eth0
END
}

# join HOST: the cable is back, and nobody remembers that the host could not be reached.
join() {
  local cable=hpclabv${1#h} i name
  ip link set "$cable" up
  for ((i = 0; i < 200; i++)); do
    [ "$(cat "/sys/class/net/$cable/operstate")" != up ] || break
    sleep 0.05
  done

  ip neigh flush dev "$bridge"
  for name in $(spaces); do ip -n "$name" neigh flush dev eth0; done
}

# slow HOST DELAY...: both directions; a kernel without netem narrows the link instead.
slow() {
  local host=$1 how
  shift
  for how in "netem delay $*" "tbf rate 4mbit burst 32kb latency 400ms"; do
    # shellcheck disable=SC2086 # words of tc
    if tc qdisc replace dev "hpclabv${host#h}" root $how 2>"$folder/tc.log"; then
      ip netns exec "$(space "$host")" tc qdisc replace dev eth0 root $how
      [ "${how%% *}" = netem ] || echo "this kernel has no netem: the link of $host is narrowed to 4 Mbit/s instead"
      return
    fi
  done

  fail "tc can slow no link here: $(cat "$folder/tc.log")"
}

command=${1:-}
shift || true
case $command in
  up)
    [[ ${1:-} =~ ^[1-9][0-9]*$ ]] && [ "$1" -le 200 ] || fail "up needs the number of hosts, 1 to 200, not '${1:-}'" 2
    up "$1"
    ;;
  down) down ;;
  env) print_env "$@" ;;
  run)
    known "${1:-}"
    host=$1
    shift
    exec ip netns exec "$(space "$host")" unshare --uts sh -c 'hostname "$0"; exec "$@"' "$host" "$@"
    ;;
  cut) known "${1:-}" && ip link set "hpclabv${1#h}" down ;;
  join) known "${1:-}" && join "$1" ;;
  slow)
    known "${1:-}"
    host=$1
    shift
    [ $# -ge 1 ] || fail "slow needs a delay, such as 20ms" 2
    slow "$host" "$@"
    ;;
  fast)
    known "${1:-}"
    tc qdisc del dev "hpclabv${1#h}" root
    ip netns exec "$(space "$1")" tc qdisc del dev eth0 root
    ;;
  refuse)
    known "${1:-}"
    pid=$(cat "$folder/sshd.$1.pid" 2>/dev/null) || fail "the sshd of $1 is stopped already"
    kill "$pid"
    tail --pid="$pid" -s 0.05 -f /dev/null
    ;;
  mute) known "${1:-}" && ip -n "$(space "$1")" rule add ipproto udp prohibit ;;
  unmute) known "${1:-}" && ip -n "$(space "$1")" rule del ipproto udp prohibit ;;
  accept) known "${1:-}" && start_sshd "$1" ;;
  *) usage ;;
esac
