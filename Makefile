# All paths are relative, so that the clone may lie below a path with spaces.
PYTHON = python3

# Where it is set, each of the hundreds of processes that the tests start compiles every module again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install demo test check-style check-types check-imports check-kiosk check-tests bench lock

install:  ## .venv with .venv/bin/sipas, nothing else
	@sh requirements/install.sh run "$(PYTHON)"

demo: install  ## the demo city on http://127.0.0.1:8000; Ctrl-C stops it
	@exec .venv/bin/sipas demo

test: prepare  ## every check and every test
	@$(MAKE) --no-print-directory check-style check-imports
	@$(MAKE) --no-print-directory --jobs 2 check-code check-tests

.PHONY: check-code
check-code:  # while tests wait for browsers and services, at a lower priority
	@nice -n 10 $(MAKE) --no-print-directory check-types
	@nice -n 10 $(MAKE) --no-print-directory check-kiosk

.PHONY: prepare
prepare:
	@sh requirements/install.sh test "$(PYTHON)"
	@sh tests/prepare.sh

check-style:
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check

check-types:  # exit code 2: on a busy machine a worker may not start in time
	.venv/bin/python -m mypy --num-workers 2 || { [ $$? = 2 ] && .venv/bin/python -m mypy; }

check-imports:
	.venv/bin/lint-imports

check-kiosk:
	sh tests/kiosk/node.sh tsc -p .
	sh tests/kiosk/node.sh tsc -p worker.tsconfig.json

check-tests:
	.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

.PHONY: check-clone
check-clone:  ## install, demo, wheel and tests in fresh clones, as root and another user, with each Python found
	@"$(PYTHON)" -m tests.clone $(if $(filter command,$(origin PYTHON)),--python "$(PYTHON)") \
		$(if $(CHECKS),--checks "$(CHECKS)") $(if $(USERS),--users "$(USERS)")

.PHONY: faults
faults: prepare  ## 500 kills at random moments (`make test` does 30), about half an hour; KILLS=… SEED=…
	.venv/bin/python -m pytest tests/faults/test_kills.py --kills $(or $(KILLS),500) --seed $(or $(SEED),1)

bench:  ## every benchmark beside its peers, about 15 minutes; `make bench TABLES=indices` for one of them
	@sh requirements/install.sh bench "$(PYTHON)"
	@.venv/bin/python -m bench $(TABLES)

.PHONY: coverage
coverage: install  ## how often intervals and ranks hold, simulated: docs/explanation/coverage.md, about ten minutes
	@OPENBLAS_NUM_THREADS=1 .venv/bin/python -m studies

.PHONY: reproduce
reproduce: prepare  ## the demonstration's bundles: reproduce.py and reproduce.R (R's survey) compute the figures again
	@.venv/bin/python -m tests.reproduce

.PHONY: reference
reference: install  ## write the pages of docs/reference that follow from the code
	@.venv/bin/python -m docs.write_reference

.PHONY: messages
messages: install  ## copies the browser apps' texts from sipas/messages/*.toml to their messages/*.json
	@.venv/bin/python -m sipas.messages.kiosk

.PHONY: shape
shape: install  ## names, functions and sentences in numbers, beside those of before
	@.venv/bin/python -m tests.shape

lock:  ## pins the dependencies of pyproject.toml in requirements/*.txt; run it after each change of them
	@sh requirements/install.sh test "$(PYTHON)"
	sh requirements/lock.sh
