"""What every Mailbox does, on every server we can start, and through a network that hands over three octets at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.conftest import PASSWORD, need_dovecot
from tests.mailbox.accounts import Account, connected, gathered, message
from tests.servers import chaos
from tests.servers import dovecot as dovecot_server
from triage.errors import AuthenticationFailedError, ConnectionLostError, MailboxMissingError
from triage.mailbox.imap import ImapMailbox

#: What a server announces that can do no more than RFC 3501 asks for.
_BARE = tuple((f" {name}".encode(), b"") for name in ("MOVE", "UIDPLUS", "IDLE", "NAMESPACE", "LITERAL+", "AUTH=PLAIN"))
_NO_MOVE = ((b" MOVE", b""),)
_ON_DOVECOT = pytest.mark.dovecot
_SERVERS = [
    "embedded",
    *(pytest.param(name, marks=_ON_DOVECOT) for name in ("dovecot", "split", "bare", "without MOVE", "under a prefix", "STARTTLS", "TLS")),
]


@pytest.fixture(scope="session")
def prefixed() -> dovecot_server.Dovecot:
    """A Dovecot whose folders lie under INBOX and are separated by dots, as Courier's and Cyrus's are."""
    need_dovecot()
    users = {f"user{number}@shop.example": PASSWORD for number in range(400)}
    with dovecot_server.running(users, separator=".", prefix="INBOX.") as server:
        yield server


@pytest.fixture(params=_SERVERS)
async def account(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Account]:
    """A fresh account on each kind of server in turn."""
    async with AsyncExitStack() as stack:
        yield await _account(request, stack, tmp_path)


async def _account(request: pytest.FixtureRequest, stack: AsyncExitStack, tmp_path: Path) -> Account:
    kind = request.param
    if kind == "embedded":
        from triage.demo import servers

        embedded = await stack.enter_async_context(servers.running({"support@shop.example": PASSWORD}))
        return await stack.enter_async_context(
            connected(tmp_path, server_port=embedded.imap_port, user="support@shop.example", password=PASSWORD)
        )
    server = request.getfixturevalue("prefixed" if kind == "under a prefix" else "dovecot")
    values = {"server_port": server.imap_port, "user": request.getfixturevalue("dovecot_user"), "password": PASSWORD}
    if kind in ("split", "bare", "without MOVE"):
        proxy = await stack.enter_async_context(chaos.in_front_of(server.imap_port))
        proxy.split = kind == "split"
        proxy.rewrites = {"bare": _BARE, "without MOVE": _NO_MOVE}.get(kind, ())
        values["port"] = proxy.port
    if kind in ("STARTTLS", "TLS"):
        values |= {"security": kind.lower(), "ca_file": server.ca_file}
        values["port"] = server.imaps_port if kind == "TLS" else server.imap_port
    return await stack.enter_async_context(connected(tmp_path, **values))


async def test_status_tells_of_the_folder(account: Account) -> None:
    """UIDVALIDITY, UIDNEXT, the number of messages and that keywords are kept."""
    before = await account.mailbox.status("INBOX")
    await account.put(message(1), message(2))
    after = await account.mailbox.status("INBOX")
    assert (before.exists, after.exists) == (0, 2)
    assert after.uid_validity == before.uid_validity > 0
    assert after.uid_next == before.uid_next + 2
    assert "\\*" in after.keywords


async def test_a_look_is_state_and_uids_together(account: Account) -> None:
    """One call tells what `status` and `uids` tell, and sees what has changed since the last one."""
    for number in range(2):
        state, uids = await account.mailbox.look("INBOX")
        assert (state, uids) == (await account.mailbox.status("INBOX"), await account.mailbox.uids("INBOX"))
        assert len(uids) == state.exists == number
        await account.put(message(number))


async def test_uids_are_those_in_the_folder_now(account: Account) -> None:
    """Every UID, ascending; new ones appear and expunged ones go, on a connection that stays."""
    assert await account.mailbox.uids("INBOX") == []
    await account.put(message(1), message(2), message(3))
    first = await account.mailbox.uids("INBOX")
    await account.beside(lambda client: (client.delete_messages([first[1]]), client.expunge()), "INBOX")
    await account.put(message(4))
    second = await account.mailbox.uids("INBOX")
    assert sorted(first) == first
    assert second[:2] == [first[0], first[2]]
    assert len(second) == 3


async def test_arrivals_are_in_utc(account: Account) -> None:
    """INTERNALDATE is turned to UTC from any zone; UIDs that are gone are left out."""
    there = datetime(2026, 3, 1, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    await account.put(message(1), at=there)
    [uid] = await account.mailbox.uids("INBOX")
    arrivals = await account.mailbox.arrivals("INBOX", [uid, uid + 1000])
    assert arrivals == {uid: datetime(2026, 3, 2, 4, 30, tzinfo=UTC)}
    assert arrivals[uid].tzinfo is UTC
    assert await account.mailbox.arrivals("INBOX", []) == {}


async def test_fetch_brings_the_bytes_and_leaves_no_trace(account: Account) -> None:
    """The message as it was stored, with its key, and nobody sees that it was read; what is gone is left out."""
    content = message(1, "a line with umlauts: ").replace(b"umlauts", "Grüße".encode()) + b"\x00" * 0 + b"\r\n"
    await account.put(content, at=datetime(2026, 6, 1, 10, 0, tzinfo=UTC))
    state = await account.mailbox.status("INBOX")
    [uid] = await account.mailbox.uids("INBOX")
    [raw] = await gathered(account.mailbox.fetch("INBOX", [uid, uid + 1000], state.uid_validity))
    assert (raw.content, raw.size, raw.received_at) == (content, len(content), datetime(2026, 6, 1, 10, 0, tzinfo=UTC))
    assert (raw.key.account, raw.key.mailbox, raw.key.uid_validity, raw.key.uid) == ("support", "INBOX", state.uid_validity, uid)
    assert await account.flags("INBOX") == [set()]
    assert await gathered(account.mailbox.fetch("INBOX", [], state.uid_validity)) == []


async def test_renumbered_messages_are_refused(account: Account) -> None:
    """With another UIDVALIDITY than the one asked for, nothing is fetched or moved: the UIDs mean other messages."""
    await account.put(message(1))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    with pytest.raises(ConnectionLostError, match="UIDVALIDITY"):
        await gathered(account.mailbox.fetch("INBOX", uids, state.uid_validity + 1))
    with pytest.raises(ConnectionLostError, match="UIDVALIDITY"):
        await account.mailbox.move("INBOX", uids, "Elsewhere", state.uid_validity + 1)
    assert await account.mailbox.uids("INBOX") == uids
    assert len(await gathered(account.mailbox.fetch("INBOX", uids, state.uid_validity))) == 1


async def test_a_large_message_comes_in_part(account: Account) -> None:
    """Beyond the limit the first octets come, with the true size beside them; small ones in the same call come whole."""
    large = message(1, "x" * 70 + "\r\n") + b"0123456789 and so on\r\n" * 100
    await account.put(large, message(2), large)
    small = ImapMailbox("support", account.settings, max_octets=1_000)
    state = await small.status("INBOX")
    fetched = await gathered(small.fetch("INBOX", await small.uids("INBOX"), state.uid_validity))
    await small.close()
    assert [(raw.content, raw.size) for raw in fetched] == [
        (large[:1_000], len(large)),
        (message(2), len(message(2))),
        (large[:1_000], len(large)),
    ]


async def test_move_makes_the_folder_and_tells_where_messages_went(account: Account) -> None:
    """The target is made with its parents, subscribed, and holds the messages; the new UIDs are told."""
    await account.put(message(1), message(2), message(3))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    moved = await account.mailbox.move("INBOX", uids[:2], "Triage/Ordres & Rückfragen/deep", state.uid_validity)
    target = "Triage/Ordres & Rückfragen/deep"
    assert target in await account.mailbox.folders()
    there = await account.mailbox.status(target)
    raws = await gathered(account.mailbox.fetch(target, await account.mailbox.uids(target), there.uid_validity))
    assert [raw.content for raw in raws] == [message(1), message(2)]
    assert moved == dict(zip(uids[:2], [raw.key.uid for raw in raws], strict=True))
    subscribed = await account.beside(lambda client: [name for _, _, name in client.list_sub_folders()])
    assert any(name.endswith("deep") for name in subscribed)


async def test_move_leaves_what_people_marked(account: Account) -> None:
    """A message that somebody marked as deleted is not expunged with ours."""
    await account.put(message(1))
    await account.put(message(2), flags=("\\Deleted",))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    await account.mailbox.move("INBOX", uids[:1], "Done", state.uid_validity)
    assert message(2) in await account.contents("INBOX")
    done = await account.mailbox.status("Done")
    assert [
        raw.content for raw in await gathered(account.mailbox.fetch("Done", await account.mailbox.uids("Done"), done.uid_validity))
    ] == [message(1)]


async def test_move_passes_over_what_is_gone(account: Account) -> None:
    """UIDs that a person moved or deleted meanwhile are no error."""
    await account.put(message(1))
    state = await account.mailbox.status("INBOX")
    assert await account.mailbox.move("INBOX", [state.uid_next + 50], "Done", state.uid_validity) == {}
    assert len(await account.mailbox.uids("INBOX")) == 1


async def test_a_folder_deleted_by_a_person_is_made_again(account: Account) -> None:
    """Moving and appending go on although somebody deletes the folder between two uses."""
    await account.put(message(1), message(2))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")

    async def delete() -> None:
        names = await account.beside(lambda client: [name for _, _, name in client.list_folders()])
        await account.beside(lambda client: client.delete_folder(next(name for name in names if name.endswith("Done"))))

    await account.mailbox.move("INBOX", uids[:1], "Done", state.uid_validity)
    await delete()
    await account.mailbox.move("INBOX", uids[1:], "Done", state.uid_validity)
    assert len(await account.mailbox.uids("Done")) == 1
    await account.mailbox.status("INBOX")
    await delete()
    await account.mailbox.append("Done", message(3))
    assert len(await account.mailbox.uids("Done")) == 1


async def test_append_keeps_flags_and_date(account: Account) -> None:
    """A draft arrives with its flags and date in a folder that was not there before."""
    at = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
    await account.mailbox.append("Suggestions", message(1), ("\\Draft", "\\Seen"), at)
    [uid] = await account.mailbox.uids("Suggestions")
    assert await account.mailbox.arrivals("Suggestions", [uid]) == {uid: at}
    state = await account.mailbox.status("Suggestions")
    [raw] = await gathered(account.mailbox.fetch("Suggestions", [uid], state.uid_validity))
    assert raw.content == message(1)


async def test_keywords_are_set(account: Account) -> None:
    """A keyword is seen by other clients, on the messages named and no other."""
    await account.put(message(1), message(2))
    uids = await account.mailbox.uids("INBOX")
    await account.mailbox.set_keywords("INBOX", uids[1:], ["$Triaged"])
    assert await account.flags("INBOX") == [set(), {"$Triaged"}]


async def test_keywords_take_the_place_of_others(account: Account) -> None:
    """What is set stays alone of those it stands instead of; other people's keywords are left as they are."""
    await account.put(message(1))
    [uid] = await account.mailbox.uids("INBOX")
    await account.mailbox.set_keywords("INBOX", [uid], ["triage-order", "triage-open", "theirs"])
    ours = {"triage-order", "triage-open", "triage-done"}
    for _ in range(2):
        await account.mailbox.set_keywords("INBOX", [uid], ["triage-order", "triage-done"], ours)
        assert await account.flags("INBOX") == [{"triage-order", "triage-done", "theirs"}]


