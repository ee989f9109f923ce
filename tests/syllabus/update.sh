#!/bin/sh
# Replaces the committed drawing with the new one.
set -eu
cp "$1" "$BUILD_WORKSPACE_DIRECTORY/docs/pages/architecture.svg"
chmod 644 "$BUILD_WORKSPACE_DIRECTORY/docs/pages/architecture.svg"
