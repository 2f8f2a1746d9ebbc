#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: slurm_sweep.sh MIMOSA
# Sweeps as job arrays of a real Slurm: undisturbed, with a node lost, cancelled. Each must end with the results, value
# for value, of a sweep that no scheduler saw. Exits 77 (skipped) where Slurm is missing.
set -euo pipefail
mimosa=$1
# shellcheck source=tests/support/slurm_cluster.sh
. "$(dirname "$(readlink -f "$0")")/slurm_cluster.sh"
for program in slurmctld slurmd sbatch; do
  command -v $program >/dev/null || { echo "skipped: it needs $program" && exit 77; }
done
# The test may be a task of somebody's Slurm itself.
for name in "${!SLURM@}" "${!SBATCH@}"; do unset "$name"; done

here=$(mktemp -d)
trap 'cluster_down; rm -rf "$here"' EXIT
mkdir "$here/cluster" "$here/work" && cd "$here/work"
points=60 # of some 0.1 s: each shard runs for seconds, long enough to lose its node on the way
networks="network=mimoconv_fmnist_n1,mimoconv_fmnist_n2,mimoconv_fmnist_n4"
sweep=("$mimosa" sweep quickstart "$networks" "seed=linear(1,20,20)" --set engine=timing)

fail() {
  printf '%s\n' "$1"
  tail -n 5 "$here"/cluster/*.log runs/*/slurm/*.log 2>/dev/null || true
  exit 1
}
holds() { # FILE TEXT
  grep -qF -- "$2" "$1" || fail "$1 does not hold \"$2\": $(head -c 2000 "$1")"
}
wait_for() { # SENTENCE COMMAND…: until the command succeeds
  local until=$((SECONDS + 60))
  while [ $SECONDS -lt $until ]; do
    ! "${@:2}" || return 0
    sleep 0.1
  done
  fail "waited in vain: $1"
}
submit() { # NAME: sets job
  "${sweep[@]}" --launcher slurm --shards 3 --out "runs/$1" >out
  holds out ": 3 shards"
  job=$(tail -n 1 "runs/$1/slurm/jobs")
}
ended() { [ -z "$(squeue -h -j "$job" 2>/dev/null)" ]; }
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
  cmp <(results expected) <(results "runs/$1") || fail "$1: other results"
}

task_works() { # NAME NODE: there is a task on the node, and it has finished a point; sets task
  task=$(node_task "$2")
  [ -n "$task" ] && grep -q . "runs/$1"/journals/*."$task".*.jsonl 2>/dev/null
}

"${sweep[@]}" --quiet --out expected
[ "$(results expected | sort -u | wc -l)" -eq $points ] || fail "not $points different results"
cluster_up "$here/cluster" 3 || fail "Slurm does not come up"

submit whole
wait_for "the array ends" ended
is_whole whole
for shard in 0 1 2; do # a node has one core, whatever the machine under it has
  holds "runs/whole/slurm/${job}_$shard.log" "20 points of $points, 1 at a time"
done
echo "an array of 3 shards: $points points as without Slurm"

submit lost
wait_for "the task on n2 finishes a point" task_works lost n2
node_lose n2
before=$(lines lost)
[ "$before" -lt $points ] || fail "all points were done before the node was lost"
wait_for "the array ends" ended
[ "$(restarts)" = " 2 Restarts=0 1 Restarts=1 " ] || fail "restarts:$(restarts)"
is_whole lost
grep -q "20 points of $points, [0-9]* of them done before" "runs/lost/slurm/$job"_*.log ||
  fail "nothing was kept of the lost node"
echo "a node lost after $before of $points points: its task was started again, no point lost, none run twice"

slurmd -N n2 -f "$SLURM_CONF"
submit cancelled
wait_for "the task on n1 finishes a point" task_works cancelled n1
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
echo "cancelled after $before of $points points: the same command went on"
