#!/bin/sh
# Puts the new drawing in the place of the old one.
set -eu
cp "$1" "$BUILD_WORKSPACE_DIRECTORY/docs/pages/architecture.svg"
chmod 644 "$BUILD_WORKSPACE_DIRECTORY/docs/pages/architecture.svg"
