from daybell.machine.footprint import footprint


def test_it_is_what_a_python_process_takes() -> None:
    taken = footprint()
    assert taken.resident is not None
    assert 5_000_000 < taken.resident < 5_000_000_000
    assert 0 < taken.cpu_seconds <= footprint().cpu_seconds
