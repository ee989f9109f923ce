#!/bin/sh
# For `bazel run`: a command in the source tree, where Bazel does not start it.
cd "$BUILD_WORKSPACE_DIRECTORY" && exec "$@"
