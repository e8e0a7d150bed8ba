#!/bin/sh
# Chromium without the pages that it prepares behind each window's address bar: they took a fifth of its time.
# Of two lists of features the last one counts, so that these belong at the end of Playwright's.
for word do
    case $word in --disable-features=*) word=$word,WebUIOmniboxPopup,WebUIOmniboxAimPopup ;; esac
    set -- "$@" "$word"
    shift
done
exec /usr/bin/chromium "$@"
