"""The small words of the mailbox room: names of folders, answers of servers, refusals, batches."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from tests.effort import effort
from triage.errors import AuthenticationFailedError, ConnectionLostError, MailboxMissingError
from triage.mailbox import answers, fetching, filing, refusals
from triage.mailbox.names import Naming

COURIER = Naming(prefix="INBOX.", separator=".")
DOVECOT = Naming()
FLAT = Naming(separator="")


@pytest.mark.parametrize(
    ("naming", "ours", "native"),
    [
        (DOVECOT, "INBOX", "INBOX"),
        (DOVECOT, "inbox", "INBOX"),
        (DOVECOT, "Triage/Orders", "Triage/Orders"),
        (COURIER, "INBOX", "INBOX"),
        (COURIER, "Triage/Orders", "INBOX.Triage.Orders"),
        (COURIER, "Inboxes", "INBOX.Inboxes"),
        (FLAT, "Triage/Orders", "Triage/Orders"),
        (Naming(prefix="", separator="\\"), "a/b", "a\\b"),
    ],
)
def test_names_are_translated_there_and_back(naming: Naming, ours: str, native: str) -> None:
    """A folder has our name here and the server's there."""
    assert naming.to_server(ours) == native
    assert naming.from_server(native) == (ours if ours != "inbox" else "INBOX")


@pytest.mark.parametrize("written", ["INBOX/Support", "INBOX.Support", "Support", "inbox.Support"])
def test_a_native_name_in_the_settings_is_understood(written: str) -> None:
    """An operator may write a folder as the mail client shows it, with or without the server's prefix."""
    assert COURIER.to_server(written).upper() == "INBOX.SUPPORT"


@given(st.lists(st.text(alphabet="abcÄ &~\"'", min_size=1, max_size=6), min_size=1, max_size=4))
def test_any_name_comes_back(parts: list[str]) -> None:
    """Whatever the folder is called, the server's name for it leads back to ours."""
    name = "/".join(parts)
    for naming in (DOVECOT, COURIER, FLAT):
        assert naming.from_server(naming.to_server(name)) == name


@pytest.mark.parametrize(
    ("naming", "native", "chain"),
    [
        (DOVECOT, "a/b/c", ["a", "a/b", "a/b/c"]),
        (COURIER, "INBOX.a.b", ["INBOX.a", "INBOX.a.b"]),
        (COURIER, "shared.b", ["shared", "shared.b"]),
        (FLAT, "a/b", ["a/b"]),
    ],
)
def test_parents_come_first(naming: Naming, native: str, chain: list[str]) -> None:
    """The folders to make for a nested one, topmost first."""
    assert naming.parents(native) == chain


@pytest.mark.parametrize(
    ("written", "uids"),
    [
        (b"5", [5]),
        (b"1:3,7", [1, 2, 3, 7]),
        (b"3:1", [1, 2, 3]),
        (b"9,2", [9, 2]),
        (b"", []),
        (b"1:4000000000", []),
        (b"1,2,3,4,5,6,7,8,9,10,11", []),
        (b"5000000000", []),
        (b"1:*", []),
        (b"1,,2", []),
        (b"1:2:3", []),
    ],
)
def test_uid_sets_are_read_with_suspicion(written: bytes, uids: list[int]) -> None:
    """A set is expanded in its order; one that is malformed, or names more than expected, is nothing."""
    assert answers.expand(written, 10) == uids


@pytest.mark.parametrize(
    ("codes", "moved"),
    [
        ([b"7 1:2 11:12"], {1: 11, 2: 12}),
        ([b"7 1 11", b"7 2 12"], {1: 11, 2: 12}),
        ([b"7 1:2,9 11:13"], {1: 11, 2: 12}),
        ([b"7 1:2 11"], {}),
        ([b"7 1:2"], {}),
        ([b"garbage"], {}),
        ([], {}),
    ],
)
def test_copyuid_tells_where_messages_went(codes: list[bytes], moved: dict[int, int]) -> None:
    """New UID by old for the messages we asked for; what does not add up is left out rather than guessed."""
    assert answers.moved_uids(codes, [1, 2, 3]) == moved


@pytest.mark.parametrize(
    ("field", "known"),
    [
        (b"Message-ID: <a@b>\r\n\r\n", "a@b"),
        (b"MESSAGE-id:<a@b>\r\n\r\n", "a@b"),
        (b"Message-ID:\r\n <a@b>\r\n\r\n", "a@b"),
        (b"Message-ID : <a@b> (comment)\r\n\r\n", "a@b"),
        (b"Message-ID: a@b\r\n\r\n", ""),
        (b"Message-ID: <>\r\n\r\n", ""),
        (b"X-Message-ID: <a@b>\r\n\r\n", ""),
        (b"Message-ID: <\xff@b>\r\n\r\n", "\ufffd@b"),
        (b"\r\n", ""),
    ],
)
def test_message_ids_are_read_as_written(field: bytes, known: str) -> None:
    """The id between the angle brackets, however the field is written."""
    assert answers.message_id(field) == known


