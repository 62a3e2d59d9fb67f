# The two commands of a newcomer are `make dev` and `make test`.
PACKAGES = libjwt-dev libjansson-dev libssl-dev pkg-config
TEST_PACKAGES = curl glewlwyd $(shell python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv)
VENV = .build-venv
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# Installs those of the packages in $(1) that are missing, so that a second run needs no network.
install = @missing=""; for package in $(1); do [ "$$(dpkg-query -W -f='$${db:Status-Status}' $$package 2>/dev/null)" = installed ] || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then export DEBIAN_FRONTEND=noninteractive; $(SUDO) apt-get update -q && \
	$(if $(SUDO),$(SUDO) -E) apt-get install -qy --no-install-recommends $$missing; fi

.PHONY: dev build test test-swift test-acceptance bench-tokens packages test-packages format format-check clean

dev: build ## Set up, build, and run the broker with its sandbox on 127.0.0.1
	@exec .build/debug/purser dev $(ARGS)

build: packages
	swift build --product purser

test: test-swift test-acceptance ## Everything

test-swift: packages
	swift build --build-tests
	swift test --skip-build

test-acceptance: build test-packages $(VENV)/ready
	PURSER_BIN=$(CURDIR)/.build/debug/purser $(VENV)/bin/python -m pytest Tests/Acceptance $(PYTEST_ARGS)

# One core, where it can be chosen, so that what is compared ran on the same one.
ONE_CORE = $(shell taskset -c 0 true 2>/dev/null && echo taskset -c 0)

bench-tokens: packages ## What verifying a token costs, beside libcrypto alone; fails over the limits
	swift build -c release --scratch-path .build-release --product purser-bench-tokens
	$(ONE_CORE) .build-release/release/purser-bench-tokens $(ARGS)

$(VENV)/ready: Tests/Acceptance/requirements.txt Tests/Acceptance/constraints.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

packages:
	$(call install,$(PACKAGES))

test-packages:
	$(call install,$(TEST_PACKAGES))

format:
	swift format --in-place --recursive Package.swift Sources Tests

format-check:
	swift format lint --strict --recursive Package.swift Sources Tests

clean:
	rm -rf .build .build-release $(VENV)
