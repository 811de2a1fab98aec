# `make run` and `make test` install what they need. Settings come from the environment, or from the
# command line as in `make run PORT=8001 GRACE=10`, which make passes on as environment variables.

.PHONY: help run migrate test test-all test-rest lint lock audit fuzz demo bench bench-quick soak chaos clean venv-run venv-test

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s  %s\n", $$1, $$2 }' Makefile

run: venv-run ## Run Arbiter on this machine, until Ctrl-C (BACKENDS=production: PostgreSQL, Redis)
	@.venv/bin/python -m tools.launch

migrate: venv-run ## Migrate all databases, as each service does with its own (BACKENDS=production)
	@.venv/bin/python -m tools.launch.migrate $(ARGS)

test: venv-test ## Run the tests, in about 8 minutes on 2 cores (ARGS="-k room -x", BACKENDS=production)
	@.venv/bin/python -m tools.launch.prerequisites test
	@.venv/bin/python -m tests --quick $(ARGS)

test-all: test test-rest ## Run outages, all browser tests, and the tests on PostgreSQL and Redis too: 25 minutes

test-rest: venv-test
	@.venv/bin/python -m tools.launch.prerequisites test
	@.venv/bin/python -m tools.launch.prerequisites deploy
	@.venv/bin/python -m tests --rest $(ARGS)
	@BACKENDS=production .venv/bin/python -m tests --engines $(ARGS)

lint: venv-test ## Check style, types and usual mistakes of security, of the web client too
	@.venv/bin/python -m flake8
	@.venv/bin/python -m mypy
	@.venv/bin/python -m bandit --quiet -ll -ii --recursive . --exclude ./.venv,./build,./tests,./var
	@.venv/bin/python -m tools.launch.prerequisites lint
	@var/npm/node_modules/.bin/tsc --project web/jsconfig.json

lock: venv-test ## Pin the dependencies of setup.cfg in requirements/ (ARGS=--upgrade)
	@.venv/bin/python -m pip install --quiet uv
	@$(COMPILE) --output-file requirements/run.txt
	@$(COMPILE) --extra test --constraint requirements/run.txt --output-file requirements/test.txt

audit: ## Ask PyPI for known vulnerabilities of what requirements/ pins (needs the network)
	@python3 -m venv var/audit && var/audit/bin/pip install --quiet pip-audit==2.10.1
	@var/audit/bin/pip-audit --disable-pip --require-hashes --requirement requirements/test.txt

fuzz: venv-test ## Search for bytes that break a parser, for a minute (ARGS="-max_total_time=600")
	@[ -e var/fuzz/atheris ] || .venv/bin/python -m pip install --quiet --no-deps --require-hashes \
		--target var/fuzz --requirement requirements/fuzz.txt
	@PYTHONPATH=var/fuzz .venv/bin/python -m tests.fuzzing -verbosity=0 -artifact_prefix=var/ \
		$(or $(ARGS),-max_total_time=60)

demo: venv-run ## Watch two players meet and play
	@.venv/bin/python -m tools.demo $(ARGS)

bench: venv-run ## Measure speed and memory on both sets of engines, and write docs/performance.md
	@.venv/bin/python -W ignore:::nameko.extensions -m tools.bench $(ARGS)

bench-quick: venv-run ## Measure the main figures in a minute (BACKENDS=default: on SQLite)
	@.venv/bin/python -W ignore:::nameko.extensions -m tools.bench --quick $(ARGS)

soak: venv-run ## Play for half an hour, and fail if the memory of a process grows
	@.venv/bin/python -m tools.bench.soak $(ARGS)

chaos: venv-run ## Break one thing after another while 50 games are played, and check every game
	@.venv/bin/python -m tools.chaos $(ARGS)

clean: ## Remove everything that make has created, including the databases in var/
	@flock --nonblock var/lock true 2>/dev/null || [ ! -e var/lock ] || \
		{ echo "Arbiter is running from here: stop it first." >&2; exit 1; }
	@rm -rf .venv var build *.egg-info .coverage .pytest_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

venv-run venv-test:
	@sh tools/launch/venv.sh $(@:venv-%=%)

COMPILE = .venv/bin/python -m uv pip compile setup.cfg --quiet --universal --python-version 3.11 \
	--generate-hashes --extra chess --extra variants --custom-compile-command "make lock" $(ARGS)
