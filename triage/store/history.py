"""How far the history of cases was followed, and by whom."""

from sqlite_utils import Database


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

    def touched(self, after: int, limit: int) -> tuple[list[int], int]:
        """Cases that something happened to, and the last event looked at."""
        found = self._db.execute("select id, case_id from events where id > ? order by id limit ?", (after, limit)).fetchall()
        return list(dict.fromkeys(case_id for _, case_id in found)), found[-1][0] if found else after
