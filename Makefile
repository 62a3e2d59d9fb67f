# SPDX-License-Identifier: Apache-2.0

# A failure before a pipe counts.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c

# New contributors need two commands: `make dev` and `make test`.
PACKAGES = libjwt-dev libjansson-dev libssl-dev zlib1g-dev pkg-config
TEST_PACKAGES = chromium chromium-driver curl esbuild faketime fish glewlwyd groff haproxy mandoc nginx-light openssl prometheus wrk zsh $(shell command -v node >/dev/null || echo nodejs) $(shell python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv)
VENV = .build-venv
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# Installs those of the packages in $(1) that are missing, so that a second run needs no network.
install = @missing=""; for package in $(1); do [ "$$(dpkg-query -W -f='$${db:Status-Status}' $$package 2>/dev/null)" = installed ] || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then export DEBIAN_FRONTEND=noninteractive; $(SUDO) apt-get update -q && \
	$(if $(SUDO),$(SUDO) -E) apt-get install -qy --no-install-recommends $$missing; fi

# The commit that `purser --version` prints.
export PURSER_COMMIT := $(shell git describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null || echo unknown)

.PHONY: help dev build test test-swift test-acceptance deploy-test screenshots faults siege bench bench-tokens fuzz sanitize-thread sanitize-address module test-browser packages test-packages format format-check clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

dev: build ## Set up, build, and run the broker with its sandbox on 127.0.0.1
	@exec .build/debug/purser dev $(ARGS)

build: packages ## Build the program
	swift build --product purser

test: format-check test-swift test-browser test-acceptance ## Check the format and run all tests

# One test at a time: all of them at once keep some waiting for a thread for half a minute, and their time-outs with them.
test-swift: packages ## Unit tests in Swift
	swift build --build-tests
	@mkdir -p .build
	@swift test --skip-build --no-parallel 2>&1 | tee .build/test-swift.log || \
		{ echo; echo "What failed:"; grep '^✘' .build/test-swift.log; exit 1; }

test-acceptance: build test-packages $(VENV)/ready ## Black-box tests; PYTEST_ARGS="-k rotation -s" for some
	PURSER_BIN=$(CURDIR)/.build/debug/purser $(VENV)/bin/python -m pytest Tests/Acceptance $(PYTEST_ARGS)

deploy-test: build test-packages $(VENV)/ready ## The part of test-acceptance about the files in deploy/
	PURSER_BIN=$(CURDIR)/.build/debug/purser $(VENV)/bin/python -m pytest Tests/Acceptance/test_deploy_*.py $(PYTEST_ARGS)

screenshots: build test-packages $(VENV)/ready ## Take the pictures in docs/images
	PURSER_BIN=$(CURDIR)/.build/debug/purser $(VENV)/bin/python Tests/Acceptance/screenshots.py

test-browser: test-packages ## Tests of the browser module, in Node
	node --test Tests/Browser/*.test.js

# What a release of the browser module is made of. The files of a version that was released never change, and a test
# holds them to their hashes: what changes the module needs a new version, in its source too.
MODULE = Sources/Browser/Module/rum-credentials
MODULE_VERSION = $(shell sed -n 's/^export const version = "\(.*\)";/\1/p' $(MODULE).js)
MODULE_OUTPUT = Sources/Browser/Released/$(MODULE_VERSION)
# The names of properties that only the module itself uses are shortened too.
MINIFY = esbuild --bundle --minify --target=es2020 --log-level=warning \
	--mangle-props='^(age|answer|body|enable|fresh|good|leave|promise|provider|wake)$$' \
	--banner:js='/*! Purser rum-credentials $(MODULE_VERSION) | Apache-2.0 */'
module: test-packages ## Minify the browser module
	mkdir -p $(MODULE_OUTPUT)
	$(MINIFY) --format=esm $(MODULE).js --outfile=$(MODULE_OUTPUT)/rum-credentials-$(MODULE_VERSION).js
	$(MINIFY) --format=iife Sources/Browser/Module/classic.js --outfile=$(MODULE_OUTPUT)/rum-credentials-$(MODULE_VERSION).classic.js
	cp $(MODULE).d.ts $(MODULE_OUTPUT)/rum-credentials-$(MODULE_VERSION).d.ts

# Each of seven faults of STS for FAULT_SECONDS, under the load of 200 users.
FAULT_SECONDS = 60
faults: ## Each of seven faults of STS for FAULT_SECONDS (60), under load
	FAULT_SECONDS=$(FAULT_SECONDS) $(MAKE) test-acceptance PYTEST_ARGS="-s -q -k test_faults"

# Each attack of Tests/Acceptance/siege for SECONDS against a release build, while 20 users and 20 guests work.
SECONDS = 60
siege: packages test-packages $(VENV)/ready ## Each attack for SECONDS (60) against a release build; prints a table
	swift build -c release --scratch-path .build-release --product purser
	cd Tests/Acceptance && PURSER_BIN=$(CURDIR)/.build-release/release/purser \
		$(CURDIR)/$(VENV)/bin/python -m siege --seconds $(SECONDS) --markdown $(ARGS)

