# What one does with Tenantry. `make` alone lists the targets.

SHELL := /bin/bash
CARGO ?= cargo
# The demo of a checkout lives in the checkout, apart from a Tenantry that is installed on this machine.
export TENANTRY_DATA ?= $(CURDIR)/data

.PHONY: help setup run demo test check fmt deny audit bench chaos

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 16

setup: ## install the system and npm packages that are missing (apt-get, as root or with sudo)
	@scripts/setup

run: ## build, seed the demo and serve it on http://127.0.0.1:8080
	@scripts/setup run
	@$(CARGO) build --release --locked --quiet --package tenantry
	@target/release/tenantry demo
	@exec target/release/tenantry serve

test: check ## everything that CI runs
	@scripts/test

check: setup ## format, lints, licences and sources of the dependencies; no tests
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --workspace --all-targets --locked --quiet -- --deny warnings
	@scripts/deny

fmt: ## format the code
	@$(CARGO) fmt --all

audit: setup ## known vulnerabilities of the dependencies (needs the network)
	@scripts/deny advisories

bench: setup ## measure imports, the API, searches, pages, jobs and inbound webhooks against their references
	@$(CARGO) build --release --locked --quiet --package tenantry
	@target/release/tenantry bench import
	@target/release/tenantry bench api
	@target/release/tenantry bench search
	@target/release/tenantry bench pages
	@target/release/tenantry bench jobs
	@target/release/tenantry bench hooks

chaos: setup ## kill imports ten times and workers 200 times; send 10,000 events to endpoints of which one fails at random
	@TENANTRY_EVENTS=10000 $(CARGO) test --release --locked --package work --test outbound -- --nocapture many
	@TENANTRY_KILL_ROWS=200000 TENANTRY_KILLS=10 $(CARGO) test --release --locked --package tenantry --test kill -- --nocapture
	@TENANTRY_CHAOS_KILLS=200 TENANTRY_CHAOS_BACKLOG=100000 $(CARGO) test --release --locked --package tenantry --test faults -- --nocapture --test-threads=1
