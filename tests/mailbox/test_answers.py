"""What a server may answer, honest or not: nothing is lost, invented or believed without need."""

from datetime import UTC, datetime

import pytest

from tests.mailbox.accounts import Proxied, fetch_all, gathered, message
from tests.servers import dovecot as dovecot_server
from triage.errors import ConnectionLostError, MailboxMissingError
from triage.mailbox import fetching
from triage.message import NO_ARRIVAL


async def test_expunged_between_search_and_fetch(proxied: Proxied) -> None:
    """A message that somebody expunges after we saw it is left out, never an empty message."""
    account, _ = proxied
    await account.put(message(1), message(2))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    await account.beside(lambda client: (client.delete_messages(uids[:1]), client.expunge()), "INBOX")
    assert [raw.content for raw in await gathered(account.mailbox.fetch("INBOX", uids, state.uid_validity))] == [message(2)]


async def test_a_body_that_is_nil_or_empty(proxied: Proxied) -> None:
    """NIL and a literal of no octets are no data."""
    account, proxy = proxied
    await account.put(message(1), b"X: y\r\n\r\n")
    await account.mailbox.uids("INBOX")
    size = str(len(message(1))).encode()
    proxy.rewrites = ((b"BODY[] {" + size + b"}\r\n" + message(1), b"BODY[] NIL"), (b"BODY[] {8}\r\nX: y\r\n\r\n", b"BODY[] {0}\r\n"))
    assert await fetch_all(account) == []
    proxy.calm()
    assert len(await fetch_all(account)) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"BODY[] {", b"BODY[] {99999999999"),
        (b"BODY[] {", b'BODY[] "unfinished {'),
        (b"* SEARCH", b"* SEARCH x"),
        (b"[UIDVALIDITY", b"[UIDVALID"),
        (b"* 1 FETCH (", b"* 1 FETCH (("),
        (b"* SEARCH", b"\x00\xff\r\n* SEARCH"),
        (b"OK Fetch completed", b"NO [UNAVAILABLE] sorry"),
        (b"OK Fetch completed", b"BAD what"),
        (b"OK Search completed", b"BAD what"),
    ],
)
async def test_answers_that_make_no_sense(proxied: Proxied, old: bytes, new: bytes) -> None:
    """Lies and garbage are a lost connection, without filling the memory or hanging, and an honest answer is believed afterwards."""
    account, proxy = proxied
    await account.put(message(1))
    proxy.rewrites = ((old, new),)
    with pytest.raises(ConnectionLostError):
        await fetch_all(account)
    proxy.calm()
    assert await fetch_all(account) == [message(1)]


async def test_one_damaged_message_keeps_no_other_back(proxied: Proxied) -> None:
    """Where a server refuses a whole set for the sake of one message, the others are fetched all the same."""
    account, proxy = proxied
    await account.put(*(message(number) for number in range(7)))
    await account.mailbox.uids("INBOX")
    proxy.rewrites, proxy.rewrite_beside = ((b"OK Fetch completed", b"NO [SERVERBUG] cannot convert"),), b"Subject: number 4"
    assert await fetch_all(account) == [message(number) for number in range(7) if number != 4]
    # It may also be all that is left to fetch.
    await account.beside(lambda client: (client.delete_messages([1, 2, 3, 4, 6, 7]), client.expunge()), "INBOX")
    assert await fetch_all(account) == []


async def test_a_server_that_hands_nothing_over(proxied: Proxied) -> None:
    """When every message is refused the server is at fault, not the messages: none of them is taken for gone."""
    account, proxy = proxied
    await account.put(message(1), message(2))
    proxy.rewrites = ((b"OK Fetch completed", b"NO cannot do that"),)
    with pytest.raises(ConnectionLostError, match="refused"):
        await fetch_all(account)


