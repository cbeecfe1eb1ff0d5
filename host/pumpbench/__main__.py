"""``python -m pumpbench``: the same as ``pumpbench``."""

from pumpbench.cli.main import main

if __name__ == "__main__":
    main()
