"""What can the program say to somebody who is in trouble? Its source tells, by these forms of a call:

* an error: a class of the DaybellError family, under its code; its docstring where it is given no message;
* `ApiError(code, message)` and `refusal(status, code, message)`, which name the code themselves;
* those of FORMS, each under a heading of the page; and what a function that checks a file yields (`Remark`);
* `Finding(check, level, message)` that is not "ok".

The message is what is written there: a text, an f-string, one of two, a name that stands for one, or what a
function of ours returns; within a text, only a private one of the same module, as the others spell a value.
What only a run knows is "…". A function that hands its own parameter on to a form is that form itself,
in its module. What has no word of its own then says nothing. Neither does any other exception: it is caught.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from docs.wordings import MODULES, Function, Module, Reader, has_words, plain

FILES, DISK, COMMANDS, RUNS, DOCTOR, HEALTH, LOG = (
    "What is wrong with a file",
    "When the disk refuses",
    "What a command says",
    "What a run says",
    "What the doctor says",
    "What the health says",
    "What the log says",
)

REHEARSED = {"daybell.engine.virtual_workers"}
"""What nobody is told outside of a simulation."""
Place = tuple[Function | None, ast.AST]
"""A piece of the source, and the function in which it stands."""


class Form(NamedTuple):
    """A call that says something."""

    heading: str
    place: int
    """Of the message, among the arguments."""
    words: tuple[str, ...] = ()
    """What messages are called as keywords."""
    code: int | None = None
    """The place of the code, where the call itself names its heading."""


FORMS = {
    "ApiError": Form("", 1, code=0),
    "refusal": Form("", 2, code=1),
    "LooseEndpoint": Form("not_permitted", 0),
    "GRPCError": Form("Over gRPC", 1),
    "Failure": Form(COMMANDS, 0),
    "UsageError": Form(COMMANDS, 0),
    "ArgumentTypeError": Form(COMMANDS, 0),
    "complaint": Form(DISK, 2),
    "Problem": Form(FILES, 2, ("message",)),
    "Reading": Form(FILES, 9, ("note", "refusal")),
    "_Broken": Form(FILES, 0),
    "Skip": Form(RUNS, 0),
    "Close": Form(RUNS, 1),
    "Ending": Form(RUNS, 1),
    "GiveUp": Form(RUNS, 1),
    "given_up": Form(RUNS, 2),
    "finish": Form(RUNS, 2),
    "gap": Form(RUNS, 4),
    "Missed": Form(RUNS, -1),
    "after": Form(RUNS, 2),
    "AttemptResult": Form(RUNS, 9, ("error",)),
    "Finding": Form(DOCTOR, 2),
    "Part": Form(HEALTH, 1),
    **{f"log.{level}": Form(LOG, 0) for level in ("warning", "error", "exception")},
}


def family() -> dict[str, ast.ClassDef]:
    """DaybellError and all that come from it, by their names."""
    classes = [node for one in MODULES.values() for node in one.tree.body if isinstance(node, ast.ClassDef)]
    found = {node.name: node for node in classes if node.name == "DaybellError"}
    while more := {
        node.name: node
        for node in classes
        if node.name not in found
        and any(isinstance(base, ast.Name) and base.id in found for base in node.bases)
    }:
        found |= more
    return found


FAMILY = family()


def code_of(name: str) -> str:
    """Its own or an inherited one."""
    node = FAMILY[name]
    for line in node.body:
        match line:
            case ast.Assign(targets=[ast.Name(id="code")], value=ast.Constant(value=str(code))):
                return code
            case ast.AnnAssign(target=ast.Name(id="code"), value=ast.Constant(value=str(code))):
                return code
    return next(code_of(base.id) for base in node.bases if isinstance(base, ast.Name) and base.id in FAMILY)


def sayings() -> Mapping[str, set[str]]:
    """Messages by the heading under which they belong; each code has one, even without messages."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, node in FAMILY.items():
        says_itself = any(ast.unparse(line) == "super().__init__()" for line in ast.walk(node))
        found[code_of(name)] |= {ast.get_docstring(node) or ""} if says_itself else set()
    for name, module in MODULES.items():
        for heading, text in said_in(module) if name not in REHEARSED else ():
            if has_words(heading) and has_words(plain(text)):
                found[heading].add(plain(text))
    return found


def said_in(module: Module) -> Iterator[tuple[str, str]]:
    nodes = list(within(module.tree, None))
    forms = FORMS | {name: Form(code_of(name), 0) for name in FAMILY}
    while more := {name: form for name, form in handed_on(nodes, forms) if name not in forms}:
        forms |= more
    for function, node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name), args=[]) | ast.Raise(exc=ast.Name(id=name)) if (
                name in FAMILY
            ):
                yield code_of(name), ast.get_docstring(FAMILY[name]) or ""
            case ast.Call() if called(node) in forms and not is_fine(node):
                yield from said_by(node, forms[called(node)], Reader(module, function))
            case ast.Yield(value=ast.Tuple(elts=[_, message])) if function and is_check(function):
                yield from ((FILES, text) for text in Reader(module, function).texts(message))


def said_by(call: ast.Call, form: Form, reader: Reader) -> Iterator[tuple[str, str]]:
    for message in messages_of(call, form):
        headings = [form.heading] if form.code is None else reader.texts(call.args[form.code])
        yield from ((heading, text) for heading in headings for text in reader.texts(message))


def handed_on(nodes: Sequence[Place], forms: Mapping[str, Form]) -> Iterator[tuple[str, Form]]:
    """Functions that are forms themselves, by their parameters."""
    for function, node in nodes:
        if function is None or not isinstance(node, ast.Call) or called(node) not in forms:
            continue
        form = forms[called(node)]
        parameters = [one.arg for one in function.args.args if one.arg != "self"]
        for message in messages_of(node, form):
            if isinstance(message, ast.Name) and message.id in parameters and form.code is None:
                place = parameters.index(message.id)
                yield function.name, Form(form.heading, place, (message.id,))


def within(node: ast.AST, function: Function | None) -> Iterator[Place]:
    """All below, each with the function it stands in."""
    for below in ast.iter_child_nodes(node):
        inner = below if isinstance(below, Function) else function
        yield inner, below
        yield from within(below, inner)


def called(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(value=ast.Name(id="log"), attr=name):
            return f"log.{name}"
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def messages_of(call: ast.Call, form: Form) -> list[ast.expr]:
    placed = call.args[form.place :][:1]
    return placed + [keyword.value for keyword in call.keywords if keyword.arg in form.words]


def is_fine(call: ast.Call) -> bool:
    return called(call) == "Finding" and isinstance(call.args[1], ast.Constant) and call.args[1].value == "ok"


def is_check(function: Function) -> bool:
    return function.returns is not None and ast.unparse(function.returns) == "Iterator[Remark]"
