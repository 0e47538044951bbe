"""Comparisons of a folder with the store, one row each."""

import json

from sqlite_utils import Database

from triage.records import CensusRecord
from triage.store import rows


class SqliteCensuses:
    """The CensusTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(self, census: CensusRecord) -> None:
        """Keep it."""
        self._db.execute(
            "insert into censuses(account, mailbox, at, listed, mismatches) values (?, ?, ?, ?, ?)",
            (census.account, census.mailbox, rows.moment(census.at), census.listed, json.dumps(census.mismatches)),
        )

    def latest(self, account: str, mailbox: str) -> CensusRecord | None:
        """The last one."""
        found = self._db.query(
            "select * from censuses where account = ? and mailbox = ? order by at desc, id desc limit 1", (account, mailbox)
        )
        return next(map(rows.to_census, found), None)
