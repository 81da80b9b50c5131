#!/bin/sh
# Writes the units into a directory: install.sh DIRECTORY BIN, with BIN the directory of the programs on the machine that runs them. Each is
# written as it is for the site of /etc/echochat/echochat.conf, and as a template for the site of /etc/echochat/NAME.conf.
set -eu

directory=$1 bin=$2
source=$(dirname "$0")
install -d "$directory"

for file in "$source"/echochat-*.socket "$source"/echochat-*.service "$source"/echochat-*.timer; do
    name=$(basename "$file")
    unit=$directory/$name
    cp "$file" "$unit"
    case $name in *.service) cat "$source/hardening.conf" >> "$unit" ;; esac
    sed -i "s,/usr/bin/echochat,$bin/echochat,g" "$unit"
    sed -e 's,/etc/echochat/echochat\.conf,/etc/echochat/%i.conf,g' \
        -e 's,\(/var/lib\|/var/backups\|/run\)/echochat\>,\1/echochat-%i,g' \
        -e 's,\<echochat-\([a-z]*\)\.\(socket\|service\),echochat-\1@%i.\2,g' \
        -e 's,^Description=EchoChat:,Description=EchoChat (%i):,' \
        "$unit" > "$directory/${name%.*}@.${name##*.}"
    chmod 644 "$unit" "$directory/${name%.*}@.${name##*.}"
done
