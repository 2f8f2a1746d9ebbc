#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_kernel_symbols.sh <archive>: the objects compiled for AVX2 and AVX-512 define nothing that the linker may give to
# the rest of the program (a shared inline function would then crash machines without these instructions).
set -eu
shared=$(nm -A -C --defined-only --extern-only "$1" | grep -E 'kernels_avx(2|512)\.cpp\.o:' | sed 's/^.*[0-9a-f] \([A-Za-z]\) //' | sort)
expected='mimosa::avx2_kernels
mimosa::avx512_kernels'
[ "$shared" = "$expected" ] || { printf 'shared symbols:\n%s\n' "$shared"; exit 1; }
