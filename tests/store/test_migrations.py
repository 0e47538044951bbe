"""The schema: made from nothing, brought up to date once, and never taken for older than it is."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.store.words import NOON, event, new_case
from triage.errors import StoreBrokenError, StoreBusyError
from triage.store.cases import SqliteCases
from triage.store.connect import connect
from triage.store.migrations import migrate, migrations
from triage.store.sqlite import open_store

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "triage" / "store" / "schema").glob("m*.py"))


def schema(path: Path) -> list[tuple[str, ...]]:
    """Everything that is defined in the file."""
    with sqlite3.connect(path) as connection:
        return connection.execute("select type, name, sql from sqlite_master order by name").fetchall()


def applied(path: Path) -> list[str]:
    """Names of the migrations recorded in the file."""
    with sqlite3.connect(path) as connection:
        return [name for (name,) in connection.execute("select name from _sqlite_migrations where migration_set = 'triage' order by id")]


def test_an_empty_file_gets_the_whole_schema(tmp_path: Path) -> None:
    """A new store, or an empty file, has every table after all migrations in their order."""
    (tmp_path / "empty.db").touch()
    for name in ("new.db", "empty.db"):
        connect(tmp_path / name).close()
        assert applied(tmp_path / name) == NAMES
        tables = {name for kind, name, _sql in schema(tmp_path / name) if kind == "table"}
        assert tables >= {"messages", "raw", "cursors", "cases", "events", "deliveries", "filings", "deadlines", "corrections"}


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    """Opening a store that is up to date leaves its schema and records as they are."""
    connect(tmp_path / "a.db").close()
    before = schema(tmp_path / "a.db")
    connect(tmp_path / "a.db").close()
    assert (schema(tmp_path / "a.db"), applied(tmp_path / "a.db")) == (before, NAMES)


#: Opens one new file after another, each at an agreed moment, so that all who run this meet at every file.
_MEETING = """
import sys, time
from pathlib import Path
from triage.store.connect import connect
connect(Path(sys.argv[1]) / f"{sys.argv[2]}.first").close()
print("ready", flush=True)
start = float(sys.stdin.readline())
for number in range(25):
    while time.time() < start + number * 0.04:
        pass
    connect(Path(sys.argv[1]) / f"{number}.db").close()