async def test_find_looks_up_message_ids(account: Account) -> None:
    """The newest message of an id is found, whoever folded the field; absent ids are left out."""
    folded = b"Subject: x\r\nMessage-Id:\r\n <folded@customer.example>\r\n\r\nx\r\n"
    await account.put(message(1), message(2), message(1), folded, b"Subject: none\r\n\r\nx\r\n")
    uids = await account.mailbox.uids("INBOX")
    wanted = ["1@customer.example", "folded@customer.example", "absent@customer.example"]
    assert await account.mailbox.find("INBOX", wanted) == {"1@customer.example": uids[2], "folded@customer.example": uids[3]}
    assert await account.mailbox.find("INBOX", []) == {}


async def test_what_a_sender_wrote_is_no_command(account: Account) -> None:
    """A Message-ID with line breaks in it finds nothing and does nothing."""
    await account.put(message(1))
    evil = ['x" ALL\r\nA1 STORE 1:* +FLAGS (\\Deleted)\r\nA2 EXPUNGE', "a@b\x00", "]{3}", "\\", ""]
    assert await account.mailbox.find("INBOX", evil) == {}
    assert await account.flags("INBOX") == [set()]


async def test_wait_notices_new_mail(account: Account) -> None:
    """At first true, as something may have come before; then true when mail comes and false when none does."""
    quick = timedelta(milliseconds=300)
    assert await account.mailbox.wait("INBOX", quick)
    assert not await account.mailbox.wait("INBOX", quick)
    waiting = asyncio.create_task(account.mailbox.wait("INBOX", timedelta(seconds=3)))
    await asyncio.sleep(0.2)
    await account.put(message(1))
    assert await asyncio.wait_for(waiting, 25)


