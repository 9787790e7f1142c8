"""The house rules that no linter knows: sizes, words, and empty package files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
LONGEST_FUNCTION, LONGEST_CLASS, LONGEST_MODULE, MOST_POSITIONAL = 50, 250, 300, 5
NEVER = re.compile(r"\b(\w+_)?(task|manager|helper|utils?)(_\w+|s)?\b", re.IGNORECASE)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "src"))


def test_no_function_class_or_module_is_too_long_to_read() -> None:
    too_long = []
    for path in SOURCES:
        for node in nodes(path):
            if isinstance(node, FUNCTIONS) and length(node) > LONGEST_FUNCTION:
                too_long.append(f"{name(path)}: {node.name} has {length(node)} lines")
            if isinstance(node, ast.ClassDef) and length(node) > LONGEST_CLASS:
                too_long.append(f"{name(path)}: {node.name} has {length(node)} lines")
        if (lines := len(path.read_text().splitlines())) > LONGEST_MODULE:
            too_long.append(f"{name(path)} has {lines} lines")
    assert too_long == []


def test_no_function_takes_more_positional_parameters_than_one_remembers() -> None:
    too_many = []
    for path in SOURCES:
        for node in nodes(path):
            if isinstance(node, FUNCTIONS):
                positional = [one for one in node.args.posonlyargs + node.args.args if one.arg != "self"]
                if len(positional) > MOST_POSITIONAL:
                    too_many.append(f"{name(path)}: {node.name} takes {len(positional)}")
    assert too_many == []


def test_names_are_words_of_the_field() -> None:
    foreign = []
    for path in SOURCES:
        defined = [node.name for node in nodes(path) if isinstance(node, (*FUNCTIONS, ast.ClassDef))]
        defined += [node.id for node in nodes(path) if isinstance(node, ast.Name)]
        foreign += [f"{name(path)}: {word}" for word in [path.stem, *defined] if NEVER.fullmatch(word)]
    assert foreign == []


def test_package_files_are_empty() -> None:
    assert [name(path) for path in SOURCES if path.name == "__init__.py" and path.read_text().strip()] == []


def test_every_module_says_which_question_it_answers() -> None:
    silent = [
        name(path)
        for path in SOURCES
        if path.name != "__init__.py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []
