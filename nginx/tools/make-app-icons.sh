#!/bin/bash
# Makes the pictures of nginx/html/icon.svg that systems show for the installed page; needs libvips-tools:
#
#   nginx/tools/make-app-icons.sh

set -euo pipefail
cd "$(dirname "$0")/../html"

# Fills the square, since the system cuts its own shape out of it: the logo stays in the circle of 80 % that no system cuts.
filled=$(mktemp --suffix .svg)
trap 'rm -f "$filled"' EXIT
sed -e 's, rx="12",,' -e 's,\(<rect[^>]*/>\)\(.*\)</svg>,\1<g transform="translate(4.8 4.8) scale(.8)">\2</g></svg>,' icon.svg > "$filled"

for size in 192 512; do vips thumbnail icon.svg "icon-$size.png[compression=9,palette,strip]" $size; done
vips thumbnail "$filled" "icon-maskable-512.png[compression=9,palette,strip]" 512
vips thumbnail "$filled" "apple-touch-icon.png[compression=9,palette,strip]" 180
