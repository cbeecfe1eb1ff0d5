# pumpbench: `make run` and `make test` do all set-up by themselves.
PYTHON := build/venv/bin/python
PUMPBENCH := build/venv/bin/pumpbench

.PHONY: emulator run test check bench bench-quick cycles docs set-up clean

# A display is there when one is named, and always on macOS and Windows.
DISPLAYS := $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin Windows_NT,$(OS) $(shell uname))

# Two processes share the test files out among them, in their order, which has the quick ones at its end; a
# file's tests stay together, and so what they share. One that crashes or hangs ends the run, and names its test.
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

run: set-up  ## a 30 mL reservoir, programmed and emptied by the real firmware on a virtual board: a window shows it
ifneq ($(strip $(DISPLAYS)),)
	@$(PUMPBENCH) gui --port virtual --speed 120 --run examples/empty-30ml.toml --db build/runs.sqlite
else
	@$(PUMPBENCH) run examples/empty-30ml.toml --port virtual --speed max --db build/runs.sqlite
endif

test: set-up  ## every test, on CPython, on MicroPython and on an emulated board
	@python3 host/bootstrap.py emulator-if-possible
	@$(PYTHON) -m pytest $(SIDE_BY_SIDE)

emulator:  ## the emulated board's parts: MicroPython's rp2 port, a boot ROM, rp2040js
	@python3 host/bootstrap.py emulator

check: set-up  ## style, types, and which part may import which
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m pytest -q tests/test_arrows.py

bench: set-up  ## every figure beside its baseline; PARTS="store decode" runs some, finished parts are kept
	@$(PYTHON) -m tests.bench $(PARTS)

bench-quick: set-up  ## the same in short, within ten minutes
	@$(PYTHON) -m tests.bench --quick $(PARTS)

cycles: set-up emulator  ## processor cycles on the emulated RP2040: the tick in every state, frames, the journal
	@$(PYTHON) -m tests.bench.chip_tick

docs: set-up  ## the generated pages: docs/protocol.md, docs/files.md, docs/plant.md
	@$(PYTHON) -m pumplink.generate
	@$(PYTHON) -m pumpbench.files.docs
	@$(PYTHON) -m pumpbench.virtual.plant_docs

set-up:
	@python3 host/bootstrap.py

clean:
	rm -rf build
