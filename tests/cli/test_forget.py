"""`triage forget`: what would be erased is shown, and done only when told."""

from tests.cli.calling import Shop
from tests.store.words import ANN, NOON, event, new_case, raw, reading
from triage.decision import Outcome
from triage.ports import Transaction


def wrote(tx: Transaction) -> None:
    """Ann has a case with a message that was filed, and another one that was not."""
    case = tx.cases.open(new_case())
    tx.cases.record(case.id, [event("opened")])
    tx.messages.add([raw(1), raw(2)])
    for stored in tx.messages.undecided(2):
        tx.messages.settle(stored.id, Outcome.OPENED, case.id, reading(fingerprint=f"f{stored.id}"), reason="", keep_raw=True)
    tx.messages.lies(1, "Orders", 3, 9)


def test_shown_first(shop: Shop) -> None:
    """Cases, messages and where the originals lie; nothing is changed."""
    shop.store_now(wrote)
    for _ in range(2):
        ended = shop.call("forget", ANN.addr_spec.upper())
        assert ended.code == 0
        assert ended.lines == [
            "would be erased: 1 cases, 2 messages",
            "  SP-100001",
            "  in mailbox support, folder INBOX: 1 originals, which stay there until you delete them",
            "  in mailbox support, folder Orders: 1 originals, which stay there until you delete them",
            "nothing was changed; --yes does it",
        ]


def test_done_when_told(shop: Shop) -> None:
    """Afterwards nothing is known of the address, and the case says when it was erased."""
    shop.store_now(wrote)
    ended = shop.call("forget", ANN.addr_spec, "--yes", "--json")
    assert (ended.code, ended.json["erased"], ended.json["cases"], ended.json["messages"]) == (0, True, ["SP-100001"], 2)
    assert ended.json["overwritten"] is True
    assert shop.call("forget", ANN.addr_spec).lines == ["nothing is known of that address"]
    assert shop.store_now(lambda tx: tx.messages.get(1).raw) is None
    assert "erased" in shop.call("case", "SP-100001").out


def test_while_somebody_reads(shop: Shop) -> None:
    """It is done, and said that the files may still hold it: exit 1, until it is run again."""
    import sqlite3

    shop.store_now(wrote)
    reader = sqlite3.connect(shop.store)
    reader.execute("begin")
    reader.execute("select count(*) from cases").fetchone()
    ended = shop.call("forget", ANN.addr_spec, "--yes")
    assert ended.code == 1
    assert "stop it and run this again" in ended.out
    reader.close()
    assert shop.call("forget", ANN.addr_spec, "--yes").code == 0
    assert NOON.year == 2026
