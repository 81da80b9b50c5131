# EchoChat: `make run` and open http://127.0.0.1:8080/, or `make test`. Missing Debian packages are installed; nothing else is changed.
# A comment `## text` behind a target is its line in `make help`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.PHONY: help run debug build install man deb deb-test image-test test lint format unit-test web-lint web-test tsan end-to-end screenshots conformance bench bench-page bench-short powercut fuzz soak \
  dump docs clean packages test-packages web-packages bench-packages image-packages

PACKAGES := nginx libfcgi-dev libsqlite3-dev libssl-dev libsodium-dev libcurl4-openssl-dev libcrypt-dev pkg-config
TEST_PACKAGES := python3-venv chromium curl fail2ban jq libvips-tools openssl slowhttptest strace scdoc
WEB_PACKAGES := nodejs node-typescript node-ws
# Unpacked into .prometheus: the package would start a service.
PROMETHEUS_PACKAGE := prometheus
BENCH_PACKAGES := strace libnginx-mod-nchan
DOCS_PACKAGES := python3-venv
MAN_PACKAGES := scdoc
DEB_PACKAGES := debhelper dpkg-dev lintian
IMAGE_PACKAGES := buildah mmdebstrap iproute2
DEB_TEST_PACKAGES := mmdebstrap systemd-container
PROGRAMS := .build/release
PREFIX := /usr/local
SHARE = $(PREFIX)/share/echochat/nginx
UNITS = $(PREFIX)/lib/systemd/system
# What `make man` has made of the release programs.
MAN := .build/man
# Of `make fuzz`, all targets together.
FUZZ_SECONDS := 300
PROGRAMMES := power_cut failing_disk full_disk descriptors clock_jumps contention slow_clients password_abuse restarts revocation enumeration segmentation uploads retention backups page fuzz
PYTHON := .venv/bin/python
RUFF := .venv/bin/ruff
# Where its settings are. The folders of the page that are checked are those in tsconfig.json beside them.
BIOME := cd Tests/WebClient && ../../.venv/bin/biome
WEB_FOLDERS = . $(patsubst nginx/html/%,../../nginx/html/%,$(wildcard nginx/html/app.js nginx/html/embed.js nginx/html/net nginx/html/state nginx/html/parts nginx/html/elements))
VIEWERS := nginx/html/docs/vendor
# Not those of an EchoChat that is installed on this machine.
OWN_SETTINGS = ECHOCHAT_CONFIG=$${ECHOCHAT_CONFIG:-/dev/null}

# Installs those of the named Debian packages that are missing.
install = missing=; for name in $(1); do \
    dpkg-query -W -f '$${db:Status-Status}' $$name 2>/dev/null | grep -qx installed || missing+=" $$name"; done; \
  if [ -n "$$missing" ]; then sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; echo "installing$$missing"; \
    $$sudo apt-get update -q && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $$missing; fi

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build and run everything on http://127.0.0.1:8080/
	exec env $(OWN_SETTINGS) $(PROGRAMS)/echochatctl serve

debug: packages ## Build debug programs and run them with a verbose log
	swift build -j $$(nproc)
	exec env $(OWN_SETTINGS) ECHOCHAT_LOG=debug .build/debug/echochatctl serve

build: packages ## Build the release programs
	swift build -c release --static-swift-stdlib -j $$(nproc)

