"""`triage retry`: what is stuck is shown with what is known, and nothing is done that was not asked for."""

import json
from typing import Any

import pytest

from tests.cli.calling import HOSTILE, MARKS, Shop
from tests.store.words import DEFERRED, FAILED, NOON, UNCERTAIN, later, new_case, raw, reply
from triage.decision import Outcome
from triage.outbox import Lane
from triage.ports import Transaction
from triage.reply import DeliveryStatus, Receipt, ReplyKind
from triage.stages.outcome import record


def trouble(tx: Transaction) -> None:
    """One case with an uncertain acknowledgment and a failed escalation, one with an uncertain one whose copy went along, one that is well."""
    for number, copied in ((1, False), (2, True), (3, False)):
        case = tx.cases.open(new_case())
        delivery_id = tx.deliveries.queue(case.id, None, reply(f"ack{number}"), NOON)
        [delivery] = tx.deliveries.of_case(case.id)
        record(tx, delivery, DEFERRED, NOON)
        assert tx.deliveries.begin_data(delivery_id, later(minutes=1), receipted=copied)
        said = UNCERTAIN if number < 3 else Receipt(status=DeliveryStatus.SENT, code=250)
        record(tx, delivery, said, later(minutes=2))
    failed = tx.deliveries.queue(1, None, reply("esc", ReplyKind.ESCALATION, recipient="finance@shop.example"), NOON)
    assert failed
    record(tx, tx.deliveries.of_case(1)[-1], FAILED, later(minutes=3))


@pytest.fixture
def troubled(shop: Shop) -> Shop:
    """A shop with trouble."""
    shop.store_now(trouble)
    return shop


def standing(shop: Shop) -> dict[str, str]:
    """How each delivery stands."""

    def ask(tx: Transaction) -> dict[str, str]:
        return {it.message_id.partition("@")[0]: it.status.value for it in tx.deliveries.find()}

    return shop.store_now(ask)


STUCK = {"ack1": "uncertain", "ack2": "uncertain", "ack3": "sent", "esc": "failed"}


def test_nothing_stuck_is_said(shop: Shop) -> None:
    """One line and exit 0 where all is well."""
    ended = shop.call("retry")
    assert (ended.code, ended.lines) == (0, ["nothing is uncertain, failed or unreadable"])


def test_what_is_known_is_shown_and_nothing_is_done(troubled: Shop) -> None:
    """Case, recipient, status, whether a copy can tell, the promise, and every attempt with its time and the server's words."""
    ended = troubled.call("retry")
    assert ended.code == 0
    text = ended.out
    assert text.index("SP-100001  acknowledgment to ann@customer.example: uncertain") < text.index("SP-100001  escalation")
    for said in (
        "no receipt copy went along: nobody knows whether it was accepted",
        "its receipt copy is not there so far",
        "it never reached DATA: surely not accepted",
        "promised by 2026-03-03 12:00 UTC, tried 2 times",
        "2026-03-02 12:00:00 UTC deferred 451 try later",
        "2026-03-02 12:02:00 UTC uncertain connection lost after DATA",
        "2026-03-02 12:03:00 UTC failed 550 no such user",
    ):
        assert said in text, said
    assert "SP-100003" not in text
    assert standing(troubled) == STUCK
    assert max(map(len, ended.lines)) <= 80


def test_one_case_alone(troubled: Shop) -> None:
    """With a number, in any case, only that case is listed."""
    assert "SP-100001" not in troubled.call("retry", "sp-100002").out
    ended = troubled.call("retry", "SP-999999")
    assert (ended.code, "there is no case 'SP-999999'" in ended.err) == (1, True)


def test_sending_again(troubled: Shop) -> None:
    """Told to send one case again: its deliveries wait, the uncertain one as a possible duplicate, and the case says who decided."""
    ended = troubled.call("retry", "SP-100001", "--send")
    assert (ended.code, ended.lines[-1]) == (0, "2 will be sent again")
    assert standing(troubled) == STUCK | {"ack1": "deferred", "esc": "deferred"}

    def ask(tx: Transaction) -> tuple[list[bool], list[str], Any]:
        due = [it for lane in Lane for it in tx.deliveries.due(later(days=9999), 9, lane)]
        return [it.possible_duplicate for it in due], [event.actor for event in tx.cases.events(1)][-2:], tx.cases.events(1)[-2].detail

    duplicates, actors, detail = troubled.store_now(ask)
    assert (sorted(duplicates), actors) == ([False, True], ["person", "person"])
    assert (detail["status"], detail["was"]) == ("to be sent again", "uncertain")


def test_giving_up(troubled: Shop) -> None:
    """Dropped deliveries are failed for good and no longer listed; the case says who decided."""
    assert troubled.call("retry", "--all", "--drop").lines[-1] == "3 given up"
    assert standing(troubled) == STUCK | {"ack1": "failed", "ack2": "failed"}
    assert troubled.call("retry").lines == ["nothing is uncertain, failed or unreadable"]


@pytest.mark.parametrize("wrong", [("--send",), ("--drop",), ("--send", "--drop", "--all"), ("SP-100001", "--all", "--send")])
def test_what_is_not_clear_is_not_done(troubled: Shop, wrong: tuple[str, ...]) -> None:
    """Without saying what to act on, or with two wishes at once: exit 2, and nothing has changed."""
    assert troubled.call("retry", *wrong).code == 2
    assert standing(troubled) == STUCK


def test_messages_that_could_not_be_read(shop: Shop) -> None:
    """Listed with the reason and where the original lies, as long as their case is open; nothing in them drives a terminal."""

    def unreadable(tx: Transaction) -> None:
        case = tx.cases.open(new_case())
        tx.messages.add([raw(1)])
        [message] = tx.messages.all("support")
        tx.messages.settle(message.id, Outcome.UNREADABLE, case.id, None, reason=f"twice killed its reader {HOSTILE}", keep_raw=False)

    shop.store_now(unreadable)
    text = shop.call("retry").out
    assert "could not be read: twice killed its reader" in text
    assert "its original lies in INBOX, for a person to answer" in text
    assert not set(text) & set(MARKS)
    assert shop.call("retry", "--json").json["unreadable"][0]["folder"] == "INBOX"


def test_the_same_for_programs(troubled: Shop) -> None:
    """One JSON document with everything that is shown to people, and how many were acted on."""
    document = troubled.call("retry", "--json").json
    assert [(it["case"], it["kind"], it["status"]) for it in document["deliveries"]] == [
        ("SP-100001", "acknowledgment", "uncertain"), ("SP-100002", "acknowledgment", "uncertain"), ("SP-100001", "escalation", "failed"),
    ]  # fmt: skip
    assert (document["deliveries"][0]["history"][1]["status"], document["acted_on"]) == ("uncertain", 0)
    assert json.loads(troubled.call("retry", "SP-100002", "--send", "--json").out)["acted_on"] == 1
