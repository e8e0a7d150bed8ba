#!/bin/sh
# Makes .venv and installs what requirements/$1.txt pins, and sipas itself; quick where that has been done.
# Usage: sh requirements/install.sh run|test|bench [PYTHON]
set -eu
cd "$(dirname "$0")/.."
pins=requirements/$1.txt
python=${2:-python3}
done=.venv/installed-$1.sha256

fail() {
    echo "$*" >&2
    exit 1
}

# A .venv of another Python, or one cut short, is made anew.
which_python='import sys; print(*sys.version_info[:2])'
wanted=$("$python" -c "$which_python") || fail "$python does not start; name another with make ... PYTHON=python3.13"
if [ "$(.venv/bin/python -c "import pip; $which_python" 2>&1)" != "$wanted" ]; then
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$python is Python $wanted; sipas needs 3.11 or later: make ... PYTHON=python3.13"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make a virtual environment; as root: apt-get install python3-venv"
    "$python" -m venv --clear .venv
fi

if ! sha256sum --check --status "$done" 2>/dev/null; then
    echo "installing $pins into .venv" >&2
    # To compile every module takes half a minute; tests and benchmarks compile those that they load.
    [ "$1" = run ] && compile=--compile || compile=--no-compile
    .venv/bin/python -m pip install --quiet --disable-pip-version-check $compile --require-hashes -r "$pins"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
    sha256sum "$pins" pyproject.toml >"$done"
fi