# Not built here: root should not have to. The includes are those of `echochatctl nginx`, for as many processes of nginx as this machine has
# processors, or WORKERS. The user is made by what reads sysusers.d.
install: ## Install what was built, to be run behind an nginx you have; PREFIX=/usr/local DESTDIR= WORKERS=
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(SHARE) $(DESTDIR)/etc/nginx/sites-available $(DESTDIR)/etc/echochat $(DESTDIR)$(UNITS)
	install -s $(addprefix $(PROGRAMS)/,echochat-rest echochat-push echochat-outbound echochatctl) $(DESTDIR)$(PREFIX)/bin
	install -m 644 nginx/*.conf $(DESTDIR)$(SHARE)
	install -d $(DESTDIR)$(SHARE)/monitoring
	install -m 644 nginx/monitoring/* $(DESTDIR)$(SHARE)/monitoring
	rm -rf $(DESTDIR)$(SHARE)/html $(DESTDIR)$(SHARE)/fail2ban
	cp -r nginx/fail2ban $(DESTDIR)$(SHARE)/fail2ban
	cp -r nginx/html $(DESTDIR)$(SHARE)/html
	chmod -R u=rwX,go=rX $(DESTDIR)$(SHARE)
	env -i ECHOCHAT_CONFIG=/dev/null $(PROGRAMS)/echochatctl nginx --nginx nginx --html $(SHARE)/html $(if $(WORKERS),--workers $(WORKERS)) \
	  --output $(DESTDIR)/etc/nginx
	[ -e $(DESTDIR)/etc/nginx/sites-available/echochat ] || \
	  install -m 644 nginx/debian-site.conf $(DESTDIR)/etc/nginx/sites-available/echochat
	chmod 644 $(DESTDIR)/etc/nginx/echochat-*.conf
	[ -e $(DESTDIR)/etc/echochat/echochat.conf ] || install -m 640 debian/systemd/echochat.conf $(DESTDIR)/etc/echochat
	install -D -m 644 debian/systemd/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/echochat.conf
	debian/systemd/install.sh $(DESTDIR)$(UNITS) $(PREFIX)/bin
	[ ! -d $(MAN) ] || for page in $(MAN)/*.[58]; do install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done
	[ ! -e $(MAN)/echochatctl.bash ] || \
	  install -D -m 644 $(MAN)/echochatctl.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/echochatctl

man: ## Make the manual pages and the completion of echochatctl, of what was built
	@$(call install,$(MAN_PACKAGES))
	debian/man/make.sh $(PROGRAMS)/echochatctl $(MAN)

# From a copy, since dpkg-buildpackage writes beside and into the tree.
deb: build docs man ## Build the Debian package, in .build/deb
	@$(call install,$(DEB_PACKAGES))
	rm -rf .build/deb; install -d .build/deb/tree/.build/release
	cp -r Makefile LICENSE debian nginx .build/deb/tree
	cp $(addprefix $(PROGRAMS)/,echochat-rest echochat-push echochat-outbound echochatctl) .build/deb/tree/.build/release
	cp -r $(MAN) .build/deb/tree/.build/man
	cd .build/deb/tree && dpkg-buildpackage -d -b -us -uc
	rm -rf .build/deb/tree
	lintian --fail-on warning .build/deb/*.changes

# Installs it on a Debian that boots in a container, without a network. Skipped, with the reason, where none can: only root can boot one.
deb-test: deb .venv/made ## Test the Debian package on a booted Debian: install, chat, kill, upgrade, reboot, purge
	@$(call install,$(DEB_TEST_PACKAGES))
	cd Tests/Package && ../../$(PYTHON) -m pytest -x -rs -p no:asyncio .

test: lint unit-test web-test end-to-end ## Run all tests

lint: .venv/made web-lint ## Check the format, the access levels, the imports and the sizes of source files, and the Python of the tests
	swift format lint --strict --recursive Package.swift Sources Tests
	python3 Tests/Lint/check_access.py
	python3 Tests/Lint/check_imports.py
	python3 Tests/Lint/check_sizes.py
	$(RUFF) check --quiet Tests/EndToEnd
	$(RUFF) format --quiet --check Tests/EndToEnd
	$(RUFF) check --quiet --config Tests/EndToEnd/ruff.toml --select E9,F Tests

format: .venv/made ## Format the Swift files, the Python files of the end-to-end tests, and the scripts of the web page
	swift format --in-place --recursive Package.swift Sources Tests
	$(RUFF) format --quiet Tests/EndToEnd
	$(BIOME) check --write $(WEB_FOLDERS)

unit-test: packages ## Run the unit tests
	swift test -j $$(nproc)

# Without a browser: what needs one is among the end-to-end tests.
web-test: web-lint ## Run the tests of the web page's modules in Node
	node --test Tests/WebClient/*/*.test.js

web-lint: web-packages .venv/made ## Check the types, the format and the usual faults of the web page's modules
	tsc --project Tests/WebClient
	$(BIOME) check --error-on-warnings $(WEB_FOLDERS)

# In a build directory of its own, since every file is compiled anew for the sanitizer.
tsan: packages .venv/made ## Run the unit tests, and the programs under load, under ThreadSanitizer
	swift test --sanitize=thread --scratch-path .build-tsan -j $$(nproc)
	swift build --sanitize=thread --scratch-path .build-tsan -j $$(nproc)
	$(RELIABILITY).data_races

# Debug programs can be told to misbehave (ECHOCHAT_FAULT), so that a test can show that it notices.
end-to-end: build .venv/made .prometheus/made web-packages docs ## Run the end-to-end tests
	swift build -j $$(nproc)
	$(PYTHON) -m pytest -n 2 --dist loadfile Tests/EndToEnd

# Everybody who changes how the page looks looks at them; no test does.
screenshots: build .venv/made ## Take pictures of the screens of the web page, into screenshots/
	cd Tests/EndToEnd && ../../$(PYTHON) screenshots.py ../../screenshots

# Needs root, a network of its own for the container, and Debian's packages from a mirror; otherwise it says what is missing.
image-test: build image-packages .venv/made ## Build and run the container's image, and follow the operator's guide on a bare Debian
	cd Tests && ../$(PYTHON) -m pytest -q -rs -p no:asyncio Container

conformance: build .venv/made ## Run the WebSocket conformance tests
	$(PYTHON) Tests/Conformance/run.py $(PROGRAMS)/echochat-ws-echo

# Rates, latencies, CPU and memory, beside floors and peers, into bench-results/.
bench: build bench-packages .venv-bench/made ## Measure performance; W=fanout for one workload
	python3 Tests/Benchmarks/bench.py $(W)

# Every workload once and small, in two minutes: checks that no message is lost, doubled, moved or changed, not how fast it is, and that the
# benchmark would notice such a fault.
bench-short: build bench-packages ## Run every benchmark once, to check its results
	python3 Tests/Benchmarks/bench.py --short
	python3 -m unittest discover Tests/Benchmarks

