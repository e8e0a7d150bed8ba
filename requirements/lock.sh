#!/bin/sh
# Pins the lists of pyproject.toml as run.txt, test.txt and bench.txt: exact versions with hashes for Python 3.11
# and later, without the address of a registry.
# Versions are kept where possible; `sh requirements/lock.sh --upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
$python -m pip install --quiet --disable-pip-version-check uv
pin() {
    $python -m uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header pyproject.toml --group build "$@"
}
pin "$@" --output-file requirements/run.txt
pin "$@" --group test --constraints requirements/run.txt --output-file requirements/test.txt
pin "$@" --group bench --constraints requirements/test.txt --output-file requirements/bench.txt
