"""Putting messages into folders: move, append, keywords, and making the folders; other people's messages stay as they are."""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime

from imapclient.exceptions import IMAPClientError

from triage.mailbox import answers, refusals
from triage.mailbox.connection import Connection
from triage.mailbox.fetching import chunks

#: A system flag or keyword (RFC 9051 §9, flag).
_FLAG = re.compile(r"\\?[A-Za-z$][A-Za-z0-9$_.-]{0,60}")


def move(connection: Connection, folder: str, uids: Sequence[int], target: str, uid_validity: int) -> dict[int, int]:
    """Move messages; new UID by old UID where the server tells. Those that are gone are passed over."""
    connection.stay(folder, uid_validity)
    native = make(connection, target)
    moved: dict[int, int] = {}
    for chunk in chunks(uids):
        try:
            moved |= _move_set(connection, chunk, native)
        except IMAPClientError as error:
            if not refusals.is_missing_folder(error):
                raise
            # A person deleted the folder since it was seen: make it again, once.
            connection.known.discard(native)
            make(connection, target)
            moved |= _move_set(connection, chunk, native)
    return moved


def _move_set(connection: Connection, uids: Sequence[int], native: str) -> dict[int, int]:
    client = connection.client
    # The library drops the text of the answer; the code in it is kept here, and would still be there from an earlier command.
    kept = client._imap.untagged_responses
    kept.pop("COPYUID", None)
    if connection.has("MOVE"):
        client.move(uids, native)
        return answers.moved_uids(kept.pop("COPYUID", []), uids)
    client.copy(uids, native)
    moved = answers.moved_uids(kept.pop("COPYUID", []), uids)
    _delete_set(connection, uids)
    return moved


def delete(connection: Connection, folder: str, uids: Sequence[int], uid_validity: int) -> None:
    """Remove messages for good; those that are gone are passed over."""
    connection.stay(folder, uid_validity)
    for chunk in chunks(uids):
        _delete_set(connection, chunk)


def _delete_set(connection: Connection, uids: Sequence[int]) -> None:
    connection.client.add_flags(uids, [b"\\Deleted"], silent=True)
    # A plain EXPUNGE would also remove what people have marked; without UIDPLUS ours stay marked, and clients hide them.
    if connection.has("UIDPLUS"):
        connection.client.uid_expunge(uids)


def make(connection: Connection, folder: str) -> str:
    """The server's name of a folder that is there now: made and subscribed to, with the folders above it, where it was missing."""
    native = connection.naming.to_server(folder)
    if native in connection.known:
        return native
    connection.known.update(name for _, _, name in connection.client.list_folders())
    for name in connection.naming.parents(native):
        if name not in connection.known:
            _create(connection, folder, name)
    return native


def _create(connection: Connection, folder: str, native: str) -> None:
    try:
        connection.client.create_folder(native)
    except IMAPClientError as error:
        # Somebody else may have made it in between.
        if refusals.code_of(error) != "ALREADYEXISTS":
            raise refusals.of_folder(connection.account, folder, error) from error
    # Only subscribed folders are shown in many clients; a server without subscriptions is no reason to stop.
    with suppress(IMAPClientError):
        connection.client.subscribe_folder(native)
    connection.known.add(native)


def append(connection: Connection, folder: str, content: bytes, flags: Sequence[str], at: datetime | None) -> None:
    """Add a message, as arrived `at`."""
    native = make(connection, folder)
    try:
        connection.client.append(native, content, flags, at)
    except IMAPClientError as error:
        if not refusals.is_missing_folder(error):
            raise
        connection.known.discard(native)
        connection.client.append(make(connection, folder), content, flags, at)


def set_keywords(connection: Connection, folder: str, uids: Sequence[int], keywords: Collection[str], instead_of: Collection[str]) -> None:
    """Set keywords, and take others off, where the server keeps them; elsewhere setting them would only pretend."""
    state = connection.stay(folder)
    wanted, others = ([keyword for keyword in given if state.keeps(keyword)] for given in (keywords, instead_of))
    for chunk in chunks(uids):
        if others:
            connection.client.remove_flags(chunk, others, silent=True)
        if wanted:
            connection.client.add_flags(chunk, wanted, silent=True)


def check_flags(flags: Sequence[str]) -> None:
    """ValueError for what is no flag: it would be written into a command as it is."""
    for flag in flags:
        if not _FLAG.fullmatch(flag):
            raise ValueError(f"{flag!r} is no IMAP flag")


def folders(connection: Connection) -> list[str]:
    """Our names of all folders that can hold messages."""
    listed = connection.client.list_folders()
    return sorted(
        connection.naming.from_server(name)
        for flags, _, name in listed
        if not {flag.lower() for flag in flags} & {b"\\noselect", b"\\nonexistent"}
    )


def special(connection: Connection, use: str) -> str:
    """Our name of the folder marked for that use (RFC 6154); "" where none is."""
    wanted = use.lower().encode("ascii")
    # Some servers tell the marks unasked, others only when asked (RFC 6154 §2).
    listings = (connection.client.list_folders, lambda: _marked(connection) if connection.has("SPECIAL-USE") else [])
    listed = (entry for listing in listings for entry in listing())
    return next((connection.naming.from_server(name) for flags, _, name in listed if wanted in {flag.lower() for flag in flags}), "")


def _marked(connection: Connection) -> Sequence[tuple[tuple[bytes, ...], bytes, str]]:
    library = connection.client._imap
    answered, _data = library._simple_command("LIST", '""', '"*"', "RETURN", "(SPECIAL-USE)")
    if answered != "OK":
        return []
    listed: Sequence[tuple[tuple[bytes, ...], bytes, str]] = connection.client._proc_folder_list(library.untagged_responses.pop("LIST", []))
    return listed
