#!/bin/sh
# Writes run.txt, test.txt and bench.txt: exact versions with hashes for Python 3.11 and later, without a registry's address.
# Versions stay as they are where they can; `sh requirements/lock.sh --upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
$python -m pip install --quiet --disable-pip-version-check uv
pin() {
    $python -m uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header "$@"
}
pin "$@" requirements/run.in --output-file requirements/run.txt
pin "$@" requirements/test.in --constraints requirements/run.txt --output-file requirements/test.txt
pin "$@" requirements/bench.in --constraints requirements/test.txt --output-file requirements/bench.txt
