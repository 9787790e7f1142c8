"""The program `daybell`, also as `python -m daybell`."""

import sys

import daybell.api.without_tls  # noqa: F401 - first: each command would load OpenSSL
from daybell.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