async def test_a_date_at_the_end_of_the_calendar(proxied: Proxied) -> None:
    """A date that cannot be turned to UTC is no arrival, and keeps neither its message nor another back."""
    account, proxy = proxied
    await account.put(message(1), at=datetime(2026, 6, 1, 10, 0, tzinfo=UTC))
    await account.put(message(2))
    proxy.rewrites = ((b"01-Jun-2026 10:00:00 +0000", b"31-Dec-9999 23:00:00 -1400"),)
    assert await fetch_all(account) == [message(1), message(2)]
    arrivals = await account.mailbox.arrivals("INBOX", [1, 2])
    assert [at == NO_ARRIVAL for at in arrivals.values()] == [True, False]


@pytest.mark.parametrize("new", [b"X-NOTHING", b'INTERNALDATE "no date" X'])
async def test_a_date_that_is_missing(proxied: Proxied, new: bytes) -> None:
    """A message without a usable INTERNALDATE is there all the same, and has no arrival."""
    account, proxy = proxied
    await account.put(message(1))
    await account.mailbox.uids("INBOX")
    proxy.rewrites = ((b"INTERNALDATE", new),)
    assert await account.mailbox.arrivals("INBOX", await account.mailbox.uids("INBOX")) == {1: NO_ARRIVAL}
    assert await fetch_all(account) == [message(1)]


async def test_uids_left_out_of_an_answer(proxied: Proxied) -> None:
    """A message that the server leaves out is left out here, to be asked for again, and no other is taken for it."""
    account, proxy = proxied
    await account.put(*(message(number) for number in range(5)))
    uids = await account.mailbox.uids("INBOX")
    state = await account.mailbox.status("INBOX")
    proxy.rewrites = ((b"(UID %d " % uids[2], b"(UID 777777 "),)
    fetched = await gathered(account.mailbox.fetch("INBOX", uids, state.uid_validity))
    assert [raw.content for raw in fetched] == [message(number) for number in (0, 1, 3, 4)]


async def test_uidvalidity_changes(dovecot: dovecot_server.Dovecot, proxied: Proxied) -> None:
    """After a renumbering the old UIDs are refused for reading and for moving, and the new state is told."""
    account, _ = proxied
    await account.put(message(1))
    before = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    dovecot.admin("mailbox", "update", "-u", account.user, "--uid-validity", str(before.uid_validity + 7), "INBOX")
    for _ in range(2):
        with pytest.raises(ConnectionLostError):
            await gathered(account.mailbox.fetch("INBOX", uids, before.uid_validity))
    with pytest.raises(ConnectionLostError, match="UIDVALIDITY"):
        await account.mailbox.move("INBOX", uids, "Done", before.uid_validity)
    assert (await account.mailbox.status("INBOX")).uid_validity == before.uid_validity + 7
    assert await fetch_all(account) == [message(1)]


async def test_what_a_folder_may_not_be(proxied: Proxied) -> None:
    """A folder that cannot be made is named in the error; line breaks in a name never become commands."""
    account, proxy = proxied
    await account.put(message(1))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    with pytest.raises(MailboxMissingError, match="xxx"):
        await account.mailbox.move("INBOX", uids, "x" * 300, state.uid_validity)
    with pytest.raises(MailboxMissingError, match="Control characters"):
        await account.mailbox.move("INBOX", uids, 'x"\r\nA1 DELETE Drafts\r\n', state.uid_validity)
    assert b"\r\nA1 " not in proxy.said
    assert "Drafts" in await account.mailbox.folders()


async def test_a_folder_made_by_somebody_else_meanwhile(proxied: Proxied) -> None:
    """When a person makes the folder between our look and our making it, that is as good."""
    account, proxy = proxied
    await account.put(message(1))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    await account.beside(lambda client: client.create_folder("Done"))
    proxy.rewrites = ((b'"/" Done\r\n', b'"/" Gone\r\n'),)
    await account.mailbox.move("INBOX", uids, "Done", state.uid_validity)
    assert await account.contents("Done") == [message(1)]


