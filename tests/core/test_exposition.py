import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families as parse

from daybell.core.exposition import Family, Histogram, Sample, exposition

HOSTILE = 'say "hi"\\ then\na new # line}, {le="1"} 7\n'


def written(*families: Family) -> str:
    return "".join(exposition(families))


def test_a_figure_is_a_line_below_what_it_is() -> None:
    family = Family("daybell_jobs", "gauge", "Jobs by state.", [Sample((("state", "idle"),), 3)])
    assert written(family) == (
        "# HELP daybell_jobs Jobs by state.\n"
        "# TYPE daybell_jobs gauge\n"
        'daybell_jobs{state="idle"} 3\n'
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"), [(3, "3"), (2.0, "2"), (0.25, "0.25"), (1764000000.5, "1764000000.5")]
)
def test_numbers_are_short_and_exact(value: float, text: str) -> None:
    assert written(Family("a", "gauge", "", [Sample((), value)])).splitlines()[-1] == f"a {text}"


def test_a_family_without_a_figure_is_not_named() -> None:
    assert written(Family("a", "gauge", "", [])) == ""


@given(st.text(), st.text(st.characters(exclude_characters="\r")))
def test_whatever_a_job_is_called_another_reads_it_as_it_is(says: str, name: str) -> None:
    samples = [Sample((("job", "a"), ("name", name)), 1)]
    (family,) = parse(written(Family("a", "gauge", says.replace("\r", ""), samples)))
    assert [sample.labels for sample in family.samples] == [{"job": "a", "name": name}]


def test_a_name_cannot_make_lines_of_its_own() -> None:
    text = written(Family("a", "gauge", HOSTILE, [Sample((("name", HOSTILE),), 1)]))
    assert len(text.splitlines()) == 3
    (family,) = parse(text)
    assert family.samples[0].labels["name"] == HOSTILE


def test_a_histogram_counts_what_is_at_most_so_great() -> None:
    histogram = Histogram((0.5, 1, 10))
    for value in (0.5, 0.7, 3, 20):
        histogram.add(value)
    (family,) = parse(written(Family("took", "histogram", "", histogram.samples((("job", "a"),)))))
    buckets = {one.labels["le"]: one.value for one in family.samples if one.name == "took_bucket"}
    assert buckets == {"0.5": 1, "1": 2, "10": 3, "+Inf": 4}
    assert [one.value for one in family.samples[-2:]] == [24.2, 4]


def test_a_copy_does_not_change() -> None:
    histogram = Histogram((1,))
    twin = histogram.copy()
    histogram.add(0.5)
    assert [sample.value for sample in twin.samples(())] == [0, 0, 0, 0]
