"""`triage audit`: mailbox against store on real servers; each problem, each note, and the exit code that goes with it."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from tests.cli.calling import Ended, Shop
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from tests.store.words import ANN, event, new_case, reading, reply
from triage.decision import Outcome
from triage.mailbox.imap import ImapMailbox
from triage.message import Cursor, MessageKey, RawMessage
from triage.ports import Mailbox, Transaction
from triage.records import CensusRecord
from triage.reply import DeliveryStatus, Receipt, ReplyKind
from triage.settings import load

T = TypeVar("T")
NOW = datetime.now(UTC)


def hours(number: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=number)


@dataclass
class Desk:
    """A shop on Dovecot whose store the test fills by hand."""

    shop: Shop
    server: Dovecot
    user: str

    async def on_server(self, work: Callable[[Mailbox], Coroutine[None, None, T]]) -> T:
        """What this work on the mailbox gives."""
        mailbox = ImapMailbox("support", load(self.shop.config).mailbox["support"])
        try:
            return await work(mailbox)
        finally:
            await mailbox.close()

    async def deliver(self, *message_ids: str) -> list[int]:
        """Put messages into the INBOX; their UIDs."""
        contents = [letter("Where?", message_id=f"<{it or 'none@x'}>").replace(b"Message-ID: <none@x>\r\n", b"") for it in message_ids]
        await asyncio.to_thread(self.server.deliver, self.user, *contents)
        return (await self.on_server(lambda box: box.uids("INBOX")))[-len(message_ids) :]

    async def take_in(
        self, *message_ids: str, outcome: Outcome | None = Outcome.AUTOMATIC, validity: int = 0, filed: str = ""
    ) -> list[int]:
        """Deliver messages and record them in the store as decided so, and filed by us where a folder is named."""
        uids = await self.deliver(*message_ids)
        status = await self.on_server(lambda box: box.status("INBOX"))
        moved = await self.on_server(lambda box: box.move("INBOX", uids, f"Triage/{filed}", status.uid_validity)) if filed else {}

        def work(tx: Transaction) -> None:
            for uid, message_id in zip(uids, message_ids, strict=True):
                key = MessageKey(account="support", mailbox="INBOX", uid_validity=validity or status.uid_validity, uid=uid)
                tx.messages.add([RawMessage(key=key, received_at=NOW, content=b"x", size=1)])
                row = max(it.id for it in tx.messages.all("support"))
                if outcome:
                    said = reading(message_id=message_id, fingerprint=f"{row}")
                    tx.messages.settle(row, outcome, None, said, reason="a test", keep_raw=False)
                if filed:
                    tx.filings.order(row, filed, NOW)
                    tx.filings.done(tx.filings.due("support", NOW, 9)[0], 1, moved.get(uid))

        await self.shop.stored(work)
        return uids

    async def by_hand(self, uids: list[int], target: str = "") -> None:
        """A person moves messages from the INBOX, or deletes them."""

        def work() -> None:
            with self.server.client(self.user) as client:
                client.select_folder("INBOX")
                if target:
                    if not client.folder_exists(target):
                        client.create_folder(target)
                    client.move(uids, target)
                else:
                    client.delete_messages(uids)
                    client.expunge()

        await asyncio.to_thread(work)

    async def audit(self) -> Ended:
        """`triage audit --json`, checked for what holds of every one."""
        ended = await self.shop.calls("audit", "--json")
        assert list(ended.json) == ["messages", "acknowledgments", "notes", "problems"]
        assert ended.code == (1 if ended.json["problems"] else 0)
        assert ended.err == ""
        return ended


@pytest.fixture
def desk(big_shop: Shop, dovecot: Dovecot, dovecot_user: str) -> Desk:
    """An empty mailbox and an empty store."""
    return Desk(big_shop, dovecot, dovecot_user)


async def test_nothing_at_all(desk: Desk) -> None:
    """An empty mailbox and an empty store agree."""
    ended = await desk.shop.calls("audit")
    assert (ended.code, ended.err) == (0, "")
    assert ended.lines == ["messages: 0 (none)", "acknowledgments: 0 (none)", "everything is accounted for"]
    assert (await desk.audit()).json == {"messages": {}, "acknowledgments": {}, "notes": [], "problems": []}


async def test_what_lies_where_we_left_it(desk: Desk) -> None:
    """Messages in the INBOX, messages filed by us and history are accounted for without a word."""
    await desk.take_in("a@x.example", "b@x.example")
    await desk.take_in("c@x.example", outcome=Outcome.HISTORY)
    await desk.take_in("d@x.example", outcome=Outcome.OPENED, filed="Orders")
    found = (await desk.audit()).json
    assert found["messages"] == {"automatic": 2, "history": 1, "opened": 1}
    assert (found["notes"], found["problems"]) == ([], [])


async def test_a_message_never_taken_in(desk: Desk) -> None:
    """What lies in the INBOX and not in the store is a problem, each UID by itself."""
    await desk.take_in("a@x.example")
    uids = await desk.deliver("b@x.example", "c@x.example")
    found = (await desk.audit()).json
    assert found["problems"] == [f"support: UID {uid} in INBOX was never taken in" for uid in uids]


async def test_a_message_that_waits(desk: Desk) -> None:
    """What was taken in and not decided is a problem, with the time since and the reason where one is known."""
    await desk.take_in("a@x.example", "b@x.example", outcome=None)
    await desk.shop.stored(lambda tx: tx.messages.strike(2, "took too long"))
    found = (await desk.audit()).json
    since = f"waits to be decided since {NOW:%Y-%m-%d %H:%M}"
    assert found["messages"] == {"waiting": 2}
    assert found["problems"] == [f"support: message 1 {since}", f"support: message 2 {since} (took too long)"]


async def test_a_message_that_a_person_moved(desk: Desk) -> None:
    """It is found in its folder by its Message-ID: worth a note, no problem."""
    uids = await desk.take_in("a@x.example", "b@x.example")
    await desk.by_hand(uids[:1], "Mine")
    found = (await desk.audit()).json
    assert found["notes"] == ["support: message 1 was moved to Mine by a person"]
    assert found["problems"] == []


async def test_copies_that_a_person_moved(desk: Desk) -> None:
    """Two copies of a message share their Message-ID; both are spoken of."""
    uids = await desk.take_in("a@x.example", "a@x.example")
    await desk.by_hand(uids, "Mine")
    assert (await desk.audit()).json["notes"] == [f"support: message {row} was moved to Mine by a person" for row in (1, 2)]


async def test_a_message_that_is_gone(desk: Desk) -> None:
    """Deleted by a person: a note that says where it was, with or without Message-ID."""
    uids = await desk.take_in("a@x.example", "")
    await desk.take_in("b@x.example", outcome=Outcome.OPENED, filed="Orders")
    await desk.by_hand(uids)
    await desk.on_server(lambda box: box.move("Triage/Orders", [1], "Elsewhere", _validity(desk, "Triage/Orders")))
    found = (await desk.audit()).json
    assert found["notes"] == [
        "support: message 3 was moved to Elsewhere by a person",
        "support: message 1 (in INBOX) is gone from the server; its text is in the store",
        "support: message 2 (in INBOX) is gone from the server; its text is in the store",
    ]
    assert found["problems"] == []


def _validity(desk: Desk, folder: str) -> int:
    with desk.server.client(desk.user) as client:
        return int(client.folder_status(folder, ["UIDVALIDITY"])[b"UIDVALIDITY"])


async def test_a_filed_message_that_is_gone(desk: Desk) -> None:
    """The note names the folder it was filed into."""
    await desk.take_in("b@x.example", outcome=Outcome.OPENED, filed="Orders")

    def delete() -> None:
        with desk.server.client(desk.user) as client:
            client.delete_folder("Triage/Orders")

    await asyncio.to_thread(delete)
    assert (await desk.audit()).json["notes"] == ["support: message 1 (filed in Orders) is gone from the server; its text is in the store"]


async def test_history_and_vanished_are_not_looked_for(desk: Desk) -> None:
    """What we never had in hand may go; of what vanished before it could be fetched the audit reminds."""
    uids = await desk.take_in("a@x.example", outcome=Outcome.HISTORY)
    uids += await desk.take_in("b@x.example", outcome=Outcome.VANISHED)
    await desk.by_hand(uids)
    ended = await desk.audit()
    assert ended.json["notes"] == ["support: message 2 (UID 2 in INBOX) vanished: a test"]
    assert ended.json["problems"] == []


async def test_vanished_and_there_again_is_a_problem(desk: Desk) -> None:
    """A message that intake gave up and that lies in the INBOX was not taken in, whatever the evidence."""
    await desk.take_in("b@x.example", outcome=Outcome.VANISHED)
    assert (await desk.audit()).json["problems"] == ["support: message 1 (UID 1 in INBOX) vanished: a test; it is there now"]


async def test_what_intake_noticed_is_told(desk: Desk) -> None:
    """Messages that nobody saw, and what the last census found, with its date; a census that is overdue is noted."""
    at = NOW - hours(30)

    def work(tx: Transaction) -> None:
        tx.messages.set_cursor("support", "INBOX", Cursor(uid_validity=1, start_line=NOW, uid_next=9, unseen=4))
        tx.censuses.record(CensusRecord(account="support", mailbox="INBOX", at=at, listed=5, mismatches=("UID 7 was never taken in",)))

    await desk.shop.stored(work)
    ended = await desk.audit()
    assert ended.json["problems"] == [f"support: census of {at:%Y-%m-%d %H:%M} UTC: UID 7 was never taken in"]
    assert ended.json["notes"] == [
        "support: 4 messages came to INBOX and were gone before we looked",
        f"support: the last census was on {at:%Y-%m-%d %H:%M} UTC: does the daemon run?",
    ]


async def test_other_content_under_a_known_message_id(desk: Desk, big_world: World, sink: Sink) -> None:
    """A second message with the Message-ID of another is taken in, answered and noted; a copy is neither."""
    first = letter("Where is my parcel ORD1234?", sender="Ann <ann@customer.example>", message_id="<same@customer.example>")
    other = letter("Where is my refund for ORD9999?", sender="Bob <bob@customer.example>", message_id="<same@customer.example>")
    await asyncio.to_thread(desk.server.deliver, desk.user, first, other, b"Received: by another.example\r\n" + first)
    await big_world.settle()
    assert sorted(it.recipients[0] for it in sink.accepted if "customer" in it.recipients[0]) == [
        "ann@customer.example",
        "bob@customer.example",
    ]
    ended = await desk.audit()
    assert ended.json["messages"] == {"opened": 2, "duplicate": 1}
    [note] = ended.json["notes"]
    assert "message 2" in note
    assert "its Message-ID is that of message 1, with other content" in note
    shown = await desk.shop.calls("case", "SP-100002")
    assert "message_id_collision" in shown.out


async def test_a_mailbox_that_was_renumbered(desk: Desk) -> None:
    """Under a new UIDVALIDITY the messages lie there under numbers that were never taken in: the audit says so until the next pass."""
    uids = await desk.take_in("a@x.example", validity=5)
    found = (await desk.audit()).json
    assert found["problems"] == [f"support: UID {uids[0]} in INBOX was never taken in"]
    assert found["notes"] == ["support: message 1 was moved to INBOX by a person"]


def acknowledged(
    receipt: Receipt | None = None, *, deadline: timedelta = timedelta(hours=24), at: datetime = NOW, withheld: bool = False
) -> Callable[[Transaction], None]:
    """A case whose acknowledgment fared so."""

    def work(tx: Transaction) -> None:
        case = tx.cases.open(new_case(opened_at=NOW, received_at=NOW))
        number = tx.deliveries.queue(case.id, None, reply("ack", deadline=NOW + deadline), NOW, withheld=withheld)
        if receipt:
            tx.deliveries.begin_data(number, at)
            tx.deliveries.settle(number, receipt, at, at + hours(1))

    return work


def receipt(status: str, code: int = 0, text: str = "") -> Receipt:
    """What came of an attempt."""
    return Receipt(status=DeliveryStatus(status), code=code, text=text)


@pytest.mark.parametrize(
    ("work", "state", "problem"),
    [
        (acknowledged(receipt("sent", 250, "ok")), "in time", ""),
        (acknowledged(receipt("sent", 250, "ok"), at=NOW + hours(25)), "late", f"acknowledged late, at {NOW + hours(25):%Y-%m-%d %H:%M} UTC"),
        (acknowledged(), "waiting", ""),
        (acknowledged(deadline=-hours(1)), "waiting", "its acknowledgment is overdue: not yet attempted"),
        (acknowledged(receipt("deferred", 451, "try later")), "waiting", ""),
        (acknowledged(receipt("deferred", 451, "try later"), deadline=-hours(1)), "waiting", "its acknowledgment is overdue: 451 try later"),
        (acknowledged(receipt("failed", 550, "no such user")), "failed", "its acknowledgment is failed: 550 no such user"),
        (acknowledged(receipt("uncertain", text="silence")), "uncertain", "its acknowledgment is uncertain: silence"),
        (acknowledged(withheld=True), "withheld (shadow)", ""),
        (acknowledged(deadline=-hours(1), withheld=True), "withheld (shadow)", ""),
        (lambda tx: tx.cases.open(new_case()), "missing", "a person wrote and no acknowledgment was ever written"),
        (lambda tx: tx.cases.open(new_case(requester=None)), "not due", ""),
        (
            lambda tx: tx.cases.record(tx.cases.open(new_case()).id, [event("opened"), event("withheld", why="a machine wrote")]),
            "not due",
            "",
        ),
    ],
    ids=["in time", "late", "queued", "overdue", "deferred", "deferred too long", "failed", "uncertain", "shadow", "shadow later", "missing",
         "nobody to answer", "withheld for a reason"],
)  # fmt: skip
async def test_acknowledgments(desk: Desk, work: Callable[[Transaction], None], state: str, problem: str) -> None:
    """Each state of an acknowledgment is counted by its name, and what is wrong with it is a problem of its case."""
    await desk.shop.stored(work)
    found = (await desk.audit()).json
    assert found["acknowledgments"] == {state: 1}
    assert [line.replace(" 4.0.0", "") for line in found["problems"]] == ([f"SP-100001: {problem}"] if problem else [])


def sent(name: str, *, ago: timedelta, seen: bool, status: str = "sent") -> Callable[[Transaction], None]:
    """A case with an escalation that left so long ago, its receipt copy seen or not."""

    def work(tx: Transaction) -> None:
        case = tx.cases.open(new_case(requester=None, opened_at=NOW, received_at=NOW))
        number = tx.deliveries.queue(case.id, None, reply(name, ReplyKind.ESCALATION), NOW - ago)
        tx.deliveries.begin_data(number, NOW - ago, receipted=True)
        tx.deliveries.settle(number, receipt(status, 250, "ok"), NOW - ago, None)
        if seen:
            delivery = next(it for it in tx.deliveries.of_case(case.id) if it.id == number)
            tx.deliveries.receipts_found({delivery.message_id: NOW}, NOW)

    return work


async def test_a_receipt_copy_that_never_came(desk: Desk) -> None:
    """Accepted an hour ago, and of later mail the copies came: a problem of that case; what left a minute ago is waited for."""
    for work in (sent("a", ago=hours(2), seen=True), sent("b", ago=hours(1), seen=False), sent("c", ago=hours(0.5), seen=True)):
        await desk.shop.stored(work)
    # A minute before this test and not before this file was read, which may be long ago.
    await desk.shop.stored(sent("d", ago=NOW - datetime.now(UTC) + timedelta(minutes=1), seen=False))
    found = (await desk.audit()).json
    assert found["problems"] == [
        f"SP-100002: its escalation was accepted, begun at {NOW - hours(1):%Y-%m-%d %H:%M} UTC, and its receipt copy was never seen"
    ]
    assert found["notes"] == []


@pytest.mark.parametrize("before", [True, False], ids=["until then", "never"])
async def test_receipt_copies_that_do_not_come_at_all(desk: Desk, before: bool) -> None:
    """Where none has come since, it is the copies that fail and no case: one note, with the time of the last one."""
    if before:
        await desk.shop.stored(sent("a", ago=hours(3), seen=True))
    await desk.shop.stored(sent("b", ago=hours(2), seen=False))
    await desk.shop.stored(sent("c", ago=hours(1), seen=False))
    found = (await desk.audit()).json
    since = f"since {NOW - hours(3):%Y-%m-%d %H:%M} UTC" if before else "ever"
    assert found["notes"] == [f"2 messages were accepted whose receipt copies were not seen; none was {since}"]
    assert found["problems"] == []


@pytest.mark.parametrize("status", ["failed", "uncertain"])
async def test_what_a_person_gave_up(desk: Desk, status: str) -> None:
    """Whoever gives an acknowledgment up has seen what was known of it: it is counted by itself, and nothing is left to explain."""
    await desk.shop.stored(acknowledged(receipt(status, 550, "no such user")))
    assert (await desk.audit()).code == 1
    await desk.shop.stored(lambda tx: tx.deliveries.drop(1, NOW))
    found = await desk.audit()
    assert (found.code, found.json["problems"], found.json["acknowledgments"]) == (0, [], {"given up by a person": 1})


async def test_other_mail_in_doubt(desk: Desk) -> None:
    """An escalation that is uncertain is a problem as an acknowledgment is."""
    await desk.shop.stored(sent("a", ago=hours(1), seen=False, status="uncertain"))
    assert (await desk.audit()).json["problems"] == ["SP-100001: its escalation is uncertain: 250 ok"]


async def test_escalations_are_no_acknowledgments(desk: Desk) -> None:
    """Mail to a department does not stand in for the answer to the customer."""

    def work(tx: Transaction) -> None:
        case = tx.cases.open(new_case(requester=ANN))
        tx.deliveries.queue(case.id, None, reply("e", ReplyKind.ESCALATION), NOW)

    await desk.shop.stored(work)
    assert (await desk.audit()).json["acknowledgments"] == {"missing": 1}


async def test_two_acknowledgments_of_one_case(desk: Desk) -> None:
    """The store refuses a second one; had it come in another way, the audit would say so."""
    await desk.shop.stored(acknowledged(receipt("sent", 250, "ok")))
    await desk.shop.stored(lambda tx: tx.deliveries.queue(1, None, reply("e", ReplyKind.ESCALATION), NOW))
    with sqlite3.connect(desk.shop.store) as db:
        for (index,) in db.execute(
            "select name from sqlite_master where type = 'index' and tbl_name = 'deliveries' and sql is not null"
        ).fetchall():
            db.execute(f'drop index "{index}"')
        db.execute("update deliveries set kind = 'acknowledgment'")
    db.close()
    assert "SP-100001 has 2 acknowledgments" in (await desk.audit()).json["problems"]


async def test_a_history_that_was_altered(desk: Desk) -> None:
    """Somebody who rewrites an event in the file is found out."""
    await desk.shop.stored(acknowledged(receipt("sent", 250, "ok")))
    await desk.shop.stored(lambda tx: tx.cases.record(1, [event("opened", why="true"), event("note")]))
    assert (await desk.audit()).json["problems"] == []
    with sqlite3.connect(desk.shop.store) as db:
        for (name,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            db.execute(f'drop trigger "{name}"')
        db.execute("update events set actor = 'somebody' where kind = 'opened'")
    db.close()
    assert (await desk.audit()).json["problems"] == ["SP-100001: its history was altered"]


async def test_the_text_names_all_of_it(desk: Desk) -> None:
    """Counts, notes, problems and the total, each on its line; exit 1."""
    uids = await desk.take_in("a@x.example", "b@x.example")
    await desk.by_hand(uids[:1], "Mine")
    await desk.deliver("c@x.example")
    await desk.shop.stored(acknowledged(receipt("failed", 550, "no such\x1b[31m user\r\nnote: all is well")))
    ended = await desk.shop.calls("audit")
    assert (ended.code, ended.err) == (1, "")
    assert ended.lines[:2] == ["messages: 2 (2 automatic)", "acknowledgments: 1 (1 failed)"]
    assert ended.lines[2] == "note: support: message 1 was moved to Mine by a person"
    assert ended.lines[3] == f"PROBLEM: support: UID {uids[1] + 1} in INBOX was never taken in"
    assert ended.lines[4].startswith("PROBLEM: SP-100001: its acknowledgment is failed: 550 no such")
    assert ended.lines[5:] == ["2 unexplained"]
    assert "\x1b" not in ended.out


async def test_a_server_that_is_away(shop: Shop) -> None:
    """Without the mailbox nothing can be proven: one line that names it, exit 1."""
    ended = await shop.calls("audit", "--json")
    assert (ended.code, ended.out) == (1, "")
    assert f"127.0.0.1 port {shop.values['imap_port']}" in ended.err
    assert len(ended.err.splitlines()) == 1


async def test_a_wrong_password(desk: Desk) -> None:
    """The server refuses: said without the password, exit 1."""
    (desk.shop.root / "password").write_text("the wrong one")
    ended = await desk.shop.calls("audit")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("triage: ")
    assert "the wrong one" not in ended.err


@pytest.mark.parametrize("mode", ["live", "shadow"])
async def test_after_a_real_pass(big_world: World, big_shop: Shop, sink: Sink, mode: str) -> None:
    """After the daemon has worked through the mailbox everything is accounted for, also in shadow mode."""
    for number, subject in enumerate(("charged twice", "where is it")):
        await big_world.deliver(
            letter(f"You charged me twice for ORD123{number}, where is my order?", subject=subject, sender=f"c{number}@customer.example")
        )
    await big_world.deliver(letter("I am away", headers={"Auto-Submitted": "auto-replied"}))
    await big_world.settle(mode=mode)
    found = await big_shop.calls("audit", "--json")
    assert found.code == 0, found.out
    assert found.json["messages"] == {"opened": 2, "automatic": 1}
    assert found.json["acknowledgments"] == {"in time" if mode == "live" else "withheld (shadow)": 2}
    assert found.json["notes"] == []
