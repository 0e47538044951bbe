"""Labelled messages out of the folders that people have sorted by hand; nothing changes on the server."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from triage import app
from triage.classifier.corpus import Example
from triage.classifier.learn import own
from triage.correction import Ruling
from triage.installation import load_policy
from triage.message import RawMessage
from triage.policy.folders import rulings
from triage.ports import Mailbox, Reader, Store
from triage.reading import Reading
from triage.sections.servers import MailboxSettings
from triage.servers import Servers
from triage.settings import Settings
from triage.stores import open_case_store

#: The newest so many of a folder: what people wrote about years ago teaches little.
_NEWEST = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder that says what its messages are about."""

    name: str
    #: Without the mailbox's prefix, as the policy names it.
    bare: str
    ruling: Ruling


async def examples(chosen: Settings) -> dict[str, list[Example]]:
    """Labelled messages by folder, in every watched account."""
    store, reader = open_case_store(chosen), app.reader_pool(chosen)
    meanings = rulings(load_policy(chosen))
    found: dict[str, list[Example]] = {}
    try:
        for account, its in chosen.watched.items():
            mailbox = Servers(chosen).mailbox(account)
            try:
                async for folder in _folders(mailbox, its, meanings):
                    found[f"{account}: {folder.name}"] = await _learn(mailbox, account, folder, store, reader)
            finally:
                await mailbox.close()
    finally:
        await reader.close()
        await store.close()
    return found


async def _folders(mailbox: Mailbox, its: MailboxSettings, meanings: Mapping[str, Ruling | None]) -> AsyncIterator[Folder]:
    """Those that the policy knows: ours, and folders of the same name that people had before."""
    for name in await mailbox.folders():
        bare = name.removeprefix(its.folder_prefix)
        ruling = meanings.get(bare)
        if ruling and not ruling.unsorted:
            yield Folder(name=name, bare=bare, ruling=ruling)


async def _learn(mailbox: Mailbox, account: str, folder: Folder, store: Store, reader: Reader) -> list[Example]:
    uid_validity = (await mailbox.status(folder.name)).uid_validity
    # What we put there ourselves would only teach us what we think already; where people corrected us, that is kept as a correction.
    ours = await store.query(lambda tx: tx.messages.lying_in(account, folder.bare, uid_validity)) if folder.bare != folder.name else {}
    uids = [uid for uid in await mailbox.kept_uids(folder.name) if uid not in ours][-_NEWEST:]
    found: list[Example] = []
    async for batch in mailbox.fetch(folder.name, uids, uid_validity):
        found += await _read(batch, folder.ruling, reader)
    return found


async def _read(batch: list[RawMessage], ruling: Ruling, reader: Reader) -> list[Example]:
    readings = [await awaited for awaited in reader.read(batch)]
    # One that cannot be read teaches nothing, and one without text as little.
    messages = [reading.message for reading in readings if isinstance(reading, Reading) and reading.message.text.strip()]
    return own([Example(subject=it.subject, body=it.text, category=ruling.category, issue=ruling.issue) for it in messages])
