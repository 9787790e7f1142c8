"""The program `daybell`, also as `python -m daybell`."""

import sys

from daybell.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