async def test_wait_is_not_disturbed_by_flags(account: Account) -> None:
    """People who read and mark mail do not wake us."""
    await account.put(message(1))
    await account.mailbox.wait("INBOX", timedelta(seconds=1))
    # What came before may still be announced once.
    while await account.mailbox.wait("INBOX", timedelta(milliseconds=600)):
        pass
    waiting = asyncio.create_task(account.mailbox.wait("INBOX", timedelta(seconds=1)))
    await asyncio.sleep(0.2)
    await account.beside(lambda client: client.add_flags(client.search("ALL"), ["\\Seen"]), "INBOX")
    assert not await waiting


async def test_waiting_can_be_broken_off(account: Account) -> None:
    """A wait that is cancelled ends at once, and both work and waiting go on afterwards."""
    await account.mailbox.wait("INBOX", timedelta(seconds=1))
    waiting = asyncio.create_task(account.mailbox.wait("INBOX", timedelta(minutes=20)))
    await asyncio.sleep(0.2)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, 20)
    assert await account.mailbox.uids("INBOX") == []
    await account.mailbox.wait("INBOX", timedelta(milliseconds=100))


async def test_calls_at_the_same_time_do_not_mix(account: Account) -> None:
    """Work asked for at the same time is done in turn, each with its own answer."""
    await account.put(message(1), message(2))
    await account.mailbox.append("Other", message(3))
    answers = await asyncio.gather(*(account.mailbox.uids(folder) for folder in ("INBOX", "Other") * 5))
    assert [len(uids) for uids in answers] == [2, 1] * 5


