# `make try` shows the main job on a real case, `make test` sets up what the tests need and runs them.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
VENDORS := elevenlabs livekit-api openai retell-sdk telnyx twilio vapi-server-sdk
DEV := axe-playwright-python html5lib markdown-it-py types-html5lib hypothesis import-linter jsonschema mypy playwright pytest pytest-xdist ruff types-PyYAML types-jsonschema zstandard

.PHONY: try test pictures test-vendors lint bench fuzz search clean

try: $(VENV)/.installed
	-@$(BIN)/sipdiag diagnose fixtures/cases/rule-left-at-conference

test: $(VENV)/.dev tshark chromium mermaid
	$(BIN)/pytest -n 2 -q

# Documents made with the vendors' own SDKs. One that cannot be installed is named, and its tests are skipped.
test-vendors: $(VENV)/vendors/.installed
	$(VENV)/vendors/bin/python -m pytest -q tests/vendors

# The same examples in every run of `test`; new ones here.
search: $(VENV)/.dev
	HYPOTHESIS_PROFILE=search $(BIN)/pytest -n 2 -q

# The picture in the README.
pictures: $(VENV)/.dev chromium
	$(BIN)/python -m tests.support.pictures

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The diagnosis of redacted copies is that of the originals: make release-check CASES="folders with captures and cases"
CASES ?= fixtures/captures/lab fixtures/cases fixtures/traces/cases
release-check: $(VENV)/.dev
	$(BIN)/python -m tests.support.release_check $(CASES)

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/bench_lint.py; lint=$$?; $(BIN)/python benchmarks/bench.py $(BENCH) && exit $$lint

# Coverage-guided fuzzing of all that reads hostile octets, over a corpus that is kept.
FUZZ ?= --seconds 600 --corpus build/fuzz
fuzz: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check atheris || true
	$(BIN)/python tests/fuzz/fuzz.py $(FUZZ)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	$(BIN)/python -m compileall -q sipdiag checks # as in every other install
	touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(DEV)
	touch $@

# In an environment of their own: what they need must not decide about what we need.
PIP_VENDORS = $(VENV)/vendors/bin/python -m pip install --quiet --disable-pip-version-check --timeout 30 --retries 2
$(VENV)/vendors/.installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m venv $(VENV)/vendors
	$(PIP_VENDORS) --editable . pytest hypothesis
	$(PIP_VENDORS) $(VENDORS) || for sdk in $(VENDORS); do \
	  $(PIP_VENDORS) $$sdk || echo "$$sdk cannot be installed: its tests are skipped"; done
	touch $@

# Some tests compare with tshark. Where it cannot be installed they are skipped, and say so.
.PHONY: tshark
tshark:
	@command -v tshark >/dev/null 2>&1 \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 \
	       && { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends tshark >/dev/null; }; } \
	  || echo "tshark is not installed: the tests that need it are skipped (Debian: apt-get install tshark; macOS: brew install wireshark)"

# The HTML report is looked at in a real browser, Mermaid diagrams are read by the real Mermaid: skipped where they are missing.
.PHONY: chromium mermaid
chromium:
	@command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 \
	       && { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; }; } \
	  || echo "chromium is not installed: the tests that need it are skipped (Debian: apt-get install chromium)"

mermaid:
	@command -v npm >/dev/null 2>&1 \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 \
	       && { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null; }; } \
	  || echo "npm is not installed: the tests of Mermaid are skipped (Debian: apt-get install nodejs npm)"
	@[ -d tests/javascript/node_modules/mermaid ] || ! command -v npm >/dev/null 2>&1 \
	  || npm install --silent --no-audit --no-fund --no-package-lock --prefix tests/javascript >/dev/null \
	  || echo "mermaid cannot be installed: its tests are skipped"

clean:
	rm -rf $(VENV) dist build
