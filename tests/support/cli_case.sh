#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: cli_case.sh MIMOSA DATA CASE
# Types commands as a user does, in an empty folder, and looks at what comes out.
set -euo pipefail
mimosa=$1 data=$2
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
mkdir "$here/work" && cd "$here/work"
tiny=$data/tiny_timing.yaml

fail() {
  echo "$1"
  exit 1
}
holds() { # FILE TEXT
  grep -qF -- "$2" "$1" || fail "$1 does not hold \"$2\": $(head -c 2000 "$1")"
}
status_of() { # STATUS COMMAND...: runs it, output in ../out and ../err
  local wanted=$1 status=0
  shift
  "$@" >"$here/out" 2>"$here/err" || status=$?
  [ "$status" -eq "$wanted" ] || fail "exit status $status, not $wanted: $(cat "$here/err")"
}
needs_network() { # the first match must not end the list: a broken pipe would skip the case
  status_of 0 "$mimosa" list networks
  grep -q "^$1 " "$here/out" || exit 77
}
files() { find . -type f | sort | tr '\n' ' '; }

case_run() {
  status_of 0 "$mimosa" run "$tiny"
  [ "$(files)" = "./runs/tiny_timing/effective.yaml ./runs/tiny_timing/report.html ./runs/tiny_timing/report.json ./runs/tiny_timing/summary.txt " ] || fail "files: $(files)"
  cmp "$here/out" runs/tiny_timing/summary.txt
  [ ! -s "$here/err" ] || fail "text on standard error: $(cat "$here/err")"
  holds "$here/out" "cycles/pass"
  holds "$here/out" "report     runs/tiny_timing/report.json, report.html"
  holds runs/tiny_timing/report.json '"accuracy": null'
  status_of 0 "$mimosa" run "$tiny" --verbose
}

case_json() {
  status_of 0 "$mimosa" run "$tiny" --json --out r/one
  cmp "$here/out" r/one/report.json
  status_of 0 "$mimosa" run "$tiny" --quiet --out r/one
  [ ! -s "$here/out" ] || fail "--quiet printed"
}

case_effective() { # the effective config runs again and gives the same config hash
  status_of 0 "$mimosa" run "$tiny" --set chip.adc.bits=6 --set device.read_noise=0.3 --seed 9 --out a
  holds a/effective.yaml "    bits: 6"
  status_of 0 "$mimosa" run a/effective.yaml --out b --threads 3
  cmp <(grep sha256 a/report.json) <(grep sha256 b/report.json)
  cmp <(grep -v '^threads' a/effective.yaml) <(grep -v '^threads' b/effective.yaml)
}

case_reproducible() { # a run gives the same files, byte for byte
  status_of 0 "$mimosa" run "$tiny" --out a --verbose
  holds "$here/out" " events an MVM, in the SystemC chip"
  status_of 0 "$mimosa" run "$tiny" --out b --threads 1
  cmp a/report.json b/report.json
  cmp <(sed 's/threads: [0-9]*//' a/report.html) <(sed 's/threads: [0-9]*//' b/report.html) # it holds the configuration
  cp a/report.html "$here/page"
  rm a/report.html
  status_of 0 "$mimosa" report a/
  holds "$here/out" "a/report.html"
  cmp <(sed 's|<title>[^<]*</title>||; s|<h1>[^<]*</h1>||' a/report.html) <(sed 's|<title>[^<]*</title>||; s|<h1>[^<]*</h1>||' "$here/page")
}

case_replaced() { # a second run replaces the folder whole; one that fails leaves it as it was
  status_of 0 "$mimosa" run "$tiny" --out r
  touch r/stale
  status_of 0 "$mimosa" run "$tiny" --out r
  [ ! -e r/stale ] || fail "the folder was not replaced"
  cp r/report.json "$here/before"
  status_of 2 "$mimosa" run "$tiny" --engine functional --out r
  cmp r/report.json "$here/before"
  [ "$(ls -A .)" = r ] || fail "left behind: $(ls -A .)"
}

case_vcd() {
  status_of 0 "$mimosa" run "$tiny" --vcd 'chip.tile_0.*' --out r
  # shellcheck disable=SC2016  # the dollar is the file format's
  holds r/trace.vcd '$enddefinitions'
  holds r/trace.gtkw 'chip.tile_0.host_in_0.state[2:0]'
  holds r/trace.states '3 mvm'
  holds r/trace.gtkw "^1 $PWD/r/trace.states"
  cp r/trace.vcd "$here/first"
  status_of 0 "$mimosa" run "$tiny" --vcd 'chip.tile_0.*' --out r
  cmp r/trace.vcd "$here/first"
  status_of 2 "$mimosa" run "$tiny" --vcd 'chip.tile_0.*' --from 1000000000 --out r
  holds "$here/err" "--from: the run ends at cycle"
  cmp r/trace.vcd "$here/first"
}