async def test_a_missing_folder_is_named(account: Account) -> None:
    """A folder that is not there is an error of its own, and the mailbox goes on."""
    with pytest.raises(MailboxMissingError, match="Nowhere"):
        await account.mailbox.status("Nowhere")
    assert (await account.mailbox.status("INBOX")).exists == 0
    with pytest.raises(MailboxMissingError):
        await account.mailbox.wait("Nowhere", timedelta(seconds=1))


async def test_a_wrong_password_is_named_and_not_repeated(account: Account, tmp_path: Path) -> None:
    """The refusal is an error of its own kind, and neither it nor what it was raised from shows the password."""
    await account.mailbox.close()
    (tmp_path / "password").write_text("hunter2-wrong", encoding="utf-8")
    with pytest.raises(AuthenticationFailedError) as caught:
        await account.mailbox.status("INBOX")
    assert "hunter2" not in repr(caught.value) + repr(caught.value.__cause__)
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    assert (await account.mailbox.status("INBOX")).exists == 0


async def test_close_twice_and_use_again(account: Account) -> None:
    """Closing is safe at any time, and the next use connects again."""
    await account.mailbox.close()
    await account.mailbox.status("INBOX")
    await account.mailbox.wait("INBOX", timedelta(milliseconds=50))
    await account.mailbox.close()
    await account.mailbox.close()
    assert await account.mailbox.uids("INBOX") == []


async def test_what_people_marked_as_deleted_is_told_apart(account: Account) -> None:
    """Those not marked are listed by themselves, and every message says its Message-ID, or that it has none."""
    await account.put(message(1), message(2), b"Subject: no id\r\n\r\ntext\r\n")
    uids = await account.mailbox.uids("INBOX")
    await account.beside(lambda client: client.add_flags([uids[0]], [b"\\Deleted"]), "INBOX")
    assert await account.mailbox.kept_uids("INBOX") == uids[1:]
    state = await account.mailbox.status("INBOX")
    ids = await account.mailbox.message_ids("INBOX", [*uids, uids[-1] + 7], state.uid_validity)
    assert ids == {uids[0]: "1@customer.example", uids[1]: "2@customer.example", uids[2]: ""}
    with pytest.raises(ConnectionLostError):
        await account.mailbox.message_ids("INBOX", uids, state.uid_validity + 1)


async def test_folders_by_their_use(account: Account) -> None:
    """The folder that the server marks for a use, by our name for it; "" where it marks none, as servers do that know no such marks."""
    assert await account.mailbox.special("\\Junk") == ""
    found = await account.mailbox.special("\\Drafts")
    assert found in ("Drafts", "")
    assert found in ("", *await account.mailbox.folders())
