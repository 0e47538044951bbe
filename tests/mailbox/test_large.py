"""Large messages come part by part, over broken lines, within bounds of memory; and what makes bytes doubtful."""

import tracemalloc
from pathlib import Path

import pytest

from tests.conftest import PASSWORD
from tests.mailbox.accounts import Account, Proxied, connected, gathered, message
from tests.servers import dovecot as dovecot_server
from triage.errors import ConnectionLostError
from triage.mailbox.bodies import PART, doubt
from triage.message import RawMessage


def large(octets: int, mark: bytes = b"") -> bytes:
    """A message of so many octets, with a mark three quarters through."""
    head = message(1)
    lines = b"0123456789abcdefghijklmnopqrstuvwxyz\r\n" * ((octets - len(head)) // 38)
    where = len(lines) // 38 * 3 // 4 * 38
    return head + lines[:where] + mark + lines[where:]


async def all_of(account: Account) -> list[RawMessage]:
    """Everything in the INBOX."""
    state = await account.mailbox.status("INBOX")
    return await gathered(account.mailbox.fetch("INBOX", await account.mailbox.uids("INBOX"), state.uid_validity))


async def test_it_comes_in_parts_and_is_whole(proxied: Proxied) -> None:
    """A message of several megabytes is fetched in parts of 256 KB, byte for byte, between small ones that come as ever."""
    account, proxy = proxied
    content = large(3_000_000)
    await account.put(message(2), content, message(3))
    fetched = await all_of(account)
    assert [raw.content for raw in fetched] == [message(2), content, message(3)]
    assert [raw.doubt for raw in fetched] == ["", "", ""]
    assert proxy.said.count(b"BODY.PEEK[]<") == -(-len(content) // PART)


async def test_it_goes_on_where_the_line_broke(proxied: Proxied) -> None:
    """A connection that breaks once costs one part: what had come is not fetched again."""
    account, proxy = proxied
    content = large(2_000_000, b"MARK")
    await account.put(content)
    await account.mailbox.uids("INBOX")
    proxy.cut_before_reply, proxy.cuts = b"MARK", 1
    [raw] = await all_of(account)
    assert raw.content == content
    assert proxy.hits == 1
    assert proxy.said.count(b"BODY.PEEK[]<0.") == 1


async def test_it_goes_on_at_the_next_poll(proxied: Proxied) -> None:
    """A line that breaks again and again is reported, and the next attempt goes on with what had come by then."""
    account, proxy = proxied
    content = large(2_000_000, b"MARK")
    await account.put(content)
    await account.mailbox.uids("INBOX")
    proxy.cut_before_reply = b"MARK"
    with pytest.raises(ConnectionLostError):
        await all_of(account)
    assert proxy.hits == 3
    proxy.calm()
    [raw] = await all_of(account)
    assert raw.content == content
    assert proxy.said.count(b"BODY.PEEK[]<0.") == 1


async def test_a_server_without_parts(proxied: Proxied) -> None:
    """Where the server hands over no part the message is fetched whole."""
    account, proxy = proxied
    content = large(1_200_000)
    await account.put(content)
    await account.mailbox.uids("INBOX")
    proxy.rewrites = ((b"BODY[]<0>", b"X-NOTHING"),)
    [raw] = await all_of(account)
    assert raw.content == content


async def test_fifty_megabytes_over_the_limit(dovecot: dovecot_server.Dovecot, dovecot_user: str, tmp_path: Path) -> None:
    """Of a message over the limit 256 KB are fetched and held, and its true size is told."""
    values = {"server_port": dovecot.imap_port, "user": dovecot_user, "password": PASSWORD}
    async with connected(tmp_path, **values) as account:
        content = large(50 << 20)
        await account.put(content)
        await account.mailbox.uids("INBOX")
        tracemalloc.start()
        [raw] = await all_of(account)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (raw.content, raw.size, raw.doubt) == (content[:PART], len(content), "")
        assert peak < 4 << 20


async def test_within_the_limit_memory_is_bounded(dovecot: dovecot_server.Dovecot, dovecot_user: str, tmp_path: Path) -> None:
    """A large message within the limit costs little more than twice its size while it is fetched."""
    values = {"server_port": dovecot.imap_port, "user": dovecot_user, "password": PASSWORD}
    async with connected(tmp_path, **values) as account:
        content = large(20 << 20)
        await account.put(content)
        tracemalloc.start()
        [raw] = await all_of(account)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert raw.content == content
        assert peak < 2.3 * len(content)


@pytest.mark.parametrize(
    ("content", "announced", "doubtful"),
    [
        (b"Subject: x\r\n\r\ny\r\n", 17, ""),
        (b"Subject: x\r\n\r\ny\r\n", 10, ""),
        (b"Subject: x\r\n\r\ny\r\n", 0, ""),
        (b"Subject: x\n\ny\n", 17, ""),
        (b"Subject: x\n\ny\n", 18, "14 of 18 octets came"),
        (b"Subject: x\r\n\r\n", 17, "14 of 17 octets came"),
        (b"From ann Mon Jun  1\r\nSubject : x\r\n\r\ny\r\n", 9, ""),
        (b">From ann Mon Jun  1\nSubject: x\n\ny\n", 9, ""),
        (b"From: <", 7, ""),
        (b"\r\nSubject: x\r\n", 9, "no header field at its beginning"),
        (b"just text\r\n", 9, "no header field at its beginning"),
        ("Grüße: x\r\n".encode(), 9, "no header field at its beginning"),
        (b"a" * 65536, 65536, "no header field at its beginning"),
    ],
)
def test_what_makes_bytes_doubtful(content: bytes, announced: int, doubtful: str) -> None:
    """Fewer octets than announced, unless they differ by line ends alone, or no header field at the beginning."""
    assert doubt(content, announced) == doubtful
