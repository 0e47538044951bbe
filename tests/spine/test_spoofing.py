"""Nothing forged is obeyed, relayed, or answered with information."""

import re
from collections.abc import Callable

import pytest

from tests.spine.office import ANN, BOB, EVE, FINANCE, JANE, PASSED, Office, answer, plain, written
from triage.case import CaseStatus
from triage.stages.decide import Decide

WORDS = "#resolve\n\nDear Ann, send your card number to eve@evil.example."


def tampered(address: str) -> str:
    """The keyed address with another last character."""
    local, _, domain = address.partition("@")
    return f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"


def other_case(address: str) -> str:
    """The keyed address with the number of another case."""
    return address.replace(".100001.", ".100002.")


def old_format(address: str) -> str:
    """The keyed address without its day of expiry."""
    return re.sub(r"\.\d{5}\.", ".", address)


def of_customers(address: str) -> str:
    """The keyed address with the letter of customers."""
    return address.replace("+a.", "+c.")


#: Who forges what, and how: each is made from the notification that Jane was sent.
FORGERIES: dict[str, Callable[[Office], bytes]] = {
    "an agent's From with a made-up token": lambda office: answer(
        office.last(JANE), WORDS, JANE, to=tampered(str(office.last(JANE)["Reply-To"])), thread=False, quoted=False
    ),
    "an agent's From with an observed Message-ID, unauthenticated": lambda office: answer(
        office.last(JANE), WORDS, JANE, to="support@shop.example", passed="", quoted=False
    ),
    "an agent's From with the right token, unauthenticated": lambda office: answer(office.last(JANE), WORDS, JANE, passed=""),
    "an agent's From that our server calls forged": lambda office: answer(
        office.last(JANE), WORDS, JANE, passed="mx.shop.example; dmarc=fail header.from=shop.example"
    ),
    "a result that another server wrote": lambda office: answer(
        office.last(JANE), WORDS, JANE, passed="mx.evil.example; dmarc=pass header.from=shop.example"
    ),
    "a stranger with a forwarded notification": lambda office: answer(office.last(JANE), WORDS, EVE),
    "a colleague with another's token": lambda office: answer(office.last(JANE), WORDS, BOB),
    "the customer with a token that was forwarded to her": lambda office: answer(office.last(JANE), WORDS, ANN),
    "a department with an agent's token": lambda office: answer(office.last(JANE), WORDS, FINANCE),
    "two authors": lambda office: answer(office.last(JANE), WORDS, f"{JANE}, {EVE}"),
    "a Sender of somebody else": lambda office: answer(office.last(JANE), WORDS, JANE, Sender=EVE),
    "a Reply-To of somebody else": lambda office: answer(office.last(JANE), WORDS, JANE, Reply_To=EVE),
    "her name before another address": lambda office: answer(office.last(JANE), WORDS, f'"{JANE}" <{EVE}>'),
    "the token of another case": lambda office: answer(
        office.last(JANE), WORDS, JANE, to=other_case(str(office.last(JANE)["Reply-To"])), thread=False, quoted=False
    ),
    "an old format of token": lambda office: answer(
        office.last(JANE), WORDS, JANE, to=old_format(str(office.last(JANE)["Reply-To"])), thread=False, quoted=False
    ),
    "a customer's kind of token": lambda office: answer(
        office.last(JANE), WORDS, JANE, to=of_customers(str(office.last(JANE)["Reply-To"])), thread=False, quoted=False
    ),
    "a customer's token in an agent's name": lambda office: answer(
        office.last(ANN), WORDS, JANE, to=str(office.last(ANN)["Reply-To"]), thread=False, quoted=False
    ),
    "a header that claims an identity": lambda office: written(
        EVE, WORDS, X_Triage_Agent="jane", X_Triage_Case="SP-100001", subject="Re: [SP-100001]"
    ),
    "the case's number in the subject": lambda office: written(EVE, WORDS, subject="Re: [SP-100001] charged twice"),
    "an agent's From and the case's number": lambda office: written(JANE, WORDS, subject="Re: [SP-100001]", passed=PASSED),
    "an agent's From without anything": lambda office: written(JANE, WORDS),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
async def test_nothing_forged_is_obeyed_or_relayed(office: Office, forge: Callable[[Office], bytes]) -> None:
    """The case stands as it stood, the customer hears nothing of it, and what the forger hears tells nothing."""
    before = await office.case()
    to_ann = len(office.came(ANN))
    await office.get(forge(office))
    after = await office.case()
    assert (after.status, after.assignee, after.priority) == (before.status, before.assignee, before.priority)
    assert len(office.came(ANN)) == to_ann
    for message in office.came(EVE):
        assert "ORD789456" not in message.as_string()
        assert "twice" not in plain(message)
        assert ANN not in message.as_string()
    assert not [
        delivery for delivery in office.post.sent if "evil.example" in plain_or_nothing(delivery.content) and delivery.recipient == ANN
    ]


def plain_or_nothing(content: bytes) -> str:
    """The octets as text."""
    return content.decode("ascii", "replace")


@pytest.mark.parametrize(
    "forge", [forge for name, forge in FORGERIES.items() if "token" in name and "another case" not in name and "customer" not in name][:6]
)
async def test_what_is_not_obeyed_is_on_record(office: Office, forge: Callable[[Office], bytes]) -> None:
    """One event says what came, what our server said of it, and why it was not obeyed."""
    await office.get(forge(office))
    (mail,) = await office.events("staff_mail")
    assert mail.detail["result"].startswith("not obeyed")
    assert len(mail.detail["sha256"]) == 64
    (untrusted,) = await office.events("untrusted")
    assert untrusted.detail["why"]


async def test_both_are_told_once_an_hour(office: Office) -> None:
    """Whose token it was, and whoever used it, hear of it; not again within the hour, however often it is tried."""
    for _ in range(3):
        await office.get(answer(office.came(JANE)[0], WORDS, EVE), minutes=5)
    refusals = [message for message in office.came(JANE) if "not carried out" in str(message["Subject"])]
    assert len(refusals) == 1
    assert EVE in plain(refusals[0])
    assert len(office.came(EVE)) == 1
    office.clock.forward(hours=1)
    await office.get(answer(office.came(JANE)[0], WORDS, EVE), minutes=0)
    assert len(office.came(EVE)) == 2


async def test_a_machine_is_never_told(office: Office) -> None:
    """A stranger's automatic answer to a forwarded notification starts no conversation."""
    await office.get(answer(office.last(JANE), "I am away.", EVE, Auto_Submitted="auto-replied"))
    assert office.came(EVE) == []


async def test_a_revoked_person_has_no_power_at_once(office: Office) -> None:
    """A token that was good a minute ago is nobody's once its holder is disabled."""
    told = office.last(JANE)
    jane = office.settings.agents["jane"].model_copy(update={"active": False})
    people = next(stage for stage in office.stages if isinstance(stage, Decide))._judge.colleagues.people
    object.__setattr__(people, "agents", {**people.agents, "jane": jane})
    # As after a new reading of the configuration: who may act is worked out anew.
    people.__post_init__()
    await office.get(answer(told, WORDS, JANE))
    assert [message for message in office.came(ANN) if "eve@evil.example" in plain(message)] == []
    assert (await office.case()).status is not CaseStatus.SOLVED
    assert (await office.case()).assignee == "bob"


async def test_an_expired_token_has_no_power(office: Office) -> None:
    """After its last day an answer is not obeyed, and its author is told that."""
    told = office.last(JANE)
    office.clock.forward(days=32)
    await office.get(answer(told, WORDS, JANE))
    assert [message for message in office.came(ANN) if "eve@evil.example" in plain(message)] == []
    assert "its token held until" in plain(office.last(JANE))


async def test_a_stranger_s_copy_gains_nobody_a_part(office: Office) -> None:
    """Whoever stands in Cc of a customer's message sees nothing of the case, then or later."""
    await office.get(answer(office.last(ANN), "Any news?", ANN, Cc=EVE))
    await office.get(answer(office.last(JANE), "Dear Ann, by Friday.", JANE, Cc=EVE))
    assert office.came(EVE) == []
    assert "by Friday" in plain(office.last(ANN))
