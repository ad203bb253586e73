#!/bin/sh
# Runs the tests on the project's own Node, whichever npm was at hand: Debian 12's Node 18 cannot run TypeScript.
cd "$(dirname "$0")/.." || exit 1
for own in "$PWD"/node_modules/node-linux-*/bin; do
	if [ -x "$own/node" ]; then PATH=$own:$PATH; fi
done
export PATH
exec node test/run.ts "$@"
