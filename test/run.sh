#!/bin/sh
# Runs the tests on the project's own Node, whichever npm was at hand: Debian 12's Node 18 cannot run TypeScript, and a
# minimal Debian lacks a library that Node 26 wants. The launcher knows how.
cd "$(dirname "$0")/.." || exit 1
only_functions=yes
. ./setup
here=$PWD
own=$(own_folder)
node=$(find_node) || die 'there is no Node for the tests' 'npm ci --ignore-scripts brings one'
bring_libatomic "$node"

# npm leaves out an optional package that asks for a newer Node than its own, and vitest's native part is one: seen with 18.
if [ -z "$(find node_modules/@rolldown -maxdepth 1 -name 'binding-linux-*')" ]; then
	say 'npm ci on an old Node left parts out: once more, on a newer one'
	fetch_npm || die 'npm could not be fetched' 'the lines above say why; or run npm ci on Node >= 22'
	npm_ci --include=dev
	node=$(find_node)
fi

PATH=${node%/*}:$PATH
export PATH
exec node test/run.ts "$@"
