#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: slurm_sweep.sh MIMOSA
# Sweeps as job arrays of a real Slurm: undisturbed, with a node lost, cancelled. Each must end with the results, value
# for value, of a sweep that no scheduler saw. Exits 77 (skipped) where Slurm is missing.
set -euo pipefail
mimosa=$(readlink -f "$1")
# shellcheck source=tests/support/slurm_cluster.sh
. "$(dirname "$(readlink -f "$0")")/slurm_cluster.sh"
for program in slurmctld slurmd sbatch; do
  command -v $program >/dev/null || { echo "skipped: it needs $program" && exit 77; }
done
# The test may be a task of somebody's Slurm itself.
for name in "${!SLURM@}" "${!SBATCH@}"; do unset "$name"; done

here=$(mktemp -d)
trap 'cluster_down; rm -rf "$here"' EXIT
trap 'exit 130' INT TERM HUP
mkdir "$here/cluster" "$here/work" && cd "$here/work"
points=36 # of some 0.1 s: each shard runs for seconds, long enough to be caught on the way
networks="network=mimoconv_fmnist_n1,mimoconv_fmnist_n2,mimoconv_fmnist_n4"
sweep=("$mimosa" sweep quickstart "$networks" "seed=linear(1,12,12)" --set engine=timing)

fail() {
  printf '%s\n' "$1"
  tail -n 5 "$here"/cluster/*.log runs/*/slurm/*.log 2>/dev/null || true
  squeue --array 2>&1 || true
  exit 1
}
holds() { # FILE TEXT
  grep -qF -- "$2" "$1" || fail "$1 does not hold \"$2\": $(head -c 2000 "$1")"
}
wait_for() { # SENTENCE COMMAND…: until the command succeeds; no longer than two minutes without a new result
  local until=0 size="" last=none
  while [ "$size" != "$last" ] || [ $SECONDS -lt $until ]; do
    if [ "$size" != "$last" ]; then last=$size until=$((SECONDS + 120)); fi
    ! "${@:2}" || return 0
    sleep 0.1
    size=$(du -sb runs)
  done
  fail "waited in vain: $1"
}
submit() { # NAME: sets job
  "${sweep[@]}" --launcher slurm --shards 3 --out "runs/$1" >out 2>err || fail "not submitted: $(cat err)"
  holds out ": 3 shards"
  job=$(tail -n 1 "runs/$1/slurm/jobs")
}
ended() { # what squeue cannot say now it says next time
  squeue -h -j "$job" >queue 2>err || return 1
  [ ! -s queue ]
}
restarts() { scontrol show job "$job" | grep -o 'Restarts=[0-9]*' | sort | uniq -c | tr -s ' \n' ' '; }
lines() { cat "runs/$1"/journals/*.jsonl | wc -l; }
results() { "$mimosa" export "$1" --jsonl | sed 's/"wall_s":[^,]*,//'; }
is_whole() { # NAME: every point once in the journals, and every value as without Slurm
  "$mimosa" sweep status "runs/$1" >out
  holds out "points     $points done, 0 failed"
  holds out "job        $job: ended"
  "$mimosa" sweep collect "runs/$1" >out
  holds out "points     $points in runs/$1/results.sqlite"
  [ "$(lines "$1")" -eq $points ] || fail "$1: $(lines "$1") lines of $points points"
  results "runs/$1" >found
  cmp expected.jsonl found || fail "$1: other results"
}

finds_task() { # NAME: a task that has finished a point and still runs; sets task and node
  local journal
  for journal in "runs/$1"/journals/*.jsonl; do
    task=${journal%.*.jsonl} task=${task##*.}
    [ -s "$journal" ] && node=$(task_node "$task") && [ -n "$node" ] && return
  done
  ! ended || fail "the array ended before a task of it was found at work"
  return 1
}
stop_task() { # NAME: sets task, node and before, the number of points in the journals by then
  wait_for "a task finishes a point" finds_task "$1"
  kill -STOP "$task" || fail "the task on $node ended too soon"
  before=$(lines "$1")
  [ "$before" -lt $points ] || fail "all points were done before the task on $node was stopped"
}

"${sweep[@]}" --quiet --out expected
results expected >expected.jsonl
[ "$(sort -u expected.jsonl | wc -l)" -eq $points ] || fail "not $points different results"
cluster_up "$here/cluster" 3 || fail "Slurm does not come up"

submit whole
wait_for "the array ends" ended
is_whole whole
for shard in 0 1 2; do # a node has one core, whatever the machine under it has
  holds "runs/whole/slurm/${job}_$shard.log" "12 points of $points, 1 at a time"
done
echo "an array of 3 shards: $points points as without Slurm (${SECONDS} s)"

submit lost
stop_task lost
node_lose "$node" "$task"
wait_for "the array ends" ended
[ "$(restarts)" = " 2 Restarts=0 1 Restarts=1 " ] || fail "restarts:$(restarts)"
is_whole lost
grep -q "12 points of $points, [0-9]* of them done before" "runs/lost/slurm/$job"_*.log ||
  fail "nothing was kept of the lost node"
echo "$node lost after $before of $points points: its task was started again, no point lost, none run twice (${SECONDS} s)"

node_start "$node"
all_idle 3 || fail "$node does not come back"
submit cancelled
stop_task cancelled
"$mimosa" sweep status runs/cancelled >out
holds out "RUNNING"
"$mimosa" sweep cancel runs/cancelled >out
holds out "job        $job: cancelled"
wait_for "the array ends" ended
before=$(lines cancelled)
[ "$before" -lt $points ] || fail "all points were done before the cancellation"
"${sweep[@]}" --out runs/cancelled >out 2>err # the same command, here
holds err "mimosa: sweep: $points points, $before of them done before"
is_whole cancelled
echo "cancelled after $before of $points points: the same command went on (${SECONDS} s)"
