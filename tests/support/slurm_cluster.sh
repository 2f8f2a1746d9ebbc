#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# To be sourced. A Slurm of its own, for a test: a controller and several node daemons of one core each on this
# machine, by any user, without munge, cgroups, accounting and systemd. Everything lies in one folder; Slurm's programs
# find it through SLURM_CONF, which cluster_up sets, and its processes are known by it.
PATH=$PATH:/usr/sbin:/sbin

free_ports() { # COUNT: the first of so many ports that nobody listens on
  local first port
  for ((first = 20000 + RANDOM % 8000; ; first += $1)); do
    for ((port = first; port < first + $1; ++port)); do
      ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || continue 2
    done
    echo "$first" && return
  done
}

cluster_configuration() { # NODES PORT, the first of one more than there are nodes
  local host node
  host=$(uname -n)
  # Restarts wait until the credential of the lost task has ended: 5 s is the least that Slurm takes. Only jobs that ask
  # for it are started again.
  cat <<END
ClusterName=mimosa
SlurmctldHost=${host%%.*}(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/none
CredType=cred/none
AuthInfo=cred_expire=5
SlurmctldPort=$2
SlurmctldPidFile=$cluster/controller.pid
SlurmctldLogFile=$cluster/controller.log
StateSaveLocation=$cluster/state
SlurmdPidFile=$cluster/%n.pid
SlurmdLogFile=$cluster/%n.log
SlurmdSpoolDir=$cluster/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=10000
SlurmdParameters=config_overrides
ReturnToService=2
JobRequeue=0
KillWait=2
END
  for ((node = 1; node <= $1; ++node)); do
    echo "NodeName=n$node NodeHostname=${host%%.*} NodeAddr=127.0.0.1 Port=$(($2 + node)) CPUs=1 RealMemory=100"
  done
  echo "PartitionName=main Nodes=n[1-$1] Default=YES"
}

declare -A daemons # number of the process of `controller`, n1, …
daemon_start() { # NAME COMMAND…: as a child of this shell that ends with it, however that ends
  setpriv --pdeathsig KILL "${@:2}" >>"$cluster/start.log" 2>&1 &
  daemons[$1]=$!
  disown # its end is no news
}
node_start() { daemon_start "$1" slurmd -D -N "$1" -f "$SLURM_CONF"; } # NODE
idle_nodes() { sinfo -h -N -t idle -o %N 2>/dev/null | wc -l; }

all_idle() { # NODES: waits until so many are; fails where a daemon ended, or after two minutes
  local until=$((SECONDS + 120)) name
  while [ $SECONDS -lt $until ]; do
    for name in "${!daemons[@]}"; do kill -0 "${daemons[$name]}" 2>/dev/null || return 1; done
    [ "$(idle_nodes)" -ne "$1" ] || return 0
    sleep 0.2
  done
  return 1
}

cluster_up() { # FOLDER NODES: fails where they do not come up, by other ports where somebody else took those
  local node
  cluster=$(readlink -f "$1")
  export SLURM_CONF=$cluster/slurm.conf
  for _ in 1 2 3; do
    rm -rf "${cluster:?}"/* && mkdir "$cluster/state"
    cluster_configuration "$2" "$(free_ports $(($2 + 1)))" >"$SLURM_CONF"
    daemon_start controller slurmctld -D -c -f "$SLURM_CONF"
    for ((node = 1; node <= $2; ++node)); do
      mkdir "$cluster/n$node"
      node_start "n$node"
    done
    ! all_idle "$2" || return 0
    cluster_down
    grep -qi 'address already in use' "$cluster"/*.log || break
  done
  tail -n 20 "$cluster"/*.log
  return 1
}

task_node() { # PROCESS: the node whose task it is, nothing where it is none
  tr '\0' '\n' 2>/dev/null <"/proc/$1/environ" | sed -n 's/^SLURMD_NODENAME=//p'
}
parent_of() { sed -n 's/^PPid:[[:space:]]*//p' "/proc/$1/status"; } # PROCESS

node_lose() { # NODE TASK: its daemon, the keeper of its task and the task vanish at once, as if the power went
  kill -KILL "${daemons[$1]}" "$(parent_of "$2")" "$2"
  unset "daemons[$1]"
  scontrol update NodeName="$1" State=DOWN Reason=lost
}

cluster_processes() { # all that were started with this cluster's SLURM_CONF
  local file
  env -u SLURM_CONF grep -lzx "SLURM_CONF=$SLURM_CONF" /proc/[0-9]*/environ 2>/dev/null | while read -r file; do
    echo "${file//[!0-9]/}"
  done || true
}

cluster_down() { # by the numbers of its processes, never by name, until none is left
  local list
  [ -n "${SLURM_CONF:-}" ] || return 0
  for _ in {1..100}; do
    list=$(cluster_processes)
    [ -n "$list" ] || break
    xargs -r kill -KILL <<<"$list" 2>/dev/null || true
    sleep 0.1
  done
  daemons=()
}
