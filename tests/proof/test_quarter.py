"""A quarter in small, counted twice: by the reports and from the raw events."""

from tests.proof import quarter


def test_every_figure_equals_the_raw_events() -> None:
    """Each figure of every week, month and the quarter is what an independent count of the events gives."""
    verdict = quarter.run(45, seed=1)
    assert verdict.details() == []
    assert verdict.clean
    assert verdict.reports == 18
    assert verdict.compared > 400
