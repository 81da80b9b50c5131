#!/bin/sh
# Makes the manual pages and the completion: make.sh ECHOCHATCTL DIRECTORY. Those of echochatctl and of the settings come from the tables.
set -eu

ctl=$1 directory=$2
source=$(dirname "$0")
rm -rf "$directory"
mkdir -p "$directory"
export ECHOCHAT_CONFIG=/dev/null

page() { scdoc > "$directory/$1"; }

"$ctl" manual | page echochatctl.8
python3 "$source/settings_page.py" "$source/../../README.md" | page echochat.conf.5
for name in echochat-rest echochat-push echochat-outbound; do page $name.8 < "$source/$name.8.scd"; done
"$ctl" completion > "$directory/echochatctl.bash"
