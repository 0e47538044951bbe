"""What the causes come to: each piece of advice has its evidence, and where there is none nothing is advised."""

from dataclasses import replace

import pytest

from tests.reports.making import counts, empty, full, group
from triage.figures import Advice, Causes, Cluster, Misses, Often, Promise, Report, Rise
from triage.reports.causes import advice

RISE = Rise(what="matter", name="order/delivery_lost", now=20, expected=6.5, q=0.0004)


def given(report: Report | None = None, vendors: tuple[tuple[str, float], ...] = (), **causes: object) -> tuple[Advice, ...]:
    """What is advised."""
    return advice(report or empty(), Causes(**causes), vendors)  # type: ignore[arg-type]


def test_nothing_to_say() -> None:
    """Without a cause nothing is advised."""
    assert given() == ()


def test_a_rise_with_its_words() -> None:
    """A rise is told with what was expected, and with the words and examples of the messages about it."""
    said = Cluster(words=("kettle", "lid"), many=9, numbers=("SP-1", "SP-2"), matters={"order/delivery_lost": 7, "other": 2})
    (found,) = given(rises=(RISE,), clusters=(said,))
    assert found.do == "Find out why matter order: delivery lost has risen."
    assert found.because == (
        "20 cases, where 6.5 were to be expected (q = 0.0004). Many of them speak of: kettle, lid (SP-1, SP-2)."
    )  # fmt: skip


@pytest.mark.parametrize("matters", [{"other": 7, "order/delivery_lost": 2}, {}], ids=str)
def test_words_of_another_matter_are_no_evidence(matters: dict[str, int]) -> None:
    """Messages that are mostly about something else say nothing of a rise."""
    said = Cluster(words=("kettle",), many=9, numbers=(), matters=matters)
    (found,) = given(rises=(RISE,), clusters=(said,))
    assert "speak of" not in found.because


def test_vendors() -> None:
    """A vendor is talked to with its chargebacks beside all of them, and with its cases."""
    (found,) = given(replace(full(), misses={}), vendors=(("Acme", 0.002),), chargebacks={"Acme": 4, "": 1})
    assert found.do.startswith("Talk to Acme about chargebacks")
    assert found.because == "4 of 5 chargebacks are about it, and 50 of all cases (q = 0.0020)."


@pytest.mark.parametrize(
    ("resolved", "by_reason", "expected"),
    [
        (40, {"waits for a department": 6, "waits for the customer": 2}, ["waits for a department"]),
        (40, {"a": 5, "b": 5, "c": 5}, ["a", "b", "c"]),
        (40, {"a": 4, "b": 4}, []),
        (40, {"a": 5, "b": 40}, ["b"]),
        (48, {"a": 50}, []),
    ],
    ids=str,
)
def test_reasons_of_misses(resolved: int, by_reason: dict[str, int], expected: list[str]) -> None:
    """Reasons that stand behind many misses are named, as long as the target of 99 % is missed."""
    report = replace(
        empty(), total=group(counts=counts(resolved=resolved)), misses={Promise.RESOLUTION: Misses(by_reason=by_reason)}
    )  # fmt: skip
    assert [it.do for it in given(report)] == [f"Shorten what takes longest: “{why}”." for why in expected]


def test_who_comes_again_and_again() -> None:
    """The most frequent customer and order are named, and that there are others."""
    ann = Often(name="ann@customer.example", many=4, numbers=("SP-1", "SP-2"), matters=("order/delivery_lost", "dispute/quality"))
    found = given(customers=(ann, ann), orders=(Often(name="ORD1", many=3, numbers=("SP-1",), matters=("other",)),))
    assert [it.do for it in found] == [
        "Have somebody look at the whole history of customer ann@customer.example and the others in the table.",
        "Have somebody look at the whole history of order ORD1.",
    ]
    assert found[0].because == "4 cases: SP-1, SP-2, about order: delivery lost; dispute: quality."


def test_the_order_of_advice() -> None:
    """What is most certain comes first: rises, vendors, misses, and then who comes again."""
    ann = Often(name="ann@customer.example", many=4, numbers=(), matters=())
    found = given(full(), vendors=(("Acme", 0.01),), rises=(RISE,), customers=(ann,), chargebacks={"Acme": 4})
    assert [it.do.split()[0] for it in found] == ["Find", "Talk", "Shorten", "Have"]