points() { # FOLDER: the lines of its journals
  grep -h '' "$1"/journals/*.jsonl # each line for itself, a torn one too
}
bare_points() { # FOLDER: its whole lines without what a clock told, sorted
  points "$1" | sed -n 's/"wall_s":[^,]*,//; s/,"crc":"........"}$//p' | sort
}

case_sweep() {
  status_of 0 "$mimosa" sweep "$tiny" chip.adc.bits=6,8 chips=1,2
  [ "$(points runs/tiny_timing | wc -l)" -eq 4 ] || fail "not four points"
  points runs/tiny_timing >"$here/points"
  holds "$here/points" '"axes":{"chip.adc.bits":6,"chips":2},'
  holds "$here/out" "chip.adc.bits=8 chips=2   "
  holds "$here/out" "an MVM on hermes are a published lump (chip.mvm.cost) that no chip.adc.bits changes"
  holds "$here/err" "mimosa: sweep: 4 points, "
  # Only what is new of a larger sweep runs.
  status_of 0 "$mimosa" sweep "$tiny" chip.adc.bits=6,8 chips=1,2,3 --json -j 1
  holds "$here/err" "mimosa: sweep: 6 points, 4 of them done before, 1 at a time"
  [ "$(wc -l <"$here/out")" -eq 2 ] || fail "not two new points"
  cmp "$here/out" <(points runs/tiny_timing | grep '"chips":3')
  status_of 0 "$mimosa" sweep "$tiny" chips=3 --out elsewhere --quiet
  if [ -s "$here/out" ] || [ -s "$here/err" ]; then fail "--quiet printed"; fi
  [ "$(points runs/tiny_timing | wc -l)" -eq 6 ] || fail "the journals did not grow by two"
  status_of 2 "$mimosa" run "$tiny"
  holds "$here/err" "holds the points of a sweep"
}

case_sweep_dry_run() {
  status_of 0 "$mimosa" sweep "$tiny" 'device.time_s=log(1,10000,3)' chips=1,2 --dry-run --set device=pcm-joshi
  [ "$(sed -n 4p "$here/out")" = "device.time_s=100 chips=2" ] || fail "the fourth point: $(sed -n 4p "$here/out")"
  [ "$(wc -l <"$here/out")" -eq 6 ] || fail "not six points"
  [ -z "$(ls -A .)" ] || fail "something was written"
}

case_sweep_time() { # an estimate where the store or the first points tell, and that nothing tells where not
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2,3,4 --dry-run -j 3
  holds "$here/err" "mimosa: sweep: 4 points, 3 at a time, time not known before the first is done"
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2 --quiet
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2,3,4 --dry-run
  grep -qE 'sweep: 4 points, 2 of them done before, [12] at a time, about [0-9.]+ m?s by the 2 done$' "$here/err" ||
    fail "no estimate: $(cat "$here/err")"
  status_of 0 "$mimosa" sweep "$tiny" seed=7 --launcher slurm --shards 8 --dry-run
  grep -qE 'sweep: 1 point, 1 at a time, about [0-9.]+ m?s by the 2 others done here$' "$here/err" ||
    fail "no estimate: $(cat "$here/err")"
  [ "$(points runs/tiny_timing | wc -l)" -eq 2 ] || fail "something was run"
  "$mimosa" sweep "$tiny" 'seed=linear(1,100000)' --yes -j 1 --out long >/dev/null 2>"$here/err" &
  local job=$! status=0
  until grep -qE 'sweep: 1/100000 points, .* left, ' "$here/err"; do # before the minute is over
    kill -0 $job 2>/dev/null || fail "it ended: $(cat "$here/err")"
    sleep 0.05
  done
  kill $job
  wait $job || status=$?
  [ "$status" -eq 143 ] || fail "exit status $status, not 143"
}

case_sweep_repeats() { # they start from the seed that is set; a front counts a point and its repeats once
  local again=("chip.mesh.rows=8,9" --set sweep.repeats=2 --quiet)
  cp "$data"/tiny*.yaml .
  echo 'seed: 5' >>tiny_timing.yaml
  status_of 0 "$mimosa" sweep "$tiny" "${again[@]}" --seed 5 --out given
  status_of 0 "$mimosa" sweep tiny_timing.yaml "${again[@]}" --out written
  status_of 0 "$mimosa" sweep "$tiny" "${again[@]}" --out usual
  seeds() { points "$1" | grep -o '},"seed":[0-9]*' | sort; }
  [ "$(seeds given | grep -c '"seed":5$')" -eq 2 ] || fail "seeds: $(seeds given)"
  cmp <(seeds given) <(seeds written)
  ! cmp -s <(seeds given) <(seeds usual) || fail "the seed changes nothing"
  status_of 0 "$mimosa" sweep "$tiny" "${again[@]:0:3}" --out front --set "sweep.where=repeat == 0 or chip.mesh.rows == 8" \
    --set "sweep.objectives={latency_s: min, area_mm2: min}"
  grep -qE '^front      [12] of 2 points$' "$here/out" || fail "not two points: $(cat "$here/out")"
}

case_sweep_reuse() { # points that another sweep has finished are taken from there and not run
  status_of 0 "$mimosa" sweep "$tiny" chip.adc.bits=6,8 chips=1,2 --quiet --out one
  status_of 0 "$mimosa" sweep "$tiny" chips=1 seed=1,2,3 --quiet --out two
  local sweep=("$mimosa" sweep "$tiny" "chip.adc.bits=6,7,8" "seed=1,2" --set chips=1 --reuse one --reuse two)
  status_of 0 "${sweep[@]}" --dry-run
  holds "$here/err" "6 points, 3 taken from other sweeps, "
  [ "$(files)" = "$(find one two -type f | sed 's|^|./|' | sort | tr '\n' ' ')" ] || fail "something was written"
  status_of 0 "${sweep[@]}"
  holds "$here/err" "6 points, 3 taken from other sweeps, "
  points runs/tiny_timing >"$here/points"
  [ "$(grep -c '"origin":"one"' "$here/points")" -eq 2 ] || fail "not two points of the first"
  [ "$(grep -c '"origin":"two"' "$here/points")" -eq 1 ] || fail "not one point of the second"
  [ "$(wc -l <"$here/points")" -eq 6 ] || fail "not six points"
  "$mimosa" export runs/tiny_timing --jsonl | sed 's/"wall_s":[^,]*,//; s/"origin":[^,]*,//' >"$here/reused"
  status_of 0 "${sweep[@]:0:7}" --quiet --out anew
  "$mimosa" export anew --jsonl | sed 's/"wall_s":[^,]*,//; s/"origin":[^,]*,//' >"$here/anew"
  cmp "$here/reused" "$here/anew"
  status_of 0 "${sweep[@]}"
  holds "$here/err" "6 points, 6 of them done before"
  status_of 2 "${sweep[@]}" --reuse three
  holds "$here/err" "mimosa: three: holds no sweep"
  status_of 2 "${sweep[@]}" --force
  holds "$here/err" "mimosa: --reuse: takes what --force runs again; say one of them"
}

case_sweep_damage() { # what is damaged is told and set aside, and its point runs again
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2,3 -j 1 --quiet
  bare_points runs/tiny_timing >"$here/before"
  local journal
  journal=$(ls runs/tiny_timing/journals/*)
  sed -i '2s/"status":"ok"/"status":"0k"/' "$journal"
  truncate -s -5 "$journal"
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2,3
  holds "$here/err" "$journal: the last line is torn; set aside"
  holds "$here/err" "$journal:2: a damaged line; set aside, its point counts as not done"
  [ "$(grep -c '^seed=' "$here/out")" -eq 2 ] || fail "not two points again: $(cat "$here/out")"
  holds "$here/out" "charts     mimosa report runs/tiny_timing"
  cmp "$here/before" <(bare_points runs/tiny_timing | grep '"status":"ok"')
  status_of 0 "$mimosa" sweep status runs/tiny_timing
  holds "$here/out" "3 done, 0 failed"
}

case_sweep_read_only() {
  local as_somebody=()
  mkdir -m 555 runs
  if [ "$(id -u)" -eq 0 ]; then # root may write everywhere
    chmod 755 "$here" .
    as_somebody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  fi
  status_of 2 "${as_somebody[@]}" "$mimosa" sweep "$tiny" seed=1,2
  holds "$here/err" "runs/tiny_timing: cannot be made: Permission denied"
}

case_study() { # a page and a table of a sweep
  status_of 0 "$mimosa" sweep "$tiny" chip=hermes,isaac seed=1,2 --quiet
  status_of 0 "$mimosa" report runs/tiny_timing
  holds "$here/out" "runs/tiny_timing/report.html"
  holds runs/tiny_timing/report.html '"axes":["chip","seed"]'
  holds runs/tiny_timing/report.html '"points":4'
  status_of 2 "$mimosa" plot runs/tiny_timing --x chip --y latency --out a.svg
  holds "$here/err" "latency: no such figure; did you mean latency_s?"
  [ ! -e a.svg ] || fail "a plot of nothing"
  status_of 2 "$mimosa" plot runs/tiny_timing --x seed --y latency_s --out no_folder/a.svg
  [ ! -s "$here/out" ] || fail "the drawing went to the terminal"
  status_of 2 "$mimosa" plot runs/tiny_timing chip=herms --x seed --y latency_s --out a.svg
  holds "$here/err" "chip: no point has herms; did you mean hermes?"
  status_of 2 "$mimosa" plot runs/tiny_timing chip=hermes chip=isaac --x seed --y latency_s --out a.svg
  holds "$here/err" "plot: chip is chosen twice; say AXIS=A,B"
  status_of 2 "$mimosa" plot runs/tiny_timing --x latnecy_s --y seed --out a.svg
  holds "$here/err" "latnecy_s: no such axis or figure; did you mean latency_s?"
  status_of 2 "$mimosa" plot runs/tiny_timing hermes --x seed --y latency_s --out a.svg
  holds "$here/err" "plot: hermes: neither an option nor AXIS=VALUES, of the points to draw"
  rm runs/tiny_timing/results.sqlite
  status_of 2 "$mimosa" report runs/tiny_timing
  holds "$here/err" "mimosa sweep collect runs/tiny_timing makes it"
}

case_export() {
  status_of 1 "$mimosa" sweep "$tiny" chip=hermes,isaac engine=timing,functional
  status_of 0 "$mimosa" export runs/tiny_timing --csv
  [ "$(head -n 1 "$here/out" | cut -d, -f 1-3)" = "address,run,status" ] || fail "names: $(head -n 1 "$here/out")"
  [ "$(wc -l <"$here/out")" -eq 5 ] || fail "not a line of names and four rows"
  [ "$(grep -c '"network tiny: has no weights, so no accuracy; ' "$here/out")" -eq 2 ] || fail "no quotes around a comma"
  status_of 0 "$mimosa" export runs/tiny_timing --jsonl
  [ "$(grep -c '"status":"ok".*"chip":"isaac","engine":"timing"' "$here/out")" -eq 1 ] || fail "rows: $(cat "$here/out")"
  ! grep -q null "$here/out" || fail "a member without a value"
  echo nonsense >runs/tiny_timing/results.sqlite
  status_of 2 "$mimosa" export runs/tiny_timing --csv
  holds "$here/err" "mimosa sweep collect runs/tiny_timing makes it anew"
  status_of 0 "$mimosa" sweep collect runs/tiny_timing
  status_of 0 "$mimosa" export runs/tiny_timing --csv
}

case_sweep_shards() { # shards, by option or by a scheduler's variables, make together what one sweep makes
  local i
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2,3,4,5 --out whole
  for i in 0 1; do
    status_of 0 "$mimosa" sweep "$tiny" seed=1,2,3,4,5 --out parts --shard $i/3
  done
  holds "$here/err" "mimosa: sweep: 2 points of 5, "
  holds "$here/out" "points     parts/journals"
  status_of 0 env SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=7 "$mimosa" sweep "$tiny" seed=1,2,3,4,5 --out parts
  holds "$here/err" "mimosa: sweep: shard 2/3, by SLURM_ARRAY_TASK_ID"
  cmp <(bare_points whole) <(bare_points parts)
  status_of 0 "$mimosa" sweep collect parts
  holds "$here/out" "points     5 in parts/results.sqlite"
  # A shard that a scheduler runs twice runs nothing again.
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2,3,4,5 --out parts --shard 0/3
  [ "$(points parts | wc -l)" -eq 5 ] || fail "a point was run twice"
}

case_sweep_pareto() { # generations towards a front, gone on with after a kill, and the front printed
  local sweep=("$mimosa" sweep "$tiny" "chip.mvm.adc.per_array=1,2,4,8,16,32" "chip.array.rows=linear(8,64)" -j 2
    --set chip=isaac --set sweep.method=pareto --set sweep.points=8 --set sweep.generations=4
    --set "sweep.objectives={latency_s: min, area_mm2: min}")
  status_of 0 "${sweep[@]}" --dry-run
  [ "$(wc -l <"$here/out")" -eq 8 ] || fail "not the first generation"
  [ -z "$(ls -A .)" ] || fail "something was written"
  status_of 0 "${sweep[@]}" --out whole
  holds "$here/err" "mimosa: sweep: generation 1 of 4: 8 of 8 points to run"
  holds "$here/err" "mimosa: sweep: generation 4 of 4: "
  sed -n '/^front /,/^points /p' "$here/out" >"$here/front"
  grep -Eq '^front      [0-9]+ of [0-9]+ points$' "$here/front" || fail "no front: $(cat "$here/out")"
  # No point is faster than the first one, none smaller than the last.
  status_of 0 "$mimosa" export whole --jsonl
  local least
  for least in latency_s area_mm2; do
    sed 's/.*"'$least'":\([^,}]*\).*/\1/' "$here/out" | sort -g | head -n 1 >"$here/$least"
  done
  grep '^           latency_s ' "$here/front" >"$here/rows"
  [ "$(grep -c '"front":1' "$here/out")" -eq "$(wc -l <"$here/rows")" ] || fail "the index has another front: $(cat "$here/out")"
  awk -v least="$(cat "$here/latency_s")" 'NR == 1 && ($2 > 1.00001 * least || $2 < 0.99999 * least) { exit 1 }' "$here/rows" || fail "not the fastest: $(cat "$here/rows")"
  awk -v least="$(cat "$here/area_mm2")" '{ area = $4 } END { if (area > 1.00001 * least || area < 0.99999 * least) exit 1 }' "$here/rows" || fail "not the smallest: $(cat "$here/rows")"
  # Killed on the way, the same command ends at the same front; once more it runs nothing.
  "${sweep[@]}" --out killed >/dev/null 2>&1 &
  local job=$!
  until [ "$(cat killed/journals/*.jsonl 2>/dev/null | wc -l)" -gt 10 ]; do sleep 0.01; done
  kill -9 $job
  wait $job || true
  local journal
  journal=$(ls killed/journals/*)
  printf '{"address":"' >>"$journal" # as a kill in the middle of a write leaves it
  status_of 0 "${sweep[@]}" --out killed
  holds "$here/err" "$journal: the last line is torn; set aside"
  cmp <(bare_points whole) <(bare_points killed)
  status_of 0 "${sweep[@]}" --out killed
  holds "$here/err" "mimosa: sweep: generation 4 of 4: 0 of 8 points to run"
  cmp "$here/front" <(sed -n '/^front /,/^points /p' "$here/out" | sed 's/killed/whole/')
  status_of 0 "$mimosa" report killed
  holds killed/report.html '"objectives":[{"figure":"latency_s","max":false},{"figure":"area_mm2","max":false}]'
  # A figure that no point has: told, and nothing more is run.
  status_of 2 "$mimosa" sweep "$tiny" seed=1,2 --out none --set sweep.method=pareto --set sweep.points=8 \
    --set "sweep.objectives={paired.mean: max, area_mm2: min}"
  holds "$here/err" "mimosa: sweep: no point of the first generation has all figures of sweep.objectives"
  status_of 2 env SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=2 "${sweep[@]}" --out none
  holds "$here/err" "SLURM_ARRAY_TASK_ID: sweep.method: pareto draws a generation from the one before"
}

case_sweep_slurm() { # with programs that stand for Slurm's: tasks run one after the other when they are submitted
  local bin=$here/bin name
  mkdir "$bin"
  cat >"$bin/sbatch" <<'END'
#!/bin/bash
[ "$1" = --parsable ] || exit 1
last=$(sed -n 's/^#SBATCH --array=0-//p' "$2")
for i in $(seq 0 "$last"); do SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=$last bash "$2" >/dev/null; done
echo '42;cluster'
END
  printf '#!/bin/bash\necho "MaxArraySize            = 1001"\n' >"$bin/scontrol"
  printf '#!/bin/bash\necho "$@" >>%s/squeue\nprintf "RUNNING\\nPENDING\\nPENDING\\n"\n' "$here" >"$bin/squeue"
  printf '#!/bin/bash\necho "$@" >>%s/scancel\n' "$here" >"$bin/scancel"
  for name in sbatch scontrol squeue scancel; do chmod +x "$bin/$name"; done
  mkdir "it's here" && cd "it's here"
  local sweep=("$mimosa" sweep "$tiny" "seed=1,2,3,4,5" --set "sweep.where=seed < 5 or chip == 'hermes'" --launcher slurm)
  status_of 0 "${sweep[@]}" --shards 3 --partition long --time-limit 2:00:00 --cpus-per-task 4 --dry-run
  holds "$here/out" "#SBATCH --array=0-2"
  holds "$here/out" "#SBATCH --partition=long"
  holds "$here/out" "#SBATCH --time=2:00:00"
  holds "$here/out" "#SBATCH --cpus-per-task=4"
  # shellcheck disable=SC2016  # the job's shell expands it
  grep -q '^exec .* --out runs/tiny_timing --shard "$SLURM_ARRAY_TASK_ID"/3$' "$here/out" || fail "no shard: $(cat "$here/out")"
  bash -n "$here/out"
  [ -z "$(ls -A .)" ] || fail "something was written"
  status_of 0 env PATH="$bin:$PATH" "${sweep[@]}" --shards 3
  holds "$here/out" "job        42: 3 shards"
  status_of 0 env PATH="$bin:$PATH" "$mimosa" sweep status runs/tiny_timing
  holds "$here/out" "points     5 done, 0 failed"
  holds "$here/out" "job        42: 2 PENDING, 1 RUNNING"
  status_of 0 env PATH="$bin:$PATH" "$mimosa" sweep cancel runs/tiny_timing
  [ "$(cat "$here/scancel")" = 42 ] || fail "cancelled $(cat "$here/scancel")"
  rm "$here/scancel"
  # shellcheck disable=SC2016  # the script expands it
  printf '#!/bin/bash\n[ "$1" = 42 ] && echo "scancel: error: Kill job error on job id 42: Invalid job id specified" >&2 && exit 1\necho "$@" >>%s/scancel\n' \
    "$here" >"$bin/scancel"
  echo 43 >>runs/tiny_timing/slurm/jobs
  status_of 0 env PATH="$bin:$PATH" "$mimosa" sweep cancel runs/tiny_timing
  holds "$here/out" "job        42: ended"
  holds "$here/out" "job        43: cancelled"
  [ "$(cat "$here/scancel")" = 43 ] || fail "cancelled $(cat "$here/scancel")"
  status_of 0 env PATH="$bin:$PATH" "${sweep[@]}" --shards 3
  ! grep -q "^job" "$here/out" || fail "a job with nothing to do: $(cat "$here/out")"
  status_of 0 env PATH="$bin:$PATH" "$mimosa" sweep "$tiny" seed=11,12 --launcher slurm --shards 8 --out two
  holds "$here/out" "job        42: 2 shards"
  sweep=("$mimosa" sweep "$tiny" "seed=linear(1,2000)" --launcher slurm --out many)
  status_of 2 env PATH="$bin:$PATH" "${sweep[@]}" --shards 1001
  holds "$here/err" "sweep.slurm.shards: 1001 is more than this site's arrays hold; allowed: 1 .. 1000"
  rm "$bin"/sbatch
  status_of 2 env PATH="$bin" "${sweep[@]}" --shards 3
  holds "$here/err" "mimosa: sbatch: is not installed here; the launcher slurm needs it"
}

case_sweep_failure() { # a point that cannot run is recorded, the others run, the status is 1
  local again retry
  status_of 1 "$mimosa" sweep "$tiny" engine=timing,functional,both
  points runs/tiny_timing >"$here/points"
  [ "$(grep -c '"report":' "$here/points")" -eq 1 ] || fail "not one good point"
  [ "$(grep -c '"error":"network tiny: has no weights' "$here/points")" -eq 2 ] || fail "not two failed points"
  holds "$here/err" "mimosa: sweep: 2 of 3 points failed"
  for again in 3 5; do # tried again only when asked
    retry=()
    [ $again = 3 ] || retry=(--retry-failed)
    status_of 1 "$mimosa" sweep "$tiny" engine=timing,functional,both "${retry[@]}"
    [ $again = 5 ] || holds "$here/err" \
      "3 points, 1 of them done before, 2 of them failed before (--retry-failed runs such points again)"
    [ "$(points runs/tiny_timing | wc -l)" -eq $again ] || fail "not $again lines"
  done
}

case_interrupt() { # the first signal ends the run at its next step, and nothing is left
  local signal wanted
  for signal in INT TERM; do
    wanted=$([ $signal = INT ] && echo 130 || echo 143)
    # A background job of a script ignores SIGINT unless job control is on.
    set -m
    "$mimosa" sweep "$tiny" seed="$(seq -s, 1 500)" >/dev/null 2>"$here/err" &
    local job=$! status=0
    set +m
    until [ -s "$(find runs -name '*.jsonl' 2>/dev/null | head -n 1)" ]; do sleep 0.05; done
    kill -$signal $job
    wait $job || status=$?
    [ "$status" -eq "$wanted" ] || fail "exit status $status, not $wanted: $(cat "$here/err")"
    holds "$here/err" "mimosa: interrupted"
    holds "$here/err" "mimosa: sweep: what is done is kept; the same command goes on"
    [ "$(points runs/tiny_timing | tail -c 1 | od -An -c | tr -d ' ')" = '\n' ] || fail "a torn line"
    rm -r runs
  done
}

case_interrupted_run() { # a run leaves neither its folder nor the one it was building
  needs_network mimoconv_fmnist_n2
  printf 'network: mimoconv_fmnist_n2\nchips: 10000\n' >long.yaml
  set -m
  "$mimosa" run long.yaml --out r/s >/dev/null 2>"$here/err" &
  local job=$! status=0
  set +m
  for _ in $(seq 100); do
    [ -n "$(find . -name '.s.*')" ] && break
    sleep 0.05
  done
  [ -n "$(find . -name '.s.*')" ] || fail "the run did not start: $(cat "$here/err")"
  kill -INT $job
  wait $job || status=$?
  [ "$status" -eq 130 ] || fail "exit status $status, not 130: $(cat "$here/err")"
  [ "$(ls -A .)" = long.yaml ] || fail "left behind: $(find .)"
}

case_interrupt_twice() { # a second signal does not wait for the next step, and leaves nothing either
  needs_network mimoconv_fmnist_n2
  printf 'network: mimoconv_fmnist_n2\nengine: functional\ncalibration: {inputs: 5000}\n' >long.yaml
  set -m
  "$mimosa" run long.yaml --out r/s >/dev/null 2>"$here/err" &
  local job=$! status=0
  set +m
  until [ -n "$(find . -name '.s.*')" ] || ! kill -0 $job 2>/dev/null; do sleep 0.05; done
  sleep 1 # until it calibrates
  kill -INT $job
  sleep 0.1 # two of one kind at once are one
  kill -INT $job 2>/dev/null || true
  wait $job || status=$?
  [ "$status" -eq 130 ] || fail "exit status $status, not 130: $(cat "$here/err")"
  [ "$(cat "$here/err")" = "mimosa: interrupted" ] || fail "not one line: $(cat "$here/err")"
  [ "$(ls -A .)" = long.yaml ] || fail "left behind: $(find .)"
}

case_interrupt_waiting() { # where nothing asks for signals, one ends the process all the same
  mkfifo pipe.yaml
  set -m
  "$mimosa" run pipe.yaml 2>"$here/err" &
  local job=$! status=0
  set +m
  exec 3>pipe.yaml # waits until it is read
  kill -INT $job
  wait $job || status=$?
  exec 3>&-
  [ "$status" -eq 130 ] || fail "exit status $status, not 130: $(cat "$here/err")"
  [ "$(cat "$here/err")" = "mimosa: interrupted" ] || fail "not one line: $(cat "$here/err")"
}

case_interrupted_traces() { # what was traced is kept, beside the results of an earlier run
  needs_network mimoconv_fmnist_n2
  printf 'network: mimoconv_fmnist_n2\nchips: 10000\n' >long.yaml
  status_of 0 "$mimosa" run "$tiny" --out r/s
  set -m
  "$mimosa" run long.yaml --vcd chip --timeline --out r/s >/dev/null 2>"$here/err" &
  local job=$! status=0
  set +m
  for _ in $(seq 200); do
    [ -n "$(find r -name trace.vcd)" ] && break
    sleep 0.05
  done
  kill -INT $job
  wait $job || status=$?
  [ "$status" -eq 130 ] || fail "exit status $status, not 130: $(cat "$here/err")"
  holds "$here/err" "mimosa: traces until the interruption are in r/s.interrupted"
  tail -n 1 r/s.interrupted/trace.vcd | grep -Eq '^#[0-9]+$' || fail "a torn waveform"
  [ "$(tail -c 2 r/s.interrupted/timeline.json | head -c 1)" = '}' ] || fail "a torn timeline"
  [ "$(ls -A r)" = "$(printf 's\ns.interrupted')" ] || fail "left behind: $(find .)"
  [ ! -e r/s/trace.vcd ] || fail "the earlier run was touched"
  holds r/s.interrupted/trace.gtkw "^1 $PWD/r/s.interrupted/trace.states"
  ! grep -qF "$PWD/r/s/" r/s.interrupted/trace.gtkw || fail "trace.gtkw names a file that is not there"
}

case_outputs() {
  [ -e /usr/share/datasets/fashion-mnist ] || [ -n "${MIMOSA_FASHION_MNIST:-}" ] || exit 77
  status_of 0 "$mimosa" run quickstart --engine functional --inputs 5 --chips 2 --set calibration.inputs=8 --outputs o.npy
  head -c 128 o.npy | tr -d '\0' >"$here/header"
  holds "$here/header" "'shape': (2, 5, 10)"
  holds "$here/header" "<f4"
  holds runs/quickstart/report.json '"timing": null'
}

images=/usr/share/datasets/fashion-mnist
[ -z "${MIMOSA_FASHION_MNIST:-}" ] || images=$MIMOSA_FASHION_MNIST

case_held_out() { # nothing is fitted on test images: those that are not asked for change no output
  [ -e "$images" ] || exit 77
  local options=(run quickstart --engine functional --inputs 4 --chips 1 --set calibration.inputs=8
                 --set calibration.affine=column --set calibration.affine_inputs=8
                 --set calibration.adabs=true --set calibration.adabs_inputs=8 --out r)
  mkdir few
  ln -s "$images"/train-* few
  { printf '\0\0\10\3\0\0\0\20\0\0\0\34\0\0\0\34' && zcat "$images/t10k-images-idx3-ubyte.gz" | tail -c +17 |
    { head -c $((4 * 784)) && head -c $((12 * 784)) /dev/zero && cat >/dev/null; }; } | gzip >few/t10k-images-idx3-ubyte.gz
  { printf '\0\0\10\1\0\0\0\20' && zcat "$images/t10k-labels-idx1-ubyte.gz" | tail -c +9 |
    { head -c 16 && cat >/dev/null; }; } | gzip >few/t10k-labels-idx1-ubyte.gz
  status_of 0 "$mimosa" "${options[@]}" --outputs all.npy
  status_of 0 env MIMOSA_FASHION_MNIST="$PWD/few" "$mimosa" "${options[@]}" --outputs few.npy
  cmp all.npy few.npy
}

case_no_dataset() { # weights alone give no accuracy, and a network of its own kind of images no strange error
  local networks=$data/../../configs/network
  cp "$networks/mimoconv_fmnist_n1.safetensors" .
  sed '/^dataset:/d' "$networks/mimoconv_fmnist_n1.yaml" >n.yaml
  echo 'network: n.yaml' >e.yaml
  status_of 2 "$mimosa" run e.yaml
  holds "$here/err" "names no dataset, so no accuracy; use --engine timing"
  status_of 2 "$mimosa" check e.yaml
  holds "$here/out" "e.yaml:1:1: error: network: mimoconv_fmnist_n1 names no dataset; allowed: engine: timing"
  [ ! -e runs ] || fail "something was written"
}

case_no_cifar10() { # images that are not there: told before anything is written
  status_of 2 env -u MIMOSA_CIFAR10 "$mimosa" run quickstart --set network=mimoconv_cifar10_n2_w2
  holds "$here/err" "mimosa: dataset cifar-10: "
  holds "$here/err" "set MIMOSA_CIFAR10 to the folder of its binary version"
  status_of 2 env MIMOSA_CIFAR10=. "$mimosa" run quickstart --set network=mimoconv_cifar10_n2_w2
  holds "$here/err" "data_batch_1.bin: no such file; "
  [ ! -e runs ] || fail "something was written"
}

case_cifar10() { # where the images are: in float what PyTorch has of them, but for five near ties of the 10,000
  [ -n "${MIMOSA_CIFAR10:-}" ] || exit 77
  local network=mimoconv_cifar10_n2_w2
  status_of 0 "$mimosa" run quickstart --engine functional --set network=$network --chips 1 --inputs 10000 --out r
  grep -ao '"accuracy_test@n2":"[0-9.]*"' "$data/../../configs/network/$network.safetensors" | tr -dc '0-9.\n' | sed 's/^2//' >"$here/pytorch"
  sed -n 's/^accuracy   float \([0-9.]*\) %.*/\1/p' "$here/out" >"$here/float"
  paste "$here/pytorch" "$here/float" | awk '{ off = 100 * $1 - $2 } NF != 2 || off > 0.0501 || off < -0.0501 { exit 1 }' ||
    fail "PyTorch: $(cat "$here/pytorch"), here: $(cat "$here/out")"
}

case_cut_off() { # int16 too short for values is told, one that holds them is not, with sums of 10-bit codes
  [ -e /usr/share/datasets/fashion-mnist ] || [ -n "${MIMOSA_FASHION_MNIST:-}" ] || exit 77
  local run=("$mimosa" run quickstart --engine functional --chips 1 --inputs 8 --set calibration.inputs=16
             --set chip.vector.format=int16 --set chip.adc.bits=10 --quiet)
  status_of 0 "${run[@]}" --set chip.vector.fraction_bits=14 --out short
  holds short/summary.txt "all that int16 holds with chip.vector.fraction_bits 14"
  holds short/report.json "of the values cut off"
  status_of 0 "${run[@]}" --out long
  ! grep -q "cut off" long/summary.txt long/report.json || fail "cut off with 8 fraction bits"
  holds long/report.json "applied: int16 with 8 fraction bits, nothing beyond its range"
}

case_diagnose() {
  [ -e /usr/share/datasets/fashion-mnist ] || [ -n "${MIMOSA_FASHION_MNIST:-}" ] || exit 77
  status_of 0 "$mimosa" run quickstart --engine functional --inputs 4 --chips 1 --set calibration.inputs=32 --diagnose --out r
  holds "$here/out" "diagnosis  64 held-out images from 32 on, chip"
  holds "$here/out" "Unbound output"
  cmp "$here/out" r/summary.txt
  holds r/report.json '"error_budget": null'
  [ ! -s "$here/err" ] || fail "text on standard error: $(cat "$here/err")"
}

case_validate() {
  status_of 0 "$mimosa" validate isaac hermes models
  holds "$here/out" "chip, power                                           65.8      65.808 W"
  holds "$here/out" "ISAAC's converter, area"
  holds "$here/out" ": 0 off, "
  status_of 0 "$mimosa" validate puma --json
  holds "$here/out" '"verdict": "contradiction"'
  # A preset that no longer gives the published figures is told by the status.
  mkdir -p configs/chip
  printf 'extends: hermes\nmvm: {energy_pj: 14000}\n' >configs/chip/hermes-4phase.yaml
  status_of 1 "$mimosa" validate hermes
  holds "$here/out" "OFF"
  status_of 2 "$mimosa" validate isac
  holds "$here/err" 'validate: "isac" is unknown; did you mean isaac?'
}

product=(mvm --matrix "$data/mvm_w.npy" --vectors "$data/mvm_x.npy")

case_mvm() {
  status_of 0 "$mimosa" "${product[@]}" --out Y.npy --device pcm-joshi --time 3600 --seed 7
  [ "$(ls -A .)" = Y.npy ] || fail "files: $(ls -A .)"
  [ ! -s "$here/err" ] || fail "text on standard error: $(cat "$here/err")"
  holds "$here/out" "product    2 outputs × 3 inputs, 2 vectors"
  holds "$here/out" "device pcm-joshi, 3600 s after programming"
  holds "$here/out" "wires      level ideal, off the exact solution by "
  head -c 128 Y.npy | tr -d '\0' >"$here/header"
  holds "$here/header" "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }"
  # Short forms are the settings they stand for, in whatever order; another seed is another chip.
  status_of 0 "$mimosa" "${product[@]}" --out same.npy --set seed=7 --set device.time_s=3600 --set device=pcm-joshi --quiet
  [ ! -s "$here/out" ] || fail "--quiet printed"
  cmp Y.npy same.npy
  status_of 0 "$mimosa" "${product[@]}" --out other.npy --device pcm-joshi --time 3600 --seed 8
  ! cmp -s Y.npy other.npy || fail "the seed changed nothing"
  # Reads stand along a first axis; the first is what one read gives.
  status_of 0 "$mimosa" "${product[@]}" --out reads.npy --device pcm-joshi --time 3600 --seed 7 --reads 3
  head -c 128 reads.npy | tr -d '\0' >"$here/header"
  holds "$here/header" "'shape': (3, 2, 2)"
  cmp <(tail -c 32 Y.npy) <(tail -c 96 reads.npy | head -c 32)
}

case_mvm_json() {
  status_of 0 "$mimosa" "${product[@]}" --out Y.npy --json --split --set chip.array.rows=2 --set chip.noc.flit_bytes=16
  holds "$here/out" '"count": 2,'
  holds "$here/out" '"gap_to_exact": {'
  holds "$here/out" '"rms_adc_steps": '
  holds "$here/out" '"chip.noc.flit_bytes"'
  holds "$here/out" "\"matrix_sha256\": \"$(sha256sum <"$data/mvm_w.npy" | cut -c 1-64)\""
  holds "$here/out" '"seed": 1,'
  cp "$here/out" "$here/first"
  status_of 0 "$mimosa" "${product[@]}" --out Y.npy --json --split --set chip.array.rows=2 --set chip.noc.flit_bytes=32
  cmp "$here/out" "$here/first" # what changes no product changes no hash
}

case_mvm_failure() { # results that cannot be written leave the old ones
  status_of 0 "$mimosa" "${product[@]}" --out Y.npy
  cp Y.npy "$here/before"
  status_of 2 "$mimosa" "${product[@]}" --out Y.npy --set chip.read.phases=3
  cmp Y.npy "$here/before"
  [ "$(ls -A .)" = Y.npy ] || fail "left behind: $(ls -A .)"
}

case_compile() {
  local stage
  for stage in partition replicate place schedule program emit; do
    status_of 0 "$mimosa" compile "$tiny" --dump-after $stage
    [ -s "$here/out" ] || fail "$stage: nothing printed"
  done
  cp "$here/out" "$here/program"
  status_of 0 "$mimosa" compile "$tiny"
  cmp "$here/out" "$here/program"
  [ -z "$(ls -A .)" ] || fail "compile wrote files"
}

case_map() {
  status_of 0 "$mimosa" compile "$tiny" --map
  [ "$(files)" = "./runs/tiny_timing_map.svg " ] || fail "files: $(files)"
  holds "$here/out" "map        runs/tiny_timing_map.svg"
  holds "$here/out" "   0  conv"
  holds runs/tiny_timing_map.svg "</svg>"
  status_of 0 "$mimosa" compile "$tiny" --map --out m.svg
  cmp m.svg runs/tiny_timing_map.svg
  status_of 0 "$mimosa" run "$tiny" # the map is not in the way
}

case_explain() {
  status_of 0 "$mimosa" explain chip.adc.bits
  holds "$here/out" "allowed  2 .. 24 bits"
  status_of 0 "$mimosa" explain chip.adc.bits "$tiny" --set chip.adc.bits=5
  holds "$here/out" "value    5 bits, set at --set"
  status_of 0 "$mimosa" explain mvm.adc_percentile
  holds "$here/out" "allowed  50 .. 100 %"
  status_of 2 "$mimosa" explain mvm.adc_percentile "$tiny"
  holds "$here/err" "is a key of mimosa mvm and of no experiment"
  status_of 0 "$mimosa" explain
  holds "$here/out" "device.read_noise"
  holds "$here/out" "mvm.dac_range"
}

case_check() { # every mistake with its line, on standard output, status 2
  status_of 0 "$mimosa" check "$tiny" "$data/tiny.yaml"
  holds "$here/out" "tiny_timing.yaml: no mistake"
  holds "$here/out" "tiny.yaml: no mistake"
  status_of 0 "$mimosa" check "$tiny" --quiet
  [ ! -s "$here/out" ] || fail "--quiet printed"
  printf 'network: %s\nsede: 1\nchips: 0\n' "$data/tiny.yaml" >bad.yaml
  status_of 2 "$mimosa" check bad.yaml "$tiny"
  [ ! -s "$here/err" ] || fail "text on standard error: $(cat "$here/err")"
  holds "$here/out" "bad.yaml:2:1: error: sede: no such key; did you mean seed?"
  holds "$here/out" "    sede: 1"
  holds "$here/out" "    ^~~~"
  holds "$here/out" "bad.yaml:3:8: error: chips: 0 is outside 1 .. 10000"
  holds "$here/out" "tiny_timing.yaml: no mistake"
  status_of 2 "$mimosa" check "$tiny" --kind device
  status_of 2 "$mimosa" check no_such.yaml
  holds "$here/out" "no_such.yaml: error: cannot be read"
  printf 'extends: %s\naxes: {chip.adc.bits: [4, 6]}\nsweep: {where: chip.adc.bits > 9}\n' "$tiny" >none.yaml
  status_of 2 "$mimosa" check none.yaml
  holds "$here/out" "none.yaml:3:9: error: sweep.where: leaves no point"
  status_of 0 "$mimosa" check quickstart
  holds "$here/out" "quickstart.yaml: no mistake"
}

case_compare() { # keys and figures that differ; gates decide the status
  status_of 0 "$mimosa" run "$tiny" --out a
  status_of 0 "$mimosa" run "$tiny" --set chip.adc.bits=6 --set chip.io.bytes_per_cycle=1 --out b
  status_of 0 "$mimosa" compare a a
  holds "$here/out" "network    tiny: every figure is equal"
  status_of 0 "$mimosa" compare a b/report.json --fail-if 'timing.cycles_per_input drops 0'
  grep -Eq '^key +chip.adc.bits +8 -> 6$' "$here/out" || fail "no key: $(cat "$here/out")"
  grep -Eq '^  timing.latency_cycles +[0-9]+ -> [0-9]+ +\+[0-9.]+ %$' "$here/out" || fail "no figure: $(cat "$here/out")"
  status_of 1 "$mimosa" compare a b --quiet --fail-if 'timing.latency_cycles rises 1 %' --fail-if 'energy.per_input_j rises 90 %'
  [ "$(wc -l <"$here/out")" -eq 1 ] || fail "not one gate: $(cat "$here/out")"
  holds "$here/out" "fails      timing.latency_cycles rises 1 %: tiny: "
}

case_compare_sweeps() { # point by point; gates name the point that breaks them
  status_of 0 "$mimosa" sweep "$tiny" chip.adc.bits=6,8 seed=1,2 --quiet --out a
  status_of 0 "$mimosa" sweep "$tiny" chip.adc.bits=6,8 seed=1,2,3 --set chip.io.bytes_per_cycle=1 --quiet --out b
  status_of 0 "$mimosa" compare a a --fail-if 'timing.latency_cycles changes 0'
  [ "$(cat "$here/out")" = "points     4 finished in both, 0 of them changed" ] || fail "not equal: $(cat "$here/out")"
  status_of 0 "$mimosa" compare a b
  grep -Eq '^points +4 finished in both, 4 of them changed$' "$here/out" || fail "not four points: $(cat "$here/out")"
  [ "$(grep -c ^key "$here/out")" -eq 1 ] || fail "not one key: $(cat "$here/out")"
  grep -Eq '^key +chip.io.bytes_per_cycle +[0-9]+ -> 1$' "$here/out" || fail "no key: $(cat "$here/out")"
  [ "$(grep '^added' "$here/out")" = "$(printf 'added      chip.adc.bits=%s seed=3\n' 6 8)" ] || fail "added: $(cat "$here/out")"
  grep -Eq '^  timing.latency_cycles +4 changed, \+[0-9.]+ .. \+[0-9.]+ %, furthest at chip.adc.bits=' "$here/out" ||
    fail "no figure: $(cat "$here/out")"
  status_of 1 "$mimosa" compare b a --quiet --fail-if 'timing.latency_cycles drops 1 %'
  [ "$(grep -c '^fails      timing.latency_cycles drops 1 %: at chip.adc.bits=[68] seed=[12]: tiny: ' "$here/out")" -eq 4 ] ||
    fail "not four points: $(cat "$here/out")"
  [ "$(grep -c 'at chip.adc.bits=[68] seed=3: the point is missing$' "$here/out")" -eq 2 ] || fail "$(cat "$here/out")"
  status_of 2 "$mimosa" compare a b --fail-if 'timing.latency_cycels drops 1 %'
  holds "$here/err" "timing.latency_cycels: there is no such figure; did you mean timing.latency_cycles?"
  status_of 0 "$mimosa" run "$tiny" --out r --quiet
  status_of 2 "$mimosa" compare a r
  holds "$here/err" "mimosa: a: is a sweep and the other is a run"
}

case_extends() { # an experiment that extends another runs as that one with its settings
  printf 'extends: %s\nchip: {adc: {bits: 6}}\n' "$tiny" >mine.yaml
  status_of 0 "$mimosa" check mine.yaml
  status_of 0 "$mimosa" run mine.yaml --out a
  status_of 0 "$mimosa" run "$tiny" --set chip.adc.bits=6 --out b
  cmp <(grep sha256 a/report.json) <(grep sha256 b/report.json)
}

case_init() { # what it writes has no mistake and runs, also with every commented key
  status_of 0 "$mimosa" init
  [ "$(files)" = "./experiment.yaml " ] || fail "files: $(files)"
  status_of 0 "$mimosa" check experiment.yaml
  cp experiment.yaml before.yaml
  status_of 2 "$mimosa" init
  cmp experiment.yaml before.yaml
  status_of 0 "$mimosa" run experiment.yaml --engine timing --set timed_passes=8
  status_of 0 "$mimosa" explain
  grep -Eo '^(compiler|calibration|workload)\.[a-z_]+' "$here/out" | while read -r key; do
    grep -Eq "^ +(# )?${key#*.}: .* +# " experiment.yaml || fail "$key is not explained"
  done
  # The key that has no effect is mended by what its comment says.
  sed 's/# affine_inputs/affine_inputs/' experiment.yaml >mine.yaml
  status_of 2 "$mimosa" check mine.yaml
  sed -i 's/affine: off/affine: column/' mine.yaml
  status_of 0 "$mimosa" check mine.yaml
  # Its examples are right, too.
  { sed '/^chip:/d' experiment.yaml && sed -n '/^# chip:/,$s/^# //p' experiment.yaml | grep -v '^A '; } >all.yaml
  holds all.yaml "  chip.adc.bits: [4, 6, 8]"
  status_of 0 "$mimosa" check all.yaml
}

case_schema() { # another's validator looks closer: schemas.py
  local kind
  for kind in experiment chip device network; do
    status_of 0 "$mimosa" schema $kind
    # shellcheck disable=SC2016  # a dollar of JSON
    holds "$here/out" '"$schema": "http://json-schema.org/draft-07/schema#"'
    holds "$here/out" '"additionalProperties": false'
    status_of 0 "$mimosa" schema $kind --out $kind.json
    [ -s $kind.json ] || fail "no file"
  done
  holds chip.json '"description": "resolution, sign included. Allowed: 2 .. 24 bits; default: 8 bits."'
}

completed() { # WORD…: what bash offers for the last one, sorted
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _mimosa
  printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | tr '\n' ' '
}
offers() { # EXPECTED WORD…
  local expected=$1 found
  shift
  found=$(completed "$@")
  [ "$found" = "$expected" ] || fail "$* completes to \"$found\", not \"$expected\""
}

case_completion() { # bash runs the function, with words split at '=' as it does
  status_of 0 "$mimosa" completion zsh
  status_of 0 "$mimosa" completion bash
  PATH=$(dirname "$mimosa"):$PATH
  # shellcheck disable=SC1091  # made just now
  source "$here/out"
  complete -p mimosa | grep -q -- "-F _mimosa" || fail "not registered"
  touch mine.yaml
  offers "sweep " mimosa sw
  offers "check compare compile completion " mimosa c
  offers "--seed --set " mimosa run x.yaml --se
  offers "chip.adc.bits= " mimosa run x.yaml --set chip.adc.bit
  offers "pulse_width voltage " mimosa run x.yaml --set chip.dac.input = ""
  offers "pulse_width voltage " mimosa run x.yaml --set chip.dac.input =
  offers "false true " mimosa run x.yaml --set compiler.replicate = ""
  offers "hermes hermes-4phase hermes-attention hermes-attention-large hermes-large hermes-parts " mimosa run x.yaml --set chip = her
  offers "both " mimosa run --engine b
  offers "pcm-hermes-1 pcm-hermes-2 " mimosa mvm --device pcm-h
  offers "chip " mimosa check --kind c
  offers "mine.yaml " mimosa run mine
  offers "mine.yaml " mimosa check m
  offers "quickstart " mimosa run quick
  offers "chips " mimosa list ch
  offers "bash " mimosa completion b
  # Axes stand behind a sweep's experiment, and nowhere else; what an option wants is no file unless it says so.
  offers "mine.yaml " mimosa sweep mine
  offers "chip.adc.bits= " mimosa sweep mine.yaml chip.adc.bit
  offers "chip.adc.bits= " mimosa sweep --jobs 2 mine.yaml seed = 1,2 chip.adc.bit
  offers "pcm-hermes-1 pcm-hermes-2 " mimosa sweep mine.yaml device = pcm-h
  offers "quickstart " mimosa sweep -j 2 quick
  offers " " mimosa sweep mine.yaml sweep.
  offers " " mimosa sweep mine.yaml desc
  offers " " mimosa sweep mine.yaml -j m
  offers " " mimosa sweep mine.yaml seed = 1,
  offers "ideal,pcm-hermes-1 ideal,pcm-hermes-2 " mimosa sweep mine.yaml device = ideal,pcm-h
  offers "--jobs --json " mimosa sweep mine.yaml --j
  offers "mine.yaml " mimosa sweep --jobs 2 mine
  offers "mine.yaml " mimosa sweep status mine
  offers " " mimosa sweep mine.yaml --jobs m
  offers " " mimosa run mine.yaml --seed m
  offers "mine.yaml " mimosa run quickstart --out m
}

case_man() { # all commands and options are on the page
  local name
  status_of 0 "$mimosa" man
  cp "$here/out" page
  [ "$(head -c 13 page)" = ".TH MIMOSA 1 " ] || fail "no heading"
  status_of 0 "$mimosa"
  sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$here/out" >names
  [ "$(wc -l <names)" -gt 10 ] || fail "few commands: $(cat names)"
  while read -r name; do
    grep -q "^\.SS mimosa $name" page || fail "$name is missing"
    status_of 0 "$mimosa" "$name" --help
    cp "$here/out" help
    sed -n 's/^  --\([a-z-]*\) .*/\1/p' help | while read -r option; do
      grep -qF -- "\\fB\\-\\-${option//-/\\-}\\fR" page || fail "--$option is missing"
    done
  done <names
}

case_list() {
  status_of 0 "$mimosa" list
  holds "$here/out" "hermes"
  holds "$here/out" "quickstart"
  status_of 0 "$mimosa" list chips
  grep -q "^hermes  *HERMES: 64 PCM cores" "$here/out" || fail "no description"
}

case_help() {
  local command
  status_of 0 "$mimosa" --version
  grep -Eq '^mimosa [0-9]+\.[0-9]+\.[0-9]+ ' "$here/out" || fail "no version"
  status_of 0 "$mimosa"
  cp "$here/out" "$here/overview"
  holds "$here/overview" "  mimosa run configs/experiment/quickstart.yaml"
  for command in build test bench; do # all the launcher's, which never come here
    holds "$here/overview" "  $command "
    grep -Eq "^  $command\) " "$data/../../mimosa" || fail "the launcher has no $command"
  done
  for command in run sweep mvm compile compare init check schema explain list completion man; do
    holds "$here/overview" "  $command "
    status_of 0 "$mimosa" $command --help
    holds "$here/out" "Examples:"
    cp "$here/out" "$here/help"
    status_of 0 "$mimosa" help $command
    cmp "$here/out" "$here/help"
  done
}

case_control() { # what a name or a file holds does not work a terminal
  status_of 2 "$mimosa" run $'no\e[31m'
  holds "$here/err" 'no experiment named "no\x1b[31m"'
  { printf '\100\0\0\0\0\0\0\0' && printf '%-64s' '{"w":{"dtype":"\u001b[2J","shape":[],"data_offsets":[0,0]}}'; } >w.safetensors
  printf 'name: n\ninput: {shape: [1, 28, 28]}\nweights: w.safetensors\nnodes: [{name: f, op: flatten}, {name: w, op: linear, out_channels: 10}]\n' >n.yaml
  echo 'network: n.yaml' >e.yaml
  status_of 2 "$mimosa" run e.yaml
  holds "$here/err" "has dtype '\x1b[2J'"
  printf 'extends: %s\naxes: {variants: {"a\\e[2J\\nb": {chip.adc.bits: 4}, c: {chip.adc.bits: 5}}}\n' "$tiny" >v.yaml
  status_of 0 "$mimosa" sweep v.yaml --dry-run
  [ "$(wc -l <"$here/out")" -eq 2 ] || fail "two points in $(wc -l <"$here/out") lines"
  holds "$here/out" 'variant=a\x1b[2J b'
  status_of 0 "$mimosa" sweep v.yaml
  holds "$here/out" 'variant=a\x1b[2J b   '
}

case_full_disk() { # results that cannot be printed are a failure, not a success
  [ -e /dev/full ] || exit 77
  local status=0
  "$mimosa" list chips >/dev/full 2>"$here/err" || status=$?
  [ "$status" -eq 1 ] || fail "exit status $status, not 1"
  holds "$here/err" "standard output: cannot be written"
}

case_sweep_full_disk() { # a sweep that finds the disk full says so, and goes on where it stopped when there is room
  local status=0
  (trap '' XFSZ && ulimit -f 24 && exec "$mimosa" sweep "$tiny" "seed=linear(1,40)" --jobs 1) >"$here/out" 2>"$here/err" || status=$?
  [ "$status" -eq 2 ] || fail "exit status $status, not 2: $(cat "$here/err")"
  holds "$here/err" "jsonl: cannot be written: "
  status_of 0 "$mimosa" sweep "$tiny" "seed=linear(1,40)"
  status_of 0 "$mimosa" sweep status runs/tiny_timing
  holds "$here/out" "points     40 done, 0 failed"
  status_of 0 "$mimosa" sweep "$tiny" "seed=linear(1,40)" --out whole
  status_of 0 "$mimosa" compare whole runs/tiny_timing
  holds "$here/out" "points     40 finished in both, 0 of them changed"
}

case_sweep_mixed() { # points of another sweep in the folder are told and left out; so is that an index is old
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2 --out mix
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2,3 --set chip=isaac --out mix
  holds "$here/err" "mimosa: mix: also holds 2 points of other sweeps, marked other_sweep in the index"
  status_of 0 "$mimosa" report mix
  holds "$here/err" "mimosa: mix: also holds 2 points of other sweeps"
  grep -q '"points":3,' mix/report.html || fail "the page has other points"
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2,3,4 --set chip=isaac --out mix --shard 0/1
  status_of 0 "$mimosa" export mix --csv
  holds "$here/err" "mimosa: mix/results.sqlite: is older than the journals; mimosa sweep collect mix makes it anew"
  status_of 0 "$mimosa" sweep collect mix
  status_of 0 "$mimosa" export mix --csv
  [ ! -s "$here/err" ] || fail "still old: $(cat "$here/err")"
  # What is left out of pages is left out of comparisons, too.
  status_of 0 "$mimosa" sweep "$tiny" chip.mesh.rows=8,9 --out both
  status_of 0 "$mimosa" sweep "$tiny" chip.mesh.rows=8 --out both
  status_of 0 "$mimosa" sweep "$tiny" chip.mesh.rows=8 --out one
  status_of 0 "$mimosa" compare both one --fail-if 'energy.per_input_j rises 1 %'
  holds "$here/err" "mimosa: both: also holds 1 point of other sweeps"
}

case_other_contents() { # a folder that holds something else is refused, also by a dry run
  status_of 0 "$mimosa" run "$tiny"
  status_of 2 "$mimosa" sweep "$tiny" seed=1,2 --dry-run
  holds "$here/err" "runs/tiny_timing: holds a run's results; choose another --out"
  # No page of what is no report, in place of a good one.
  cp runs/tiny_timing/report.html page
  echo '{}' >runs/tiny_timing/report.json
  status_of 2 "$mimosa" report runs/tiny_timing
  holds "$here/err" "mimosa: tiny_timing: its report.json is no report of a run; run it again"
  cmp page runs/tiny_timing/report.html
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2 --out s
  echo '{"format": 99}' >s/sweep.json
  status_of 2 "$mimosa" report s
  holds "$here/err" "a store of format 99; this program reads 1"
  # Points that a sampler draws twice are told.
  status_of 0 "$mimosa" sweep "$tiny" seed=1,2 --set sweep.method=random --set sweep.points=100 --dry-run --out r
  holds "$here/err" "2 points (100 were drawn; "
}

"case_$3"
