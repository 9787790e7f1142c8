"""What is said of who tells of the surroundings."""

from daybell.core.findings import Finding
from daybell.core.tellers import tellers


def test_what_is_told_is_named_with_who_tells_it() -> None:
    sources = {"power": "UPower", "network": "NetworkManager", "idle": "logind", "sleep": "logind"}
    (finding,) = tellers(sources)
    assert finding == Finding(
        "machine",
        "ok",
        "known are mains and battery (UPower), the network (NetworkManager), who is at the keyboard (logind)",
    )


def test_what_nobody_tells_has_its_reason_and_what_that_means() -> None:
    known, unknown = tellers({"power": "nobody: UPower is not there", "network": "the kernel"})
    assert known.message == "known are the network (the kernel)"
    assert (unknown.level, unknown.message) == (
        "note",
        "nobody tells of mains and battery: UPower is not there",
    )
    assert "counts as met" in unknown.remedy


def test_where_nobody_tells_anything_nothing_is_known() -> None:
    assert [finding.level for finding in tellers({"idle": "nobody: there is no session"})] == ["note"]
