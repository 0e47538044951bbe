"""The stages around the folders of accounts: what is put there for people to see, and what people do there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage.case import CaseStatus
from triage.installation import load_drafter
from triage.people import People
from triage.policy.folders import STATE_KEYWORDS, keywords, rulings
from triage.policy.states import folders_of
from triage.policy.table import Policy
from triage.ports import Mailbox, Now, Reader, Store
from triage.sections.servers import MailboxSettings
from triage.settings import Settings
from triage.stages.correct import Corrector
from triage.stages.draft import Drafts
from triage.stages.file import File
from triage.stages.loop import Bell
from triage.stages.moved import Moved
from triage.stages.record import Recorder
from triage.stages.sent import SentWatch
from triage.stages.states import States
from triage.stages.watch import FolderWatch
from triage.stages.written import SentMail


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What these stages share; each method makes one for every account that wants it."""

    settings: Settings
    now: Now
    policy: Policy
    people: People
    recorder: Recorder
    corrector: Corrector
    to_send: Bell
    to_file: Mapping[str, Bell]
    corrected: Bell
    store: Store
    mailboxes: Mapping[str, Mailbox]

    def file(self) -> Iterator[File]:
        """One for each; none in shadow mode, in which nothing is moved."""
        for name, its in self.settings.watched.items() if self.recorder.live else ():
            yield File(
                name,
                prefix=its.folder_prefix,
                mailbox=self.mailboxes[name],
                store=self.store,
                now=self.now,
                to_file=self.to_file[name],
                keywords=keywords(self.policy) | STATE_KEYWORDS,
                states=its.states != "off",
            )

    def states(self) -> Iterator[States]:
        """One for each account that shows where cases stand; none in shadow mode, in which nothing lies there."""
        for name, its in self.settings.watched.items() if self.recorder.live else ():
            if its.states != "off":
                by_folder = its.states == "folders"
                yield States(name, folders=by_folder, policy=self.policy, store=self.store, now=self.now, to_file=self.to_file[name])

    def folders(self) -> Iterator[FolderWatch]:
        """One for each account whose folders are to be watched; none in shadow mode, in which nothing lies there."""
        for name, its in self.settings.watched.items() if self.recorder.live else ():
            if its.watch != "off":
                yield FolderWatch(
                    name,
                    prefix=its.folder_prefix,
                    every=its.watch,
                    mailbox=self.mailboxes[name],
                    store=self.store,
                    moved=self._moved(name, its),
                    now=self.now,
                    corrected=Bell(self.to_send, self.to_file[name], self.corrected),
                    keywords=keywords(self.policy),
                )

    def _moved(self, account: str, its: MailboxSettings) -> Moved:
        states = {folder: state for state, folder in folders_of(self.policy).items()} if its.states == "folders" else {}
        return Moved(account=account, rulings=rulings(self.policy), corrector=self.corrector, states=states)

    def sent(self, reader: Reader) -> Iterator[SentWatch]:
        """One for each account in which people answer customers."""
        for name, its in self.settings.watched.items():
            if its.watch_sent:
                mail = SentMail(
                    account=name,
                    people=self.people,
                    recorder=self.recorder,
                    after_reply=CaseStatus(self.settings.people.after_reply),
                    now=self.now,
                )
                yield SentWatch(name, its, mailbox=self.mailboxes[name], store=self.store, reader=reader, mail=mail, now=self.now)

    def drafts(self) -> Iterator[Drafts]:
        """One for each account in whose folder for drafts answers are suggested; in shadow mode they are only shown."""
        for name, its in self.settings.watched.items():
            if its.drafts:
                writer, mailbox = load_drafter(self.settings, self.policy), self.mailboxes[name]
                yield Drafts(
                    name, its, mailbox=mailbox, store=self.store, policy=self.policy, writer=writer, now=self.now, live=self.recorder.live
                )
