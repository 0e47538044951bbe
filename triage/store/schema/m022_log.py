"""The customer-service log as a table of its own: narrow rows for figures, the printed entry and its words beside them."""

from sqlite_utils import Database

#: What is no customer's new matter, and counted by name in reports: in an index of its own, so that other mail pays nothing for it.
_COUNTED = "outcome in ('follow_up', 'noted', 'report', 'automatic', 'spam', 'duplicate', 'sent')"


def step(db: Database) -> None:
    """The customer-service log as a table of its own: narrow rows for figures, the printed entry and its words beside them."""
    times = dict.fromkeys(
        ("received", "opened", "acknowledged", "assigned", "answered", "updated", "escalated", "resolved", "rated", "due"), int
    )
    about = ("category", "issue", "status", "channel", "representative", "departments", "product", "vendor")
    names = dict.fromkeys((*about, "requester", "excluded", "obstacle"), str)
    counts = dict.fromkeys(("abstained", "rating", "answers", "follow_ups", "reopened", "refused"), int)
    db.table("log").create(
        {"case_id": int, "number": str, **times, **names, **counts}, pk="case_id", not_null={"number", "received", "category", "excluded"}
    )
    # An entry changes with each event of its case, what it can be found by with each message: the index of words is written less often.
    db.table("log_entries").create({"case_id": int, "entry": str}, pk="case_id", not_null={"entry"})
    db.table("log_words").create({"case_id": int, "words": str}, pk="case_id", not_null={"words"})
    db.table("log_words").enable_fts(["words"], create_triggers=True, tokenize="unicode61 remove_diacritics 2")
    db.execute("create index log_received on log(received)")
    db.execute("create index log_open on log(received) where resolved is null and excluded = ''")
    db.execute("create index log_resolved on log(resolved) where resolved is not null")
    db.execute("create index log_rated on log(rated) where rated is not null")
    db.execute("create index log_requester on log(requester, received)")
    db.execute("create index log_representative on log(representative, received)")
    db.execute("create index log_category on log(category, issue, received)")
    db.execute("create table log_orders(number text not null, case_id integer not null, primary key(number, case_id)) without rowid")
    db.execute(f"create index messages_counted on messages(received_at, outcome) where {_COUNTED}")
