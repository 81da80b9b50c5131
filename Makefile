# EchoChat: `make run` and open http://127.0.0.1:8080/, or `make test`. What is missing is installed; nothing else is changed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.PHONY: run build test lint unit-test end-to-end conformance bench bench-short soak clean packages test-packages bench-packages

PACKAGES := nginx libfcgi-dev libsqlite3-dev libssl-dev libsodium-dev pkg-config
TEST_PACKAGES := python3-venv chromium
BENCH_PACKAGES := strace libnginx-mod-nchan
PROGRAMS := .build/release
PYTHON := .venv/bin/python

# Installs those of the named Debian packages that are missing.
install = missing=; for name in $(1); do \
    dpkg-query -W -f '$${db:Status-Status}' $$name 2>/dev/null | grep -qx installed || missing+=" $$name"; done; \
  if [ -n "$$missing" ]; then sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; echo "installing$$missing"; \
    $$sudo apt-get update -q && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $$missing; fi

run: build
	exec $(PROGRAMS)/echochatctl serve

build: packages
	swift build -c release --static-swift-stdlib -j $$(nproc)

test: lint unit-test end-to-end

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

unit-test: packages
	swift test -j $$(nproc)

# Debug programs can be told to misbehave (ECHOCHAT_FAULT): a test that must notice it needs them.
end-to-end: build .venv/made
	swift build -j $$(nproc)
	$(PYTHON) -m pytest Tests/EndToEnd

conformance: build .venv/made
	$(PYTHON) Tests/Conformance/run.py $(PROGRAMS)/echochat-ws-echo

# Rates, latencies, CPU and memory, beside floors and peers, into bench-results/. One workload: make bench W=fanout
bench: build bench-packages .venv-bench/made
	python3 Tests/Benchmarks/bench.py $(W)

# Every workload once and tiny, in two minutes: tells whether any message was lost, doubled, moved or changed, never how fast it was; and
# that the benchmark would notice it.
bench-short: build bench-packages
	python3 Tests/Benchmarks/bench.py --short
	python3 -m unittest discover Tests/Benchmarks

# The crash test with 200 kills, then 20,000 steps of the model-based test with a new seed each time: half an hour.
soak: build .venv/made
	cd Tests/EndToEnd && ../../$(PYTHON) -m support.crash_test --kills 200
	$(PYTHON) -m pytest Tests/EndToEnd/test_model_based.py --random-runs 200 --random-seed $$RANDOM

# Data (var) stays.
clean:
	rm -rf .build .venv .venv-bench

packages:
	@$(call install,$(PACKAGES))

test-packages:
	@$(call install,$(TEST_PACKAGES))

bench-packages:
	@$(call install,$(BENCH_PACKAGES))

.venv-bench/made: Tests/Benchmarks/peers/fastapi_app/requirements.txt | test-packages
	python3 -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

.venv/made: Tests/EndToEnd/requirements.txt Tests/Conformance/requirements.txt | test-packages
	python3 -m venv --clear .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check $(foreach file,$^,-r $(file))
	touch $@
