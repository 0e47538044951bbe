"""People in the configuration: who may act, under which address, when they are away; and mistakes that are told."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.making import SERVERS
from triage.errors import SettingsError
from triage.people import People
from triage.sections.identity import Identity
from triage.settings import Settings, load
from triage.staff import Colleague, Role

BASE = f"""
{SERVERS}also = ["accounts@shop.example"]
[departments.carrier]
name = "Carrier"
address = "desk@carrier.example"
role = "vendor"
"""
JANE = """
[agents.jane]
name = "Jane Adams"
address = "jane@shop.example"
also = ["Jane.Adams@shop.example"]
languages = ["en"]
away = [{from = 2026-12-24, to = 2027-01-02}]
"""
GONE = """
[agents.gone]
name = "Gone Away"
address = "gone@shop.example"
active = false
"""


def test_people_are_equal_by_what_was_configured() -> None:
    """What is worked out from the settings is no part of what people are compared by, or shown as."""
    one, other = (People(identity=Identity(address="support@shop.example", aliases=["help@shop.example"])) for _ in range(2))
    assert one == other
    assert one.own == {"support@shop.example", "help@shop.example"}
    assert (one.staff, dict(one.colleagues)) == (frozenset(), {})
    assert "colleagues" not in repr(one)
    moved = replace(one, identity=Identity(address="desk@shop.example"))
    assert moved.own == {"desk@shop.example"}


def loaded(folder: Path, text: str) -> Settings:
    """The settings in that text."""
    path = folder / "triage.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def people(folder: Path, text: str = BASE + JANE + GONE) -> People:
    """The people named in that text."""
    return People.of(loaded(folder, text))


def test_everybody_who_may_act_is_known_by_key_and_role(tmp_path: Path) -> None:
    """Active agents and departments may act; whoever is disabled may not."""
    roles = {key: one.role for key, one in people(tmp_path).colleagues.items()}
    assert roles == {"jane": Role.AGENT, "finance": Role.DEPARTMENT, "carrier": Role.VENDOR}


def test_addresses_lead_to_their_people(tmp_path: Path) -> None:
    """Each address of somebody's leads to them, in lower case; a disabled agent's leads to nobody and is still no customer's."""
    found = people(tmp_path)
    assert [getattr(found.colleague_at(address), "key", None) for address in (
        "jane@shop.example", "jane.adams@shop.example", "accounts@shop.example", "gone@shop.example", "ann@customer.example",
    )] == ["jane", "jane", "finance", None, None]  # fmt: skip
    assert {"jane.adams@shop.example", "accounts@shop.example", "gone@shop.example"} <= found.staff


def test_names_are_found_by_key(tmp_path: Path) -> None:
    """People are called by their names, also when they are disabled; a key nobody has stays as it is."""
    found = people(tmp_path)
    assert [found.called(key) for key in ("jane", "gone", "finance", "nobody")] == ["Jane Adams", "Gone Away", "Finance", "nobody"]


@pytest.mark.parametrize(
    ("day", "away"),
    [(date(2026, 12, 23), False), (date(2026, 12, 24), True), (date(2027, 1, 2), True), (date(2027, 1, 3), False)],
)
def test_both_ends_of_an_absence_count(tmp_path: Path, day: date, away: bool) -> None:
    """Somebody is away from the first day to the last, both included."""
    assert people(tmp_path).colleagues["jane"].is_away(day) is away


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BASE + JANE.replace("to = 2027-01-02", "to = 2026-12-01"), "expected the last day of the absence"),
        (BASE + JANE.replace("to = 2027-01-02", "to = 'later'"), "agents.jane.away.0.to"),
        (BASE + JANE + "role = 'boss'", "agents.jane.role"),
        (BASE.replace("vendor", "friend"), "departments.carrier.role"),
        (BASE + JANE.replace("agents.jane", "agents.finance"), "have the same name"),
        (BASE + "[people]\nassign = 'lottery'", "people.assign"),
        (BASE + "[people]\ndigest_above = 0", "people.digest_above"),
    ],
)
def test_mistakes_are_told_by_key(tmp_path: Path, text: str, expected: str) -> None:
    """A mistake in the tables of people names the key or says what was expected."""
    with pytest.raises(SettingsError) as error:
        loaded(tmp_path, text)
    assert expected in str(error.value)


def test_a_colleague_is_written_to_at_the_first_address() -> None:
    """Mail goes to the first address; only agents and managers answer customers unasked."""
    one = Colleague(key="a", name="A", role=Role.MANAGER, addresses=("a@shop.example", "b@shop.example"))
    assert (one.address, one.answers_customers) == ("a@shop.example", True)
    assert not Colleague(key="v", name="V", role=Role.VENDOR, addresses=("v@x.example",)).answers_customers


@pytest.mark.parametrize(
    ("zone", "month", "expected"),
    [
        ("Europe/Berlin", 11, "2026-11-05 00:30 CET"),
        ("Europe/Berlin", 7, "2026-07-05 01:30 CEST"),
        ("UTC", 7, "2026-07-04 23:30 UTC"),
        ("America/New_York", 7, "2026-07-04 19:30 EDT"),
        ("Asia/Kolkata", 1, "2026-01-05 05:00 IST"),
    ],
)
def test_colleagues_read_the_time_where_they_are(zone: str, month: int, expected: str) -> None:
    """A moment is told in the zone of the settings and with its name, summer and winter."""
    ours = People(identity=Identity(address="support@shop.example", time_zone=zone))
    assert ours.clock(datetime(2026, month, 4, 23, 30, tzinfo=UTC)) == expected