# One core, where it can be chosen, so that what is compared ran on the same one.
ONE_CORE = $(shell taskset -c 0 true 2>/dev/null && echo taskset -c 0)

BENCH_PACKAGES = wrk haproxy nginx-light
bench: packages $(VENV)/ready ## Measure a release build beside HAProxy and nginx; prints a table, fails beyond limits
	$(call install,$(BENCH_PACKAGES))
	swift build -c release --scratch-path .build-release --product purser
	swift build -c release --scratch-path .build-release --product purser-bench-tokens
	cd Tests/Acceptance && PURSER_BIN=$(CURDIR)/.build-release/release/purser \
		$(CURDIR)/$(VENV)/bin/python -m bench $(ARGS)

bench-tokens: packages ## Measure verification of tokens against libcrypto; fails over its limits
	swift build -c release --scratch-path .build-release --product purser-bench-tokens
	$(ONE_CORE) .build-release/release/purser-bench-tokens $(ARGS)

$(VENV)/ready: Tests/Acceptance/requirements.txt Tests/Acceptance/constraints.txt Tests/Acceptance/requirements-no-deps.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r Tests/Acceptance/requirements-no-deps.txt
	@touch $@

# The parsers of tokens, keys, their sources and batches, with libFuzzer and AddressSanitizer: FUZZ_RUNS inputs an entry, or FUZZ_SECONDS. The
# memory limit finds leaks: LeakSanitizer takes Swift's tagged references for none.
FUZZ_ENTRIES = token header claims json jwks pem discovery batch fastlane
FUZZ_RUNS = -1
FUZZ_SECONDS = 30
FUZZ = .build-fuzz
fuzz: packages ## Fuzz the parsers for FUZZ_SECONDS (30) each, with AddressSanitizer
	PURSER_FUZZ_RUNTIME=$$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')/clang/lib/linux/libclang_rt.fuzzer_no_main-x86_64.a \
		swift build -c release --sanitize=address --scratch-path $(FUZZ) --product purser-fuzz
	$(FUZZ)/release/purser-fuzz seed Tests/Vectors/jws/jws_vectors.jsonl $(FUZZ)/corpus
	@for entry in $(FUZZ_ENTRIES); do mkdir -p $(FUZZ)/findings && \
		SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=symbolize=0:detect_leaks=0 $(FUZZ)/release/purser-fuzz $$entry $(FUZZ)/corpus/$$entry \
		-runs=$(FUZZ_RUNS) -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -max_len=20000 \
		-artifact_prefix=$(FUZZ)/findings/$$entry- -print_final_stats=1 -close_fd_mask=0 > $(FUZZ)/$$entry.log 2>&1; \
		status=$$?; echo "$$entry: $$(sed -n 's/^stat::number_of_executed_units: */executions /p' $(FUZZ)/$$entry.log), $$(grep -o 'cov: [0-9]*' $(FUZZ)/$$entry.log | tail -1), $$(ls $(FUZZ)/corpus/$$entry | wc -l) inputs"; \
		if [ $$status != 0 ]; then tail -40 $(FUZZ)/$$entry.log; exit $$status; fi; done

# The unit tests under ThreadSanitizer and AddressSanitizer, a target at a time; each builds everything anew, which takes
# its time. Leaks are not looked for: LeakSanitizer takes Swift's tagged references for none.
UNIT_TESTS = StrictJSON StrictForm Browser Compression Cryptography Vending Outbound Tokens AWS AccountSetup BrokerConfiguration Observability Service Sandbox PurserCommand
sanitize-thread: packages ## Unit tests under ThreadSanitizer
	swift build --build-tests --sanitize=thread --scratch-path .build-tsan
	for target in $(UNIT_TESTS); do TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Sanitizers/thread.supp \
		swift test --disable-xctest --skip-build --sanitize=thread --scratch-path .build-tsan --filter "^$${target}Tests\." || exit 1; done

sanitize-address: packages ## Unit tests under AddressSanitizer
	swift build --build-tests --sanitize=address --scratch-path .build-asan
	for target in $(UNIT_TESTS); do ASAN_OPTIONS=detect_leaks=0 \
		swift test --disable-xctest --skip-build --sanitize=address --scratch-path .build-asan --filter "^$${target}Tests\." || exit 1; done

packages:
	$(call install,$(PACKAGES))

test-packages:
	$(call install,$(TEST_PACKAGES))

format: ## Format the Swift code
	swift format --in-place --recursive Package.swift Sources Tests

format-check: ## Check the format of the Swift code
	swift format lint --strict --recursive Package.swift Sources Tests

clean: ## Remove what builds and tests made
	rm -rf .build .build-*
