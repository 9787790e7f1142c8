"""One sweep of a home, as a script: `python tests/store/sweep_life.py HOME`."""

import sys
from pathlib import Path

from sweeps import Life

if __name__ == "__main__":
    life = Life(Path(sys.argv[1]))
    life.sweep(lambda: None)
    life.ledger.close()
