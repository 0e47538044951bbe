"""A long simulation written down now and then: the store as it was, and all that is not in it."""

import pickle
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept in a folder, of one simulation and no other."""

    folder: Path
    #: Where the store is while it is played.
    store: Path
    #: What is played.
    name: str
    #: After so many steps.
    every: int = 1000

    @property
    def _copy(self) -> Path:
        return self.folder / "kept.db"

    def keep(self, state: Any) -> None:
        """The store and the state as they are now, whole or not at all."""
        draft = self.folder / "kept.new"
        draft.unlink(missing_ok=True)
        with sqlite3.connect(self.store) as db:
            db.execute("vacuum into ?", (str(draft),))
        # In the copy itself, so that no state is ever beside another's store.
        with sqlite3.connect(draft) as copy:
            copy.execute("create table kept(name text, state blob)")
            copy.execute("insert into kept values (?, ?)", (self.name, pickle.dumps(state)))
        copy.close()
        draft.replace(self._copy)

    def restore(self) -> Any:
        """The state that was kept last, with the store as it was then; None where nothing of this simulation was kept."""
        if not self._copy.exists():
            return None
        with sqlite3.connect(self._copy) as copy:
            name, state = copy.execute("select name, state from kept").fetchone()
        copy.close()
        if name != self.name:
            raise SystemExit(f"{self.folder} has {name}: expected {self.name}, or an empty folder")
        for path in self.store.parent.glob(f"{self.store.name}*"):
            path.unlink()
        with sqlite3.connect(self._copy) as copy, sqlite3.connect(self.store) as db:
            copy.backup(db)
            db.execute("drop table kept")
        copy.close()
        db.close()
        # Written by this very file, in a folder of whoever runs it.
        return pickle.loads(state)

    @property
    def next_uid(self) -> int:
        """One that no message has."""
        with sqlite3.connect(self.store) as db:
            return int(db.execute("select ifnull(max(uid), 0) + 1 from messages where account = 'support'").fetchone()[0])
