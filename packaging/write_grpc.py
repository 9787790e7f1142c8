"""How does Python speak what api/grpc/scheduler.proto says? Writes the modules beside it.

Run it after a change of that file (`make grpc`) and commit the result. The compiler lives in an environment
of its own, which is thrown away. It is an old one on purpose: what it writes, newer libraries read, and not
the other way round.
"""

import subprocess
import tempfile
import venv
from pathlib import Path

COMPILER = "grpcio-tools==1.74.0"
"""Writes for protobuf 6.31, the oldest that pyproject.toml allows."""
SOURCES = Path(__file__).parents[1] / "src"
CONTRACT = SOURCES / "daybell" / "api" / "grpc" / "scheduler.proto"


def write() -> None:
    """CalledProcessError when the contract is not valid, or the compiler cannot be had."""
    with tempfile.TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        python = str(next(Path(place).glob("[bS]*/python*")))
        _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", COMPILER)
        ways = (f"--proto_path={SOURCES}", f"--python_out={SOURCES}", f"--pyi_out={SOURCES}")
        _run(python, "-m", "grpc_tools.protoc", *ways, str(CONTRACT))


def _run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - our own words alone


if __name__ == "__main__":
    write()
    for made in sorted(CONTRACT.parent.glob("*_pb2.py*")):
        print(made)