@pytest.mark.parametrize("pump", [b"Message-ID: ", b"Message-ID: <", b"message-id:\r\n ", b"Message-ID:" + b" " * 8, b"x" * 50])
def test_no_header_takes_long(pump: bytes) -> None:
    """A header of 64 KB made to hold up the search is read in no time."""
    assert effort(lambda: answers.message_id(pump * (65536 // len(pump))), 0.1) < 0.1


def test_a_folder_without_flags_keeps_none() -> None:
    """A server that lists no flags at all keeps no keywords; one that lists only FLAGS keeps those."""
    base = {b"UIDVALIDITY": 1, b"UIDNEXT": 2, b"EXISTS": 0}
    assert answers.folder_state(base).keywords == frozenset()
    assert answers.folder_state(base | {b"FLAGS": (b"\\Seen", b"$Junk")}).keywords == {"$Junk"}
    assert answers.folder_state(base | {b"PERMANENTFLAGS": (b"\\Seen", b"\\*"), b"FLAGS": (b"a",)}).keywords == {"\\*"}
    with pytest.raises(ConnectionLostError):
        answers.folder_state({b"EXISTS": 1})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[AUTHENTICATIONFAILED] Authentication failed.", AuthenticationFailedError),
        ("[AUTHORIZATIONFAILED] no", AuthenticationFailedError),
        ("[EXPIRED] password", AuthenticationFailedError),
        ("LOGIN failed.", AuthenticationFailedError),
        ("[UNAVAILABLE] later", ConnectionLostError),
        ("[LIMIT] too many", ConnectionLostError),
        ("[ALERT] Too many simultaneous connections. (Failure)", ConnectionLostError),
        ("[INUSE] x", ConnectionLostError),
        ("[AUTHENTICATIONFAILED] Too many failures with this password", AuthenticationFailedError),
        ("Check your password and try again", AuthenticationFailedError),
    ],
)
def test_only_a_clear_no_is_about_the_password(text: str, kind: type[Exception]) -> None:
    """A password counts as wrong only where the server says so; whatever may pass is tried again."""
    assert type(refusals.of_login("support", LoginError(text))) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (IMAPClientError("select failed: [NONEXISTENT] no such"), MailboxMissingError),
        (IMAPClientError("select failed: Mailbox does not exist"), MailboxMissingError),
        (IMAPClientError("select failed: [NOPERM] not yours"), MailboxMissingError),
        (IMAPClientError("select failed: [INUSE] locked"), ConnectionLostError),
        (IMAPClientError("select failed: [SERVERBUG] oops"), ConnectionLostError),
        (IMAPClientAbortError("socket error: EOF"), ConnectionLostError),
    ],
)
def test_only_a_missing_folder_is_missing(error: IMAPClientError, kind: type[Exception]) -> None:
    """A folder counts as missing only where the server says no for good."""
    assert type(refusals.of_folder("support", "Orders", error)) is kind


def test_what_a_server_says_is_bounded() -> None:
    """A long answer with control characters in it is shortened and made printable before it gets into an error."""
    error = refusals.of_command("support", "moving", IMAPClientError("NO \x1b[31m" + "x" * 5000))
    assert len(str(error)) < 300
    assert str(error).isprintable()


@pytest.mark.parametrize("flag", ["\\Seen", "$Triaged", "Junk", "triage.done"])
def test_flags_are_accepted(flag: str) -> None:
    """System flags and keywords pass."""
    filing.check_flags([flag])


@pytest.mark.parametrize("flag", ["\\Seen) (\\Deleted", "two words", "x\r\nA1 LOGOUT", "", "\\*", "a" * 80, "{3}"])
def test_what_is_no_flag_is_not_sent(flag: str) -> None:
    """A flag is written into a command as it is, so only what is one gets there."""
    with pytest.raises(ValueError, match="no IMAP flag"):
        filing.check_flags(["\\Seen", flag])


def _entries(*sizes: int) -> list[fetching.Entry]:
    return [fetching.Entry(uid=uid, size=size, received_at=datetime(2026, 6, 1, tzinfo=UTC)) for uid, size in enumerate(sizes, 1)]


@pytest.mark.parametrize(
    ("sizes", "counts"),
    [
        ((), []),
        ((10,) * 3, [3]),
        ((10,) * 600, [250, 250, 100]),
        ((1 << 20,) * 10, [8, 2]),
        ((5 << 20, 5 << 20, 10), [1, 1, 1]),
        ((20 << 20, 10, 20 << 20), [1, 1, 1]),
        ((10, 100 << 20, 100 << 20, 10), [1, 1, 1, 1]),
    ],
)
def test_batches_are_bounded(sizes: tuple[int, ...], counts: list[int]) -> None:
    """Messages are fetched many at a time, but never more octets at once than fit, and large ones by themselves."""
    batches = list(fetching.batches(_entries(*sizes)))
    assert [len(batch) for batch in batches] == counts
    assert [entry.uid for batch in batches for entry in batch] == list(range(1, len(sizes) + 1))
