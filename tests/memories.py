"""Where on this Linux machine do some bytes stand? In files, in what all may see of processes, in memory."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

CHUNK = 1 << 20


def files_with(needles: Iterable[bytes], *roots: Path) -> set[Path]:
    """Also those whose name has them."""
    wanted = [*needles]
    found = [path for root in roots for path in root.rglob("*") if path.is_file()]
    return {path for path in found if _has_any(bytes(path) + b"\n" + path.read_bytes(), wanted)}


def shown_with(needles: Iterable[bytes]) -> set[int]:
    """The processes whose arguments or environment have them, as /proc shows it."""
    wanted = [*needles]
    return {pid for pid in pids() if any(_has_any(shown, wanted) for shown in _shown(pid))}


def remembers(pid: int, needles: Iterable[bytes]) -> bool:
    """Whether its memory has them, as far as it can be written to."""
    wanted = [*needles]
    return any(_has_any(part, wanted) for part in _memory(pid))


def pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def children_of(pid: int) -> list[int]:
    found = []
    for one in pids():
        with suppress(OSError, IndexError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid:
                found.append(one)
    return found


def cmdline(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _shown(pid: int) -> Iterator[bytes]:
    for name in ("environ", "cmdline"):
        with suppress(OSError):
            yield Path(f"/proc/{pid}/{name}").read_bytes()


def _memory(pid: int) -> Iterator[bytes]:
    """Of each mapping that can be written to, piece by piece, each with the end of the one before."""
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for place, rights in (line.split()[:2] for line in maps):
            if not rights.startswith("rw"):
                continue
            begin, end = (int(one, 16) for one in place.split("-"))
            before = b""
            with suppress(OSError, ValueError):
                memory.seek(begin)
                while begin < end and (part := memory.read(min(CHUNK, end - begin))):
                    yield before + part
                    begin, before = begin + len(part), part[-256:]


def _has_any(content: bytes, needles: Iterable[bytes]) -> bool:
    return any(needle in content for needle in needles)
