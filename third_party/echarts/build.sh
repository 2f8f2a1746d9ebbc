#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build.sh: makes echarts.min.js anew from the npm packages of these versions, and compares checksums. Only for whoever
# changes the version or the parts: nothing that builds or runs needs Node.js.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --save-exact echarts@5.6.0 zrender@5.6.1 tslib@2.3.0 esbuild@0.28.2
cp "$here/entry.js" .
node_modules/.bin/esbuild entry.js --bundle --minify --charset=ascii --format=iife --global-name=echarts --target=es2019 \
  --legal-comments=none --log-level=warning --outfile="$here/echarts.min.js"
cd "$here"
if [ "${1:-}" = --renew ]; then sha256sum echarts.min.js >echarts.min.js.sha256; fi
sha256sum --check echarts.min.js.sha256