"""


def test_two_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    """Of several that start at the same moment all find a complete schema, made once."""
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", _MEETING, str(tmp_path), str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for number in range(3)
    ]  # fmt: skip
    for process in starting:
        assert process.stdout
        process.stdout.readline()
    start = f"{time.time() + 0.05}\n"
    for process in starting:
        assert process.stdin
        process.stdin.write(start)
        process.stdin.flush()
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in starting] == [("", 0)] * 3
    assert all(applied(tmp_path / f"{number}.db") == NAMES for number in range(25))


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """A store with a migration we do not know is left untouched, and the error says what to do."""
    path = tmp_path / "a.db"
    connect(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("insert into _sqlite_migrations(migration_set, name, applied_at) values ('triage', 'm099_future', 'now')")
    before = schema(path)
    with pytest.raises(StoreBrokenError, match=r"a\.db: .*newer version \(it has m099_future\): install that version"):
        open_store(path, "SP")
    assert (schema(path), applied(path)) == (before, [*NAMES, "m099_future"])


def test_other_programs_migrations_are_not_ours(tmp_path: Path) -> None:
    """Migrations that another set recorded in the same file do not make it a newer store."""
    path = tmp_path / "a.db"
    connect(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("insert into _sqlite_migrations(migration_set, name, applied_at) values ('other', 'm099', 'now')")
    connect(path).close()


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """When a step fails the file is as before, no step is recorded, and it can be tried again."""
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        # A table of that name is in the way of the second migration.
        connection.execute("create table cases(id integer primary key)")
    before = schema(path)
    with pytest.raises(StoreBrokenError, match="cases"):
        connect(path)
    assert schema(path) == before
    with sqlite3.connect(path) as connection:
        connection.execute("drop table cases")
    connect(path).close()
    assert applied(path) == NAMES


@pytest.mark.parametrize("stop", range(1, len(NAMES)))
def test_a_store_of_any_older_version_is_brought_up_to_date(tmp_path: Path, stop: int) -> None:
    """From every earlier version the same schema results as from nothing."""
    connect(tmp_path / "new.db").close()
    connection = sqlite3.connect(tmp_path / "old.db", isolation_level=None)
    migrations.apply(Database(connection), stop_before=NAMES[stop])
    connection.close()
    assert applied(tmp_path / "old.db") == NAMES[:stop]
    connect(tmp_path / "old.db").close()
    assert schema(tmp_path / "old.db") == schema(tmp_path / "new.db")


def test_histories_from_before_the_chain_heads_still_hold(tmp_path: Path) -> None:
    """The migration that guards the end of a history accepts the histories there are."""
    db = connect(tmp_path / "a.db")
    cases = SqliteCases(db, "SP")
    for number in range(3):
        cases.record(cases.open(new_case()).id, [event("note", NOON)] * number)
    db.execute("alter table cases drop column chain")
    db.execute("delete from _sqlite_migrations where name = 'm006_chain_heads'")
    migrate(db)
    assert cases.broken_chains() == []
    cases.record(2, [event()])
    assert cases.broken_chains() == []
    db.close()


def test_every_commit_is_on_the_disk(tmp_path: Path) -> None:
    """The connection is set so that a commit survives a power cut and foreign keys hold."""
    db = connect(tmp_path / "a.db")
    found = {name: db.execute(f"pragma {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    db.close()


def test_a_savepoint_needs_no_file(tmp_path: Path) -> None:
    """However much a unit of work changes, what it would put back goes to no temporary file, and is put back."""
    db = connect(tmp_path / "a.db")
    db.execute("create table t(n integer primary key, word text)")
    db.execute("begin")
    db.conn.executemany("insert into t(word) values (?)", (("a" * 500,) for _ in range(1000)))
    db.execute("savepoint work")
    db.execute("update t set word = replace(word, 'a', 'b')")
    opened = [str(file.readlink()) for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
    db.execute("rollback to work")
    db.execute("commit")
    assert not [file for file in opened if "etilqs" in file]
    assert list(db.query("select count(*) as n from t where word like 'a%'")) == [{"n": 1000}]
    db.close()


def test_waiting_for_a_new_file_ends(tmp_path: Path) -> None:
    """Where another process keeps a file that is not in WAL locked, opening gives up after its patience."""
    holder = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    holder.execute("begin exclusive")
    began = time.monotonic()
    with pytest.raises(StoreBusyError, match="locked by another process"):
        connect(tmp_path / "a.db", busy_timeout=0.1)
    assert time.monotonic() - began < 15
    holder.execute("rollback")
    connect(tmp_path / "a.db").close()
    holder.close()


async def test_a_new_file_that_others_read_is_waited_for(tmp_path: Path) -> None:
    """SQLite does not wait for readers when it switches a file to WAL; we do."""
    reader = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    reader.execute("create table other(x)")
    reader.execute("begin")
    reader.execute("select * from other")
    opening = asyncio.create_task(asyncio.to_thread(connect, tmp_path / "a.db", busy_timeout=5))
    await asyncio.sleep(0.1)
    assert not opening.done()
    reader.execute("commit")
    (await opening).close()
    reader.close()


def test_what_the_model_had_said_is_known_of_older_cases(tmp_path: Path) -> None:
    """The migration takes answers and corrections over from messages; what no model read, or nobody corrected, has none."""
    before = [name for name in NAMES if name < "m030"]
    connection = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    migrations.apply(Database(connection), stop_before=NAMES[len(before)])
    said = {"model": "m1", "category": "payment", "confidence": 0.8123, "abstained": False}
    readings = (said, said | {"abstained": True}, said | {"model": ""}, None)
    for case, reading in enumerate(readings, 1):
        connection.execute("insert into log(case_id, number, received, category, excluded) values (?, 'SP-1', 1, 'order', '')", (case,))
        # A later message of the case, which did not open it.
        for uid, outcome in ((case * 2, "opened"), (case * 2 + 1, "follow_up")):
            row = (uid, f"2026-03-02T12:00:{uid:02}+00:00", outcome, case, json.dumps(reading) if reading else None)
            connection.execute(
                """insert into messages(account, mailbox, uid_validity, uid, received_at, outcome, case_id, reading)
                values ('a', 'INBOX', 1, ?, ?, ?, ?, ?)""",
                row,
            )
    given = (
        (1, "payment", "2026-03-04T12:00:00+00:00"),
        (1, "payment", "2026-03-03T12:00:00.500000+00:00"),
        (2, "", "2026-03-03T12:00:00+00:00"),
    )
    for case, was, at in given:
        connection.execute(
            "insert into corrections(at, author, provenance, case_id, from_category, category, issue) values (?, 'J', 'cli', ?, ?, 'order', '')",
            (at, case, was),
        )
    connection.close()
    connect(tmp_path / "a.db").close()
    with sqlite3.connect(tmp_path / "a.db") as connection:
        found = connection.execute("select model, said, confidence, unsure, strange, corrected from log order by case_id").fetchall()
    noon = int(NOON.timestamp()) + 86400
    nothing = (None, None, None, None, None, None)
    assert found == [("m1", "payment", 812, 0, None, noon), ("m1", "payment", 812, 1, None, None), nothing, nothing]
