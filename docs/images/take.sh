#!/bin/sh
# Take the pictures of the sample digest that the docs show: docs/images/take.sh HOME
# (after `grapevine --home HOME run --config examples/sample/grapevine.toml` and `... digest --across`; needs Debian's
# chromium).
set -eu
digest="$(realpath "$1")/digests/2026-W46/thistlepost"
here="$(realpath "$(dirname "$0")")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

take() { # file, name, width, height, scheme (0 dark, 1 light), scale
    # In a frame, because the browser's own window can't be narrower than 500 px.
    printf '<body style="margin:0;background:#f3f2ee"><iframe src="file://%s" style="%s;width:%spx;height:%spx"></iframe>' \
        "$digest/$1" "display:block;margin:0 auto;border:0" "$3" "$4" > "$work/frame.html"
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor="$6" \
        --user-data-dir="$work/profile" --blink-settings="preferredColorScheme=$5" \
        --window-size="$(($3 > 500 ? $3 : 500)),$4" --virtual-time-budget=4000 \
        --screenshot="$here/$2.png" "file://$work/frame.html" 2> /dev/null
}

take mail.html digest-light 640 3000 1 1.5
take mail.html digest-dark 640 3000 0 1
take mail.html digest-phone 320 3900 1 1
take page.html digest-page 860 4900 1 1
take ../_across/mail.html digest-across 640 850 1 1.5

# A mail program that shows no pictures: the same mail without them.
sed 's/src="[a-z]*-[a-z]*\.png"/src=""/g' "$digest/mail.html" > "$digest/no-images.html"
take no-images.html digest-no-images 640 2900 1 1
rm "$digest/no-images.html"
