import json
import stat
from pathlib import Path

import pytest

from daybell.store.assets import asset
from daybell.store.schemas import put_schemas, version_of

SHIPPED = asset("schemas")


def as_version(version: str) -> bytes:
    schema = json.loads((SHIPPED / "job.schema.json").read_bytes())
    return json.dumps({**schema, "$id": f"urn:daybell:schema:job:{version}"}).encode()


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_a_home_gets_the_schemas_that_are_shipped(tmp_path: Path) -> None:
    put_schemas(SHIPPED, tmp_path)
    assert contents(tmp_path) == contents(SHIPPED)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"$id": 5}', as_version("0.9.9"), as_version("1.0.0")]
)
def test_one_that_is_older_or_damaged_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "job.schema.json").write_bytes(content)
    put_schemas(SHIPPED, tmp_path)
    assert contents(tmp_path) == contents(SHIPPED)


@pytest.mark.parametrize("version", ["1.0.10", "1.1.0", "2.0.0"])
def test_one_that_a_newer_daybell_wrote_stays(tmp_path: Path, version: str) -> None:
    (tmp_path / "job.schema.json").write_bytes(as_version(version))
    put_schemas(SHIPPED, tmp_path)
    assert (tmp_path / "job.schema.json").read_bytes() == as_version(version)


def test_what_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    put_schemas(SHIPPED, tmp_path)
    before = {path: path.stat().st_ino for path in tmp_path.iterdir()}
    put_schemas(SHIPPED, tmp_path)
    assert {path: path.stat().st_ino for path in tmp_path.iterdir()} == before


def test_a_place_that_takes_none_is_told_and_harms_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put_schemas(SHIPPED, tmp_path / "gone")
    assert "cannot be written: No such file or directory" in caplog.text


def test_a_version_is_read_from_the_identity() -> None:
    assert version_of(as_version("1.2.3")) == (1, 2, 3)
