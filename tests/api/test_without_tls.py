"""OpenSSL stays out of the app's memory, and in reach of whoever needs it. Each in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

LOADED = "print([name for name in ('_ssl', '_hashlib') if name in sys.modules])"


def said(*lines: str, where: Path | None = None) -> str:
    program = "\n".join(("import sys", *lines))
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=where,
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


def test_where_it_is_there_already_nothing_is_hidden() -> None:
    lines = (
        "import ssl, _hashlib",
        "from daybell.api.without_tls import bring",
        "print(bring(['json']), 'json' in sys.modules, sys.modules['ssl'] is ssl)",
    )
    assert said(*lines) == "False False True"


def test_a_library_that_wants_more_of_it_gets_the_real_one(tmp_path: Path) -> None:
    (tmp_path / "wanting.py").write_text("import ssl\nCONTEXT = ssl.SSLContext\n")
    lines = (
        "from daybell.api.without_tls import bring",
        "print(bring(['wanting'], {'CERT_NONE': 0}))",
        "import wanting",
        "print(wanting.CONTEXT.__module__)",
    )
    assert said(*lines, where=tmp_path).split() == ["False", "ssl"]
