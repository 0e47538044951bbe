"""The model of two daemons, the store and the servers: every reachable state keeps the promises, and the checker sees it when one does not."""

import pytest

from tests.proof import model
from tests.proof.model import Daemon, Mail, Rules, World, problems, walk
from triage.outbox import MOVES, SENT, UNCERTAIN, Happening
from triage.reply import DeliveryStatus


@pytest.mark.parametrize("receipts", [True, False], ids=["receipts", "no receipts"])
def test_nobody_gets_two_copies(receipts: bool) -> None:
    """Over every death, takeover and answer a customer gets at most one copy, and from every state the message can come to its end."""
    found = walk(Rules(messages=1, receipts=receipts))
    assert (found.violations, found.stuck, found.most_copies) == ([], 0, 1)
    assert found.states > 150


def test_a_sleeper_past_the_wait_can_send_a_second_copy_and_it_is_marked() -> None:
    """A daemon that stands still between its commit and DATA for longer than receipts are waited for is the one way to a second copy."""
    found = walk(Rules(messages=1, sleeps_past_wait=True))
    assert (found.violations, found.most_copies) == ([], 2)


def test_two_messages_do_not_disturb_each_other() -> None:
    """What holds for one message holds for two in the hands of two daemons."""
    found = walk(Rules(messages=2))
    assert (found.violations, found.stuck, found.most_copies) == ([], 0, 1)


@pytest.mark.parametrize(
    ("happening", "move", "problem"),
    [
        (Happening.CRASH, ({DeliveryStatus.SENDING}, DeliveryStatus.QUEUED), "two copies, and the second is not marked"),
        (Happening.SILENCE, ({DeliveryStatus.SENDING}, DeliveryStatus.DEFERRED), "two copies, and the second is not marked"),
        (Happening.SILENCE, ({DeliveryStatus.SENDING}, SENT), "said to be sent, and the customer has nothing"),
        (Happening.ACCEPTED, ({DeliveryStatus.SENDING}, DeliveryStatus.DEFERRED), "two copies, and the second is not marked"),
        (Happening.BEGIN, ({DeliveryStatus.QUEUED, DeliveryStatus.DEFERRED, UNCERTAIN, SENT}, DeliveryStatus.SENDING), "two copies"),
    ],
)
def test_a_wrong_table_is_found_out(monkeypatch: pytest.MonkeyPatch, happening: Happening, move: object, problem: str) -> None:
    """With any one move of the outbox falsified the walk ends in a state that must never be."""
    monkeypatch.setattr("triage.outbox.MOVES", {**MOVES, happening: move})
    monkeypatch.setattr(model, "WAITING", move[0] if happening is Happening.BEGIN else model.WAITING)  # type: ignore[index]
    found = walk(Rules(messages=1))
    assert any(problem in violation for violation in found.violations)


def test_a_message_nobody_can_finish_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a refusal for now led nowhere the walk counts the states from which the message never ends."""
    monkeypatch.setattr(model, "WAITING", frozenset({DeliveryStatus.QUEUED}))
    monkeypatch.setattr("triage.outbox.MOVES", {**MOVES, Happening.CRASH: ({DeliveryStatus.SENDING}, DeliveryStatus.DEFERRED)})
    assert walk(Rules(messages=1)).stuck > 0


@pytest.mark.parametrize(
    ("mail", "problem"),
    [
        (Mail(stored=False, status=DeliveryStatus.QUEUED), "decided and not stored"),
        (Mail(stored=True, status=SENT), "said to be sent, and the customer has nothing"),
        (Mail(stored=True, status=SENT, copies=2), "two copies, and the second is not marked"),
        (Mail(stored=True, status=SENT, copies=3, flagged=True), "more than two copies"),
    ],
)
def test_what_must_never_be_is_named(mail: Mail, problem: str) -> None:
    """Each forbidden state has its words."""
    assert problem in list(problems(World((mail,), (Daemon(),)), Rules(sleeps_past_wait=True)))
