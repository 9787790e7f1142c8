"""What may a power cut leave of what a life wrote? All that POSIX allows, made from the calls it made.

What was not synced of a file may be there, not be there, be there in part, or be zeros; what was not synced
of a directory may be there or not, each name by itself. No file system does half of a rename.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from math import prod
from pathlib import PurePath
from typing import NamedTuple

from store.tracing import Call

Names = Mapping[str, int]
"""Of a directory: the number of the part that each name leads to."""
Tree = Mapping[str, bytes]
"""Paths below the home, and what is in these files."""


@dataclass
class Part:
    """A file or a directory: what is on the disk for certain, and how it looked after each change since."""

    durable: bytes | Names
    changes: list[Names | bytes] = field(default_factory=list)
    """Of a file the whole content, of a directory only what is new; an absent name leads to -1."""

    @property
    def view(self) -> bytes | Names:
        """What the system shows."""
        if isinstance(self.durable, bytes):
            return self.changes[-1] if self.changes else self.durable
        return after(self.durable, self.changes)

    def options(self) -> list[bytes | Names]:
        """What may be on the disk; the first is what is there for certain."""
        if isinstance(self.durable, bytes):
            views = [self.durable, *(view for view in self.changes if isinstance(view, bytes))]
            return list(dict.fromkeys([*views, *torn(views[0], views[-1]), views[-1]]))
        subsets = (
            each for count in range(len(self.changes) + 1) for each in combinations(self.changes, count)
        )
        return [after(self.durable, subset) for subset in subsets]


class Moment(NamedTuple):
    """Between two calls."""

    options: Sequence[Sequence[bytes | Names]]
    """Of each part."""
    said: tuple[str, ...]
    """What was acknowledged before."""

    @property
    def open_parts(self) -> list[int]:
        return [part for part, options in enumerate(self.options) if len(options) > 1]

    @property
    def how_many(self) -> int:
        """Of the states that may be."""
        return prod(len(options) for options in self.options)

    def states(self, most: int) -> Iterator[Tree]:
        """All that may be; where these are too many, each part in each way beside extremes of the others."""
        open_parts = self.open_parts
        ways = [range(len(self.options[part])) for part in open_parts]
        if self.how_many <= most:
            yield from (self.state(dict(zip(open_parts, way, strict=True))) for way in product(*ways))
            return
        for extreme in (0, -1):
            rest = dict.fromkeys(open_parts, extreme)
            yield from (
                self.state({**rest, part: way})
                for part, own in zip(open_parts, ways, strict=True)
                for way in own
            )

    def state(self, ways: Mapping[int, int]) -> Tree:
        """The home, where of these parts that option came true."""
        return dict(self._below(0, PurePath(), ways))

    def _below(self, part: int, path: PurePath, ways: Mapping[int, int]) -> Iterator[tuple[str, bytes]]:
        content = self.options[part][ways.get(part, 0)]
        if isinstance(content, bytes):
            yield str(path), content
            return
        for name, each in content.items():
            yield from self._below(each, path / name, ways)


class Disk:
    """Follows the calls of a life in a new home, whose two directories are there for certain."""

    def __init__(self, home: str) -> None:
        self._home = PurePath(home)
        self._parts = [Part({"state": 1, "history": 2}), Part({}), Part({})]
        self._files: dict[int, int] = {}
        self._said: tuple[str, ...] = ()

    def moments(self, calls: Sequence[Call]) -> Iterator[Moment]:
        for call in calls:
            if call.result >= 0:
                self._follow(call)
            yield Moment([part.options() for part in self._parts], self._said)

    def _follow(self, call: Call) -> None:
        match call.name:
            case "openat":
                self._open(call)
            case "write":
                self._change(call.file, lambda content: content + call.strings[-1][: call.result])
            case "ftruncate" | "truncate":
                raise AssertionError("a life in a new home cuts nothing off")
            case "fsync" | "fdatasync" if call.file in self._files:
                part = self._parts[self._files[call.file]]
                part.durable, part.changes = part.view, []
            case "writev":
                self._said += tuple(text.decode().strip() for text in call.strings[-1:])
            case _:
                self._rename(call)

    def _rename(self, call: Call) -> None:
        match call.name, call.paths:
            case "rename", [old, new]:
                self._name(old, new, self._part(old))
            case "link", [old, new]:
                self._name("", new, self._part(old))
            case "unlink", [path]:
                self._name(path, "", -1)
            case "mkdir", [path]:
                self._name("", path, self._new({}))

    def _open(self, call: Call) -> None:
        """A descriptor may have been something else before."""
        self._files.pop(call.result, None)
        path = call.paths[0]
        if not call.is_ours or path.endswith(".lock"):
            return
        if self._part(path) < 0:
            self._name("", path, self._new(b""))
        self._files[call.result] = self._part(path)
        if "O_TRUNC" in call.words:
            self._change(call.result, lambda _: b"")

    def _change(self, file: int, how: Callable[[bytes], bytes]) -> None:
        if file in self._files:
            part = self._parts[self._files[file]]
            assert isinstance(part.view, bytes)
            part.changes.append(how(part.view))

    def _new(self, content: bytes | Names) -> int:
        self._parts.append(Part(content))
        return len(self._parts) - 1

    def _part(self, path: str) -> int:
        """What the system shows under that name; -1: nothing."""
        part = 0
        for name in PurePath(path).relative_to(self._home).parts:
            names = self._parts[part].view
            assert not isinstance(names, bytes)
            part = names.get(name, -1)
            if part < 0:
                break
        return part

    def _name(self, old: str, new: str, part: int) -> None:
        """One step: the old name is gone, and the new one leads there."""
        directory = self._parts[self._part(str(PurePath(new or old).parent))]
        gone = {PurePath(old).name: -1} if old else {}
        directory.changes.append({**gone, PurePath(new).name: part} if new else gone)


def torn(old: bytes, new: bytes) -> Iterator[bytes]:
    """What may be of that which was added, beside the whole of single writes."""
    added = new[len(old) :]
    if not added or not new.startswith(old):
        return
    half, zeros = len(added) // 2, b"\0" * len(added)
    for part in (added[:half], zeros, added[:half] + zeros[half:], zeros[:half] + added[half:]):
        yield old + part


def after(names: Names, changes: Sequence[bytes | Names]) -> Names:
    result = dict(names)
    for change in changes:
        assert not isinstance(change, bytes)
        result.update(change)
    return {name: part for name, part in result.items() if part >= 0}
