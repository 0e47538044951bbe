"""What the model had said, beside each case in the log, for telling whether its answers drift."""

from sqlite_utils import Database

#: Of cases from before: what the message that opened each says, and the first correction of what had not been left to people.
_KNOWN = """update log set (model, said, confidence, unsure) = (
        select json_extract(reading, '$.model'), json_extract(reading, '$.category'),
            cast(round(1000 * json_extract(reading, '$.confidence')) as integer), json_extract(reading, '$.abstained')
        from messages where messages.case_id = log.case_id and outcome = 'opened' and json_extract(reading, '$.model') <> ''
        order by received_at, id limit 1),
    corrected = (select unixepoch(min(at)) from corrections where corrections.case_id = log.case_id and from_category <> '')"""


def step(db: Database) -> None:
    """What the model had said, beside each case in the log, for telling whether its answers drift."""
    for column in ("model text", "said text", "confidence integer", "unsure integer", "strange integer", "corrected integer"):
        db.execute(f"alter table log add column {column}")
    db.execute(_KNOWN)
