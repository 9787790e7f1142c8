"""OpenSSL stays out of the app's memory, and in reach of whoever needs it. Each in a process of its own."""

import subprocess
import sys

import pytest

LOADED = "print([name for name in ('_ssl', '_hashlib') if name in sys.modules])"


def said(*lines: str) -> str:
    program = "\n".join(("import sys", *lines))
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "modules", ["daybell.__main__, daybell.cli.reading", "daybell.bootstrap.app, asyncio"]
)
def test_neither_a_command_nor_the_app_loads_openssl(modules: str) -> None:
    assert said(f"import {modules}", LOADED) == "[]"


def test_it_can_be_had_later() -> None:
    lines = (
        "import daybell.__main__, daybell.bootstrap.app, ssl, hashlib, hmac",
        "print(len(ssl.create_default_context().get_ciphers()) > 0, hashlib.sha256(b'').hexdigest()[:8])",
        "print(hmac.new(b'k', b'', 'sha256').hexdigest()[:8])",
    )
    assert said(*lines).split() == ["True", "e3b0c442", "8bb990c4"]
