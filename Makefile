# `make run` and `make test` set up all that they need. Settings come from the environment, or as
# `make run PORT=8001 GRACE=10`: make hands what stands on its command line on to what it starts.

.PHONY: help run migrate test test-all test-rest lint lock demo bench soak chaos clean venv-run venv-test

help: ## Print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s  %s\n", $$1, $$2 }' Makefile

run: venv-run ## Run Arbiter on this machine, until Ctrl-C (BACKENDS=production: PostgreSQL, Redis)
	@.venv/bin/python -m tools.launch

migrate: venv-run ## Bring the databases up to date (each service does so itself when it starts)
	@.venv/bin/python -m extensions.storage.migrate $(ARGS)

test: venv-test ## Run the tests, in at most 8 minutes on 2 cores (ARGS="-k room -x", BACKENDS=production)
	@.venv/bin/python -m tools.launch.prerequisites test
	@.venv/bin/python -m tests --quick $(ARGS)

test-all: test test-rest ## Run outages, the whole browser part and the engines of production too: 25 minutes

test-rest: venv-test
	@.venv/bin/python -m tests --rest $(ARGS)
	@BACKENDS=production .venv/bin/python -m tests --engines $(ARGS)

lint: venv-test ## Check the style and the types, of the page too
	@.venv/bin/python -m flake8
	@.venv/bin/python -m mypy
	@.venv/bin/python -m tools.launch.prerequisites lint
	@var/npm/node_modules/.bin/tsc --project web/jsconfig.json

lock: venv-test ## Pin the dependencies of setup.cfg anew in requirements/ (ARGS=--upgrade)
	@.venv/bin/python -m pip install --quiet uv
	@$(COMPILE) --output-file requirements/run.txt
	@$(COMPILE) --extra test --constraint requirements/run.txt --output-file requirements/test.txt

demo: venv-run ## Watch two players meet and play
	@.venv/bin/python -m tools.demo $(ARGS)

bench: venv-run ## Measure
	@.venv/bin/python -m tools.bench $(ARGS)

soak: venv-run ## Play for half an hour, and fail where any process grows
	@.venv/bin/python -m tools.bench.soak $(ARGS)

chaos: venv-run ## Break one thing after another beneath 50 games, and look what it did to them
	@.venv/bin/python -m tools.chaos $(ARGS)

clean: ## Remove all that make has made, the databases in var/ too
	@flock --nonblock var/lock true 2>/dev/null || [ ! -e var/lock ] || \
		{ echo "Arbiter runs from here: stop it first." >&2; exit 1; }
	@rm -rf .venv var build *.egg-info .coverage .pytest_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

venv-run venv-test:
	@sh tools/launch/venv.sh $(@:venv-%=%)

COMPILE = .venv/bin/python -m uv pip compile setup.cfg --quiet --universal --python-version 3.11 \
	--generate-hashes --extra chess --extra variants --custom-compile-command "make lock" $(ARGS)
