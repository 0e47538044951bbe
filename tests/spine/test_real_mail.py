"""Five hundred messages of other projects' test suites, through the whole daemon on Dovecot."""

import random
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.world import World
from triage.daemon import once
from triage.stages.audit import audit

MAIL = Path(__file__).resolve().parent.parent.parent.parent / "shared" / "mail"
FOLDERS = (
    "sisimai/maildir/bsd", "sisimai/mailbox", "mikel_mail", "cpython_test_email", "stalwart_mail_parser", "mime4j/core", "talon",
)  # fmt: skip
NO_MESSAGES = (".xml", ".json", ".bin", ".out", ".md", "LICENSE", ".rb")


def sample(number: int) -> list[bytes]:
    """So many messages, the same every time, from every folder."""
    found = [path for folder in FOLDERS for path in sorted((MAIL / folder).rglob("*")) if path.is_file()]
    paths = [path for path in found if not path.name.endswith(NO_MESSAGES)]
    random.Random(7).shuffle(paths)
    contents = (path.read_bytes() for path in paths)
    # An mbox holds several messages where a server wants one, and IMAP has no way to append a NUL (RFC 9051 §4.3.1).
    usable = (content for content in contents if content and not content.startswith(b"From ") and b"\0" not in content)
    return list(islice(usable, number))


@pytest.mark.skipif(not MAIL.is_dir(), reason="the collection of real mail is not beside the project")
@pytest.mark.timeout(300)
async def test_real_mail_is_accounted_for_and_no_machine_answered(
    big_world: World, dovecot: Dovecot, dovecot_user: str, sink: Sink
) -> None:
    """Everything ends in one outcome, the audit explains all of it, reports are answered by nothing, and each case has one acknowledgment."""
    contents = sample(500)
    dovecot.deliver(dovecot_user, *contents)
    async with big_world.app() as app:
        await once(app)
        mailboxes = {"support": (app.mailboxes["support"], app.settings.mailbox["support"])}
        found = await audit(app.store, mailboxes, big_world.clock())
        cases = await app.store.query(lambda tx: tx.cases.find())
        records = await app.store.query(lambda tx: list(tx.messages.all("support")))
        acknowledgments = await app.store.query(lambda tx: [it for it in tx.deliveries.find() if it.kind == "acknowledgment"])
    assert found.problems == []
    assert len(records) == len(contents) == 500
    assert all(record.outcome is not None for record in records)
    sent_for = Counter(delivery.case_id for delivery in acknowledgments)
    assert set(sent_for.values()) <= {1}
    opened = {case.id: case for case in cases}
    assert all(opened[delivery.case_id].requester.addr_spec == delivery.recipient for delivery in acknowledgments)
    machines = [
        envelope.recipients[0] for envelope in sink.accepted if envelope.recipients[0].startswith(("mailer-daemon@", "postmaster@"))
    ]
    assert machines == []
    outcomes = Counter(record.outcome for record in records)
    print(f"{len(records)} messages: {dict(outcomes)}; {len(acknowledgments)} acknowledged")
    print(sorted((envelope.recipients[0]) for envelope in sink.accepted if "shop.example" not in envelope.recipients[0]))
