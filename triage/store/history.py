"""How far the history of cases was followed, and by whom."""

import json

from sqlite_utils import Database

_NEXT = "select id, case_id from events where id > ? order by id limit ?"
_NO_LATER = "select value from json_each(?) where not exists (select 1 from events where case_id = value and id > ?)"


class SqliteHistory:
    """The HistoryTable port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def mark(self, name: str) -> int | None:
        """The last event that was looked at."""
        found = self._db.execute("select event from marks where name = ?", (name,)).fetchone()
        return int(found[0]) if found else None

    def set_mark(self, name: str, event: int) -> None:
        """Remember it."""
        self._db.execute("insert or replace into marks(name, event) values (?, ?)", (name, event))

    def latest_event(self) -> int:
        """The last event there is."""
        return int(self._db.execute("select coalesce(max(id), 0) from events").fetchone()[0])

    def message_waits(self) -> bool:
        """True while a message waits to be decided."""
        return bool(self._db.execute("select exists (select 1 from messages where outcome is null)").fetchone()[0])

    def touched(self, after: int, limit: int) -> tuple[list[int], int]:
        """Cases that something happened to, and the last event looked at."""
        while found := self._db.execute(_NEXT, (after, limit)).fetchall():
            after = found[-1][0]
            # A case with more events behind these comes with the last of them: once, however many there are.
            ids = json.dumps(list(dict.fromkeys(case_id for _, case_id in found)))
            if cases := [case_id for (case_id,) in self._db.execute(_NO_LATER, (ids, after))]:
                return cases, after
        return [], after
