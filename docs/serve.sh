#!/bin/bash
# Serves the book on a free port of this machine, until Ctrl-C.
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
tar -xf "$1" -C "$folder"
python3 -u -m http.server --bind 127.0.0.1 --directory "$folder/site" 0 2>&1 |
    sed -u 's/^Serving HTTP.*(\(.*\)) .*/The book is at \1 (Ctrl-C ends it)/; / "GET /d'
