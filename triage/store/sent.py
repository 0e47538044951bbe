"""What was looked at in folders for sent mail."""

from collections.abc import Iterable

from sqlite_utils import Database

from triage.message import MessageKey


class SqliteSent:
    """The SentTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(self, account: str, mailbox: str, uid_validity: int) -> set[int]:
        """UIDs that were looked at under this UIDVALIDITY."""
        sql = "select uid from sent where account = ? and mailbox = ? and uid_validity = ?"
        return {uid for (uid,) in self._db.execute(sql, (account, mailbox, uid_validity))}

    def note(self, keys: Iterable[MessageKey], what: str) -> int:
        """They were looked at."""
        sql = "insert or ignore into sent(account, mailbox, uid_validity, uid, what) values (?, ?, ?, ?, ?)"
        return sum(self._db.execute(sql, (key.account, key.mailbox, key.uid_validity, key.uid, what)).rowcount for key in keys)
