#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# To be sourced. A Slurm of its own, for a test: a controller and several node daemons of one core each on this
# machine, by any user, without munge, cgroups and accounting. Everything lies in one folder; Slurm's programs find it
# through SLURM_CONF, which cluster_up sets.
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

cluster_configuration() { # FOLDER NODES
  local ports host node
  ports=$(free_ports $(($2 + 1))) host=$(hostname -s)
  # Restarts wait until the credential of the lost task has ended: 5 s is the least that Slurm takes.
  cat <<END
ClusterName=mimosa
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/none
CredType=cred/none
AuthInfo=cred_expire=5
SlurmctldPort=$ports
SlurmctldPidFile=$1/controller.pid
SlurmctldLogFile=$1/controller.log
StateSaveLocation=$1/state
SlurmdPidFile=$1/%n.pid
SlurmdLogFile=$1/%n.log
SlurmdSpoolDir=$1/%n
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
JobRequeue=1
KillWait=2
END
  for ((node = 1; node <= $2; ++node)); do
    echo "NodeName=n$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$((ports + node)) CPUs=1 RealMemory=100"
  done
  echo "PartitionName=main Nodes=n[1-$2] Default=YES"
}

cluster_up() { # FOLDER NODES: fails where they do not come up
  local node tries
  cluster=$(readlink -f "$1")
  export SLURM_CONF=$cluster/slurm.conf
  mkdir "$cluster/state"
  cluster_configuration "$cluster" "$2" >"$SLURM_CONF"
  slurmctld -c -f "$SLURM_CONF" >"$cluster/start.log" 2>&1
  for ((node = 1; node <= $2; ++node)); do
    mkdir "$cluster/n$node"
    slurmd -N "n$node" -f "$SLURM_CONF" >>"$cluster/start.log" 2>&1
  done
  for ((tries = 0; tries < 150; ++tries)); do
    [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)" -ne "$2" ] || return 0
    sleep 0.2
  done
  tail -n 20 "$cluster"/*.log
  return 1
}

node_task() { # NODE: the process that is its task, nothing where there is none
  local environment process parent
  grep -lzx "SLURMD_NODENAME=$1" /proc/[0-9]*/environ 2>/dev/null | while read -r environment; do
    grep -qzx "SLURM_CONF=$SLURM_CONF" "$environment" 2>/dev/null || continue
    process=${environment//[!0-9]/}
    parent=$(ps -o ppid= -p "$process") || continue
    [[ $(ps -o args= -p "$parent" 2>/dev/null) != slurmstepd:* ]] || echo "$process"
  done || true
}

node_processes() { # NODE: daemon, keeper of the task, task
  local task
  task=$(node_task "$1")
  cat "$cluster/$1.pid" 2>/dev/null || true
  [ -z "$task" ] || { ps -o ppid= -p "$task" && echo "$task"; } || true
}

node_lose() { # NODE: its daemon and its task vanish at once, as if the power went, and the controller is told
  node_processes "$1" | xargs -r kill -KILL
  scontrol update NodeName="$1" State=DOWN Reason=lost
}

cluster_down() { # by the numbers of its processes, never by name
  local file
  [ -n "${cluster:-}" ] || return 0
  for file in "$cluster"/n*.pid; do
    node_processes "$(basename "$file" .pid)" | xargs -r kill -KILL 2>/dev/null || true
  done
  xargs -r kill -KILL <"$cluster/controller.pid" 2>/dev/null || true
}
