"""What is never used stays out of memory, and in reach. Each in a process of its own."""

import subprocess
import sys
from pathlib import Path

BRING = "from daybell.machine.stand_ins import bring"


def said(*lines: str, where: Path | None = None) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(("import sys", *lines))],
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_library_sees_what_stands_there_instead_and_others_the_real_one_later(tmp_path: Path) -> None:
    (tmp_path / "wanting.py").write_text(
        "from colorsys import rgb_to_hls\ntry:\n    import sndhdr\nexcept ImportError:\n    sndhdr = None\n"
    )
    lines = (
        BRING,
        "print(bring(['wanting'], {'colorsys': {'rgb_to_hls': 7}, 'sndhdr': None}))",
        "import wanting, colorsys",
        "print(wanting.rgb_to_hls, wanting.sndhdr, callable(colorsys.rgb_to_hls), 'sndhdr' in sys.modules)",
    )
    assert said(*lines, where=tmp_path) == ["True", "7", "None", "True", "False"]


def test_where_it_is_there_already_nothing_is_hidden() -> None:
    lines = (
        "import colorsys",
        BRING,
        "print(bring(['json'], {'colorsys': None}), 'json' in sys.modules)",
        "print(sys.modules['colorsys'] is colorsys)",
    )
    assert said(*lines) == ["False", "False", "True"]


def test_a_library_that_wants_more_of_it_gets_the_real_one(tmp_path: Path) -> None:
    (tmp_path / "wanting.py").write_text("import colorsys\nASKED = colorsys.hls_to_rgb\n")
    lines = (
        BRING,
        "print(bring(['wanting'], {'colorsys': {'rgb_to_hls': 7}}))",
        "import wanting",
        "print(wanting.ASKED.__name__)",
    )
    assert said(*lines, where=tmp_path) == ["False", "hls_to_rgb"]


def test_the_app_has_neither_a_server_s_command_line_nor_pools_of_processes() -> None:
    lines = (
        "import daybell.bootstrap.app",
        "unused = {'click', 'multiprocessing', 'apscheduler.executors.pool'}",
        "print(unused & {*sys.modules})",
    )
    assert said(*lines) == ["set()"]
