# `make run` is all a newcomer needs. The other targets are for people who change the code.

PYTHON ?= python3
VENV   := .venv/bin
export HOST PORT COGNITIA_HOME

.PHONY: run install install-dev test check format bench bench-stream bench-text bench-imports bench-search bench-message-search bench-long-chat bench-chat-imports bench-memory bench-memory-truth bench-memory-scale lock

run:
	@$(PYTHON) cognitia/bootstrap.py --serve
	@$(VENV)/python manage.py up

install:
	@$(PYTHON) cognitia/bootstrap.py

install-dev:
	@$(PYTHON) cognitia/bootstrap.py --dev

# What drives the whole product runs in a process of its own: Playwright's event loop does not share one with
# pytest-asyncio's. It goes first, so that the last line is the sum of all others. Status 5: there are none.
# The others share the cores: 10 minutes are 6 on two of them. Each process has a PostgreSQL and a Redis of its own.
test: install-dev
	$(VENV)/python -m pytest -m stack || [ $$? -eq 5 ]
	$(VENV)/python -m pytest -m "not stack" -n auto --maxprocesses 4 --dist worksteal

check: install-dev
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy .
	$(VENV)/lint-imports
	$(VENV)/python manage.py check
	LOG_LEVEL=ERROR $(VENV)/python -W ignore manage.py makemigrations --check --dry-run
	$(VENV)/python manage.py check_templates

format: install-dev
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

bench: bench-stream bench-text bench-imports bench-search bench-message-search bench-long-chat
bench-stream: install-dev
	$(VENV)/python -m benchmarks.stream
# LLAMA_SERVER=<a llama-server of the same llama.cpp> adds it to the comparison.
bench-text: install-dev
	$(VENV)/python -m benchmarks.text

bench-imports: install-dev
	$(VENV)/python -m benchmarks.imports
bench-search: install-dev
	$(VENV)/python -m benchmarks.search
bench-message-search: install-dev
	$(VENV)/python -m benchmarks.message_search
bench-chat-imports: install-dev
	$(VENV)/python -m benchmarks.chat_imports
# DATA=<a file in the format of LoCoMo>; without one, a small conversation of our own.
bench-memory: install-dev
	$(VENV)/python -m benchmarks.memory $(DATA)
bench-memory-truth: install-dev
	$(VENV)/python -m benchmarks.memory_truth $(DATA)
bench-memory-scale: install-dev
	$(VENV)/python -m benchmarks.memory_scale
bench-long-chat: install-dev
	$(VENV)/python -m benchmarks.long_chat

# After a change of requirements*.in; needs uv on the PATH. No hosts and no paths may enter the lock.
LOCK := uv pip compile --universal --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links \
        --annotation-style line --quiet
lock:
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
