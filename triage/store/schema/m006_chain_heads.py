"""Each case remembers the hash of its latest event, so that events missing from the end are noticed."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Each case remembers the hash of its latest event, so that events missing from the end are noticed."""
    db.execute("alter table cases add column chain text")
    db.execute("update cases set chain = (select hash from events where case_id = cases.id order by id desc limit 1)")
