#!/bin/sh
# Installs what the tests need besides Python packages: Chromium, fonts that hold Vietnamese, w3m, TypeScript.
set -eu
cd "$(dirname "$0")"

missing=
for program in chromium chromium-headless-shell; do
    command -v $program >/dev/null || missing="$missing $program"
done
command -v w3m >/dev/null || missing="$missing w3m"
[ -n "$(fc-list "Noto Sans:lang=vi" 2>/dev/null)" ] || missing="$missing fonts-noto-core fontconfig"
if [ -n "$missing" ]; then
    as_root=
    if [ "$(id -u)" != 0 ]; then
        as_root="sudo -n"
        if ! $as_root true 2>/dev/null; then
            echo "the tests need$( printf ' %s' $missing); as root: apt-get install $missing" >&2
            exit 1
        fi
    fi
    echo "installing $missing" >&2
    apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600"
    $apt update >/dev/null
    $apt install -y --no-install-recommends $missing >/dev/null
fi

cd kiosk
done=node_modules/installed.sha256
if ! sha256sum --check --status $done 2>/dev/null; then
    echo "installing the packages of tests/kiosk" >&2
    certificates=/etc/ssl/certs/ca-certificates.crt
    [ ! -f $certificates ] || export NODE_EXTRA_CA_CERTS=$certificates
    sh node.sh npm ci --ignore-scripts --loglevel=error >/dev/null
    sha256sum package-lock.json >$done
fi
