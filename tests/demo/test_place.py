"""Where the demo plays: its accounts, its configuration, and what it leaves alone."""

import tomllib
from pathlib import Path

import pytest

from triage import settings
from triage.demo import place
from triage.demo.boundary import AUTHSERV_ID
from triage.demo.servers import DemoServers
from triage.errors import SettingsError
from triage.installation import load_policy
from triage.sections.places import Paths


def _servers() -> DemoServers:
    servers = DemoServers(place.users())
    servers.imap_port, servers.smtp_port = 1143, 1587
    return servers


def test_configuration_is_a_real_one(tmp_path: Path) -> None:
    """What is written passes the same checks as an operator's file, and is live on loopback."""
    chosen = settings.load(place.configured(tmp_path, _servers()))
    mailbox = chosen.mailbox[place.ACCOUNT]
    assert (chosen.mode, mailbox.port, chosen.smtp.port, mailbox.security) == ("live", 1143, 1587, "none")
    assert chosen.paths.store == tmp_path / "triage.db"
    assert mailbox.password is not None
    assert mailbox.password.reveal(place.SUPPORT) == place.PASSWORD


def test_every_department_of_the_policy_is_there(tmp_path: Path) -> None:
    """No escalation of the shipped policy lacks somebody to answer it."""
    chosen = settings.load(place.configured(tmp_path, _servers()))
    policy = load_policy(chosen)
    named = {trigger.department for trigger in policy.trigger} | {policy.escalation.management}
    table = tomllib.loads(chosen.paths.policy.read_text(encoding="utf-8"))["category"]
    for category in table.values():
        named |= {room["department"] for room in (category, *category["issue"].values()) if "department" in room}
    # A trigger without a department only raises the priority.
    assert named - {""} <= chosen.departments.keys()


def test_everybody_who_works_here_has_a_mailbox() -> None:
    """Support, departments, the agent and one customer can open their mailboxes."""
    assert {place.SUPPORT, place.AGENT, place.CUSTOMER, "finance@saypro.example"} <= place.users().keys()
    assert set(place.users().values()) == {place.PASSWORD}


@pytest.mark.parametrize("name", ["a b", 'quo"te', "back\\slash", "ümläut", "new\nline"])
def test_folder_of_any_name_will_do(tmp_path: Path, name: str) -> None:
    """Quotation marks and line breaks in the name of the folder do not break the configuration."""
    folder = tmp_path / name
    place.prepared(folder)
    password = settings.load(place.configured(folder, _servers())).smtp.password
    assert password is not None
    assert password.file == folder / "password"


def test_last_demo_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    """The old store goes; a file that the demo did not make stays, and a second sweep does no harm."""
    for name in ("triage.db", "triage.db-wal", "notes.txt"):
        (tmp_path / name).touch()
    place.swept(tmp_path)
    place.swept(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_folder_that_cannot_be_is_refused_in_words(tmp_path: Path) -> None:
    """A file in the way is named, with what was expected."""
    (tmp_path / "var").touch()
    with pytest.raises(SettingsError, match="Not a directory: expected a folder that the demo can write to"):
        place.prepared(tmp_path / "var" / "demo")


def test_answers_from_the_order_book_are_live(tmp_path: Path) -> None:
    """The demo's policy is the shipped one with answers for three issues; who is told must be genuine by the word of the embedded server."""
    chosen = settings.load(place.configured(tmp_path, _servers()))
    policy = load_policy(chosen)
    live = {f"{category}/{issue}" for category, issue in policy.matters if policy.topic(category, issue).first_contact == "live"}
    assert live == {"order/order_status", "receipt/receipt_missing", "dispute/refund_status"}
    shipped = Paths().policy.read_text(encoding="utf-8").splitlines()
    assert [line for line in (tmp_path / place.POLICY).read_text(encoding="utf-8").splitlines() if line not in shipped] == [
        'first_contact = "live"'
    ] * 3
    assert chosen.orders is not None
    assert chosen.orders.require_authentication
    assert chosen.people.require_authentication
    assert (chosen.authserv_id, chosen.orders.book and chosen.orders.book.path) == (AUTHSERV_ID, tmp_path / place.ORDERS)
    assert chosen.orders.advice.quiet_from == chosen.orders.advice.quiet_until


def test_what_the_last_demo_left_is_removed(tmp_path: Path) -> None:
    """Store and order book, with what belongs to them; nothing else."""
    names = ("triage.db", "triage.db-wal", "orders.db", "orders.db-shm", "heartbeat.json", "mine.txt")
    for name in names:
        (tmp_path / name).touch()
    place.swept(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
