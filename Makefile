# Everything a newcomer needs. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test check shots bench chaos lineage sqlx generated clean-data

# handed on to the program or the suite, e.g. make run ARGS="--port 9000"
ARGS ?=

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: ## install what is missing, build, start everything, print a sign-in link (data stay in ./data)
	@scripts/run.sh $(ARGS)

test: ## every test: Rust, the browser app, flows in a real browser against the real program
	@scripts/test.sh $(ARGS)

check: ## formatting, lints, architecture, generated files, licences of the dependencies
	@scripts/check.sh $(ARGS)

shots: ## pictures of every screen, into web/shots/
	@scripts/shots.sh $(ARGS)

bench: ## the measurements that the design promises, with their ratios
	@benches/run.sh $(ARGS)

chaos: ## publishing while everything breaks, 500 rounds (BELLWETHER_CHAOS_ROUNDS, BELLWETHER_CHAOS_SEED)
	@scripts/chaos.sh

lineage: ## how much of the five source documents has a home, per document and table
	@cargo xtask lineage $(ARGS)

sqlx: ## write the checked queries of every crate anew into .sqlx
	@scripts/postgres.sh >/dev/null
	@cargo xtask sqlx $(ARGS)

generated: ## write the generated files anew: OpenAPI snapshot, TypeScript types, the networks page
	@cargo xtask generated --write $(ARGS)

clean-data: ## remove ./data (the database and the files), after asking
	@scripts/clean-data.sh
