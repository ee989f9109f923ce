# For those who type make from habit; Bazel and tools/ do the work.
#   make             format, lint and build        make debug=1     with symbols
#   make test        all tests                     make check       valgrind
config := $(if $(debug),--config=debug)

all: format lint build
build:;  bazel build $(config) //...
setup:;  tools/setup
test:;   bazel test $(config) //...
check:;  bazel test --config=valgrind //tests/tools:valgrind_test
format:; bazel run //tools:format
lint:;   bazel run //tools:lint
clean:;  bazel clean

.PHONY: all build setup test check format lint clean
.NOTPARALLEL:
