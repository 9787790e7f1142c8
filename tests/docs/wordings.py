"""What texts may an expression in the source stand for? What is known only at run time is "…"."""

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
UNKNOWN = "…"
DEEPEST = 5
"""Steps from an expression to the texts that are meant: names, functions, what is written into a text."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """One file, with what its names stand for."""

    def __init__(self, path: Path) -> None:
        self.tree = ast.parse(path.read_text("utf-8"))
        self.values: dict[str, list[ast.expr]] = {}
        for node in self.tree.body:
            for name, value in assigned(node):
                self.values.setdefault(name, []).append(value)
        nodes = list(ast.walk(self.tree))
        self.functions = {node.name: node for node in nodes if isinstance(node, Function)}
        self.imported = {
            alias.asname or alias.name: node.module
            for node in nodes
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }


def assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Each name that is given a value here, with that."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            for one, value in zip(names, values, strict=True):
                if isinstance(one, ast.Name):
                    yield one.id, value


MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts): Module(path) for path in SOURCE.rglob("*.py")
}


class Reader:
    """Reads expressions that stand in one function, or outside of all."""

    def __init__(self, module: Module, function: Function | None, steps: int = DEEPEST) -> None:
        self._module = module
        self._steps = steps
        self._values: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function) if function else ():
            for name, value in assigned(node):
                self._values.setdefault(name, []).append(value)

    def texts(self, node: ast.expr) -> list[str]:
        """All that it may be, "…" in it; None is no text. Nothing where nobody knows."""
        match node:
            case ast.Constant(value=str(text)):
                found = [text]
            case ast.JoinedStr(values=parts):
                found = self._joined(parts)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                found = self._joined([left, right])
            case ast.IfExp(body=one, orelse=other):
                found = self._one_of([one, other])
            case ast.BoolOp(values=values):
                found = [text for text in self._one_of(values) if text]
            case ast.Dict(values=values):
                found = self._one_of(values)
            case _:
                found = self._meant(node)
        return list(dict.fromkeys(found))

    def _meant(self, node: ast.expr) -> list[str]:
        """By a name or a call."""
        match node:
            case ast.NamedExpr(value=value) | ast.Subscript(value=value):
                return self.texts(value)
            case ast.Call(func=ast.Name(id="str"), args=[value]):
                return self.texts(value)
            case ast.Name(id=name):
                return self._named(name)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name)):
                return self._returned(name)
        return []

    def _joined(self, parts: Iterable[ast.expr]) -> list[str]:
        return ["".join(one) for one in product(*map(self._part, parts))]

    def _one_of(self, values: Iterable[ast.expr]) -> list[str]:
        return [text for value in values for text in self._known_or_not(value)]

    def _part(self, node: ast.expr) -> list[str]:
        """Of a text, as which something unknown is "…"."""
        inner = node.value if isinstance(node, ast.FormattedValue) else node
        match inner:
            case ast.Call(func=ast.Name(id=name)) if not name.startswith("_"):
                return [UNKNOWN]  # it spells a value, such as a size
            case ast.Name(id=name) if self._steps and name in self._values:
                deeper = self._with(self._values)
                return [text for value in self._values[name] for text in deeper._part(value)]
        return self.texts(inner) or [UNKNOWN]

    def _known_or_not(self, node: ast.expr) -> list[str]:
        """One of several that may be meant; None is none of them."""
        is_none = isinstance(node, ast.Constant) and node.value is None
        return self.texts(node) or ([] if is_none else [UNKNOWN])

    def _named(self, name: str) -> list[str]:
        if not self._steps:
            return []
        if name in self._values:
            deeper = self._with(self._values)
            return deeper._one_of(self._values[name])
        module = self._module
        if name not in module.values:
            module = MODULES.get(module.imported.get(name, ""), module)
        deeper = self._deeper(module, None)
        return [text for value in module.values.get(name, ()) for text in deeper.texts(value)]

    def _returned(self, name: str) -> list[str]:
        module = self._module
        if name not in module.functions:
            module = MODULES.get(module.imported.get(name, ""), module)
        function = module.functions.get(name)
        if function is None or not self._steps:
            return []
        deeper = self._deeper(module, function)
        returns = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]
        return deeper._one_of(returns)

    def _with(self, values: dict[str, list[ast.expr]]) -> "Reader":
        deeper = self._deeper(self._module, None)
        deeper._values = values
        return deeper

    def _deeper(self, module: Module, function: Function | None) -> "Reader":
        return Reader(module, function, self._steps - 1)


def plain(text: str) -> str:
    """On one line, as a document shows it; a logger's placeholders are "…" as well."""
    text = re.sub(r"%[sdr]|%\.\d+f|%g", UNKNOWN, text)
    text = re.sub(rf"{UNKNOWN}(['\"]?\s*{UNKNOWN})+", UNKNOWN, " ".join(text.split()))
    return text.strip()


def has_words(text: str) -> bool:
    return re.search(r"[a-z]{3}", text) is not None
