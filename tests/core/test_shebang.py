import pytest

from daybell.core.shebang import LONGEST, Interpreter, interpreter


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"#!/bin/sh\necho", Interpreter("/bin/sh")),
        (b"#! /usr/bin/python3 -u\n", Interpreter("/usr/bin/python3")),
        (b"#!/bin/sh", Interpreter("/bin/sh")),
        (b"#!/usr/bin/env python3\n", Interpreter("/usr/bin/env", "python3")),
        (b"#!/usr/bin/env -S python3 -u\n", Interpreter("/usr/bin/env", "python3")),
        (b"#!/bin/sh\r\necho\r\n", Interpreter("/bin/sh", is_of_dos=True)),
        (b"#!/usr/bin/env -i python3\n", None),
        (b"#!/usr/bin/env A=1 python3\n", None),
        (b"#!/usr/bin/env\n", None),
        (b"#!python3\n", None),
        (b"#!\n", None),
        (b"\x7fELF", None),
        (b"", None),
        (b"#!/" + b"a" * LONGEST, None),
    ],
)
def test_the_first_line_names_it(head: bytes, expected: Interpreter | None) -> None:
    assert interpreter(head) == expected