bench-page: build .venv/made ## Measure the web page in Chromium, beside controls; P="--only rows" for one part
	cd Tests/EndToEnd && PYTHONPATH=.. ../../$(PYTHON) -m Benchmarks.page $(P)

# One programme of Tests/Reliability, with its own defaults.
RELIABILITY = cd Tests/EndToEnd && PYTHONPATH=.. ../../$(PYTHON) -m Reliability

powercut: build .venv/made ## Replay 1,000 power cuts, and two controls that must lose
	swift build -j $$(nproc)
	$(RELIABILITY).power_cut

fuzz: packages .venv/made ## Fuzz the parsers under AddressSanitizer; FUZZ_SECONDS=20 for a short run
	$(RELIABILITY).fuzz --seconds $(FUZZ_SECONDS)

# The crash test with 200 kills, 100 clean stops of each kind, 20,000 steps of the model-based test with a new seed each time, a quarter of
# an hour of requests made from the document of the API, and every programme of Tests/Reliability.
soak: build .venv/made ## Run the crash test, the long random test and all reliability programmes: an hour
	swift build -j $$(nproc)
	cd Tests/EndToEnd && ../../$(PYTHON) -m support.crash_test --kills 200
	$(PYTHON) -m pytest Tests/EndToEnd/test_data_directory.py -k stop --stops 100 --timeout 1200
	$(PYTHON) -m pytest Tests/EndToEnd/test_model_based.py --random-runs 200 --random-seed $$RANDOM
	$(PYTHON) -m pytest Tests/EndToEnd/test_openapi_fuzz.py --openapi-seconds 900
	for programme in $(PROGRAMMES); do ( $(RELIABILITY).$$programme ); done

dump: ## Print the tables of the database, without secrets; T=rooms for one table
	python3 Tests/dump_database.py $${ECHOCHAT_DATA:-var}/echochat.db $(T)

# The pages at /docs/ work without them, but for api.html and events.html, which say what is missing. `make install` installs them, too.
docs: $(VIEWERS)/made ## Fetch the viewers of /docs/api.html and /docs/events.html (Swagger UI, asyncapi-viewer)

# Keeps the data (var).
clean: ## Remove builds, Python environments and the viewers of /docs/; data stays
	rm -rf .build .build-tsan .prometheus .venv .venv-bench $(VIEWERS)

packages: ## Install the Debian packages that a build needs
	@$(call install,$(PACKAGES))

test-packages:
	@$(call install,$(TEST_PACKAGES))

web-packages:
	@$(call install,$(WEB_PACKAGES))

image-packages:
	@$(call install,$(IMAGE_PACKAGES))

bench-packages:
	@$(call install,$(BENCH_PACKAGES))

# Fetches both wheels by their hashes, and takes out of them what the pages load, with the licences. A folder that is there is whole.
$(VIEWERS)/made: SWAGGER = drf_spectacular_sidecar/static/drf_spectacular_sidecar/swagger-ui-dist
$(VIEWERS)/made: nginx/docs-requirements.txt
	@$(call install,$(DOCS_PACKAGES))
	@work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; \
	python3 -m venv "$$work/venv"; \
	"$$work/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
	  --dest "$$work" -r $< || { echo "make docs: the viewers cannot be fetched from PyPI. Everything else works without them; only" \
	  "/docs/api.html and /docs/events.html need them." >&2; exit 1; }; \
	for wheel in "$$work"/*.whl; do python3 -m zipfile -e "$$wheel" "$$work/files"; done; \
	rm -rf $(VIEWERS); install -d -m 755 $(VIEWERS); cd "$$work/files"; \
	install -m 644 $(SWAGGER)/swagger-ui-bundle.js $(SWAGGER)/swagger-ui.css asyncapi_viewer/static/asyncapi-viewer.js $(CURDIR)/$(VIEWERS); \
	install -m 644 $(SWAGGER)/LICENSE $(CURDIR)/$(VIEWERS)/swagger-ui-license.txt; \
	install -m 644 asyncapi_viewer-*.dist-info/licenses/LICENSE $(CURDIR)/$(VIEWERS)/asyncapi-viewer-license.txt; \
	touch $(CURDIR)/$@

.venv-bench/made: Tests/Benchmarks/peers/fastapi_app/requirements.txt | test-packages
	python3 -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

.prometheus/made:
	@work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; cd "$$work"; apt-get download -q $(PROMETHEUS_PACKAGE) 2>/dev/null || { sudo=; \
	  [ "$$(id -u)" = 0 ] || sudo=sudo; $$sudo apt-get update -q && apt-get download -q $(PROMETHEUS_PACKAGE); }; \
	rm -rf $(CURDIR)/.prometheus; dpkg-deb --extract *.deb $(CURDIR)/.prometheus
	touch $@

.venv/made: Tests/EndToEnd/requirements.txt Tests/Conformance/requirements.txt | test-packages
	python3 -m venv --clear .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check $(foreach file,$^,-r $(file))
	touch $@
