#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: zsh_completion.sh MIMOSA
# zsh runs the completion function; what it would offer is printed instead of shown.
set -euo pipefail
command -v zsh >/dev/null || exit 77
PATH=$(dirname "$1"):$PATH zsh -f <<'END'
compdef() { registered="$*" }
compset() { current=${words[CURRENT]##*[=,]} }
compadd() {
  local rest=("$@") word
  while [[ ${rest[1]} != -- ]]; do shift rest; done
  shift rest
  for word in $rest; do [[ $word == ${current}* ]] && offered+=($word); done
}
_files() { offered+=(FILES) }
source <(mimosa completion zsh)
failures=0
offers() { # EXPECTED WORD…
  local expected=$1 current=${@[-1]} CURRENT=$(($# - 1))
  local words=("${@:2}") offered=()
  _mimosa
  offered=(${(o)offered})
  if [[ "$offered" != $expected ]]; then
    print -r -- "${@:2} completes to \"$offered\", not \"$expected\""
    failures=1
  fi
}
[[ $registered == "_mimosa mimosa ./mimosa" ]] || failures=1
offers sweep mimosa sw
offers "check compare compile completion" mimosa c
offers "--seed --set" mimosa run x.yaml --se
offers chip.adc.bits mimosa run x.yaml --set chip.adc.bit
offers "pulse_width voltage" mimosa run x.yaml --set chip.dac.input=
offers "voltage" mimosa run x.yaml --set chip.dac.input=v
offers "pcm-hermes-1 pcm-hermes-2" mimosa run x.yaml --set device=pcm-h
offers "both" mimosa run --engine b
offers "chip" mimosa check --kind c
offers "FILES quickstart" mimosa run quick
offers "FILES" mimosa run x.yaml --out r
offers chip.adc.bits mimosa sweep x.yaml chip.adc.bit
offers chip.adc.bits mimosa sweep --jobs 2 x.yaml seed=1,2 chip.adc.bit
offers "pcm-hermes-1 pcm-hermes-2" mimosa sweep x.yaml device=ideal,pcm-h
offers "FILES quickstart" mimosa sweep --jobs 2 quick
offers "FILES" mimosa sweep status r
offers "" mimosa run x.yaml --seed r
exit $failures
END