async def test_a_full_mailbox_is_a_matter_of_time(proxied: Proxied) -> None:
    """A server that is over its quota refuses for now; the messages stay where they are."""
    account, proxy = proxied
    await account.put(message(1))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    proxy.rewrites = ((b"OK Append completed", b"NO [OVERQUOTA] full"), (b"OK [APPENDUID", b"NO [OVERQUOTA"))
    with pytest.raises(ConnectionLostError, match="OVERQUOTA"):
        await account.mailbox.append("INBOX", message(2))
    proxy.rewrites = ((b"OK Create completed", b"NO [OVERQUOTA] full"),)
    with pytest.raises(ConnectionLostError, match="OVERQUOTA"):
        await account.mailbox.move("INBOX", uids, "Done", state.uid_validity)
    proxy.rewrites = ((b"* OK [COPYUID", b"* NO [OVERQUOTA] full "), (b"OK Move completed", b"NO [OVERQUOTA] full"))
    with pytest.raises(ConnectionLostError):
        await account.mailbox.move("INBOX", uids, "Drafts", state.uid_validity)


async def test_a_keyword_that_is_not_kept(proxied: Proxied) -> None:
    """Where the server keeps no keywords of ours, none is set, and that is no error."""
    account, proxy = proxied
    await account.put(message(1))
    proxy.rewrites = ((b" \\*)]", b")]"),)
    await account.mailbox.set_keywords("INBOX", [1], ["$Triaged"])
    assert await account.flags("INBOX") == [set()]


async def test_a_folder_that_is_read_only(proxied: Proxied) -> None:
    """It is looked into all the same; nothing is marked there, which is no error, and it says of itself that nothing can be changed."""
    account, proxy = proxied
    await account.put(message(1))
    assert (await account.mailbox.status("INBOX")).read_only is False
    proxy.rewrites = ((b"[READ-WRITE]", b"[READ-ONLY]"),)
    await account.mailbox.renew()
    status = await account.mailbox.status("INBOX")
    assert (status.read_only, status.keeps("$Triaged")) == (True, False)
    assert await fetch_all(account) == [message(1)]
    await account.mailbox.set_keywords("INBOX", [1], ["$Triaged"])
    assert await account.flags("INBOX") == [set()]


async def test_no_personal_namespace(proxied: Proxied) -> None:
    """A server that names no personal namespace is asked for its separator."""
    account, proxy = proxied
    proxy.rewrites = ((b'* NAMESPACE (("" "/")) NIL NIL', b"* NAMESPACE NIL NIL NIL"),)
    await account.mailbox.append("Triage/Orders", message(1))
    assert await account.contents("Triage/Orders") == [message(1)]


async def test_large_folders_are_listed_in_parts(proxied: Proxied, monkeypatch: pytest.MonkeyPatch) -> None:
    """More messages than one answer may hold are listed in several, each message once."""
    account, proxy = proxied
    await account.put(*(message(number) for number in range(7)))
    monkeypatch.setattr(fetching, "_SEARCH_AT_ONCE", 3)
    assert await account.mailbox.uids("INBOX") == [1, 2, 3, 4, 5, 6, 7]
    assert proxy.said.count(b"UID SEARCH") == 3


async def test_many_messages_come_in_few_round_trips(proxied: Proxied) -> None:
    """Hundreds of messages are fetched and moved in a handful of commands."""
    account, proxy = proxied
    await account.put(*(message(number) for number in range(300)))
    state = await account.mailbox.status("INBOX")
    uids = await account.mailbox.uids("INBOX")
    proxy.said.clear()
    assert len(await gathered(account.mailbox.fetch("INBOX", uids, state.uid_validity))) == 300
    moved = await account.mailbox.move("INBOX", uids, "Done", state.uid_validity)
    assert sorted(moved) == uids
    assert proxy.said.count(b"\r\n") <= 8
