"""What was committed stays: over a reopening, for other processes, and through kill -9 at any moment."""

import asyncio
import random
import signal
import subprocess
import sys
from pathlib import Path

from tests.effort import effort
from tests.store.conftest import SqlitePlace
from tests.store.words import NOON, SENT, Each, event, new_case, raw, reply
from triage.case import CaseStatus
from triage.ports import Store, Transaction
from triage.reply import DeliveryStatus

ROOT = Path(__file__).resolve().parents[2]

#: Opens case after case, each with three events, an acknowledgment and a status, and prints a number once its commit is said to be safe.
_BUSY = """
import asyncio, sys
from pathlib import Path
from tests.store.test_durability import whole
from triage.store.sqlite import open_store

async def main():
    store = open_store(Path(sys.argv[1]), "SP")
    start = int(sys.argv[2])
    for number in range(start, start + 100_000, 8):
        for case_id in await asyncio.gather(*(store.transact(lambda tx, n=n: whole(tx, n)) for n in range(number, number + 8))):
            print(case_id, flush=True)

asyncio.run(main())
"""


def whole(tx: Transaction, number: int) -> int:
    """One unit of work that touches many tables."""
    case = tx.cases.open(new_case())
    tx.messages.add([raw(number)])
    tx.cases.record(case.id, [event("opened"), event("note")])
    tx.deliveries.queue(case.id, None, reply(f"m{number}"), NOON)
    tx.cases.set_status(case.id, CaseStatus.OPEN, NOON)
    tx.cases.record(case.id, [event("last")])
    return case.id


def is_whole(tx: Transaction, case_id: int) -> bool:
    """True when nothing of that unit of work is missing."""
    case = tx.cases.get(case_id)
    kinds = [it.kind for it in tx.cases.events(case_id)]
    return bool(
        case and case.status is CaseStatus.OPEN and kinds == ["opened", "note", "last"] and len(tx.deliveries.of_case(case_id)) == 1
    )


async def test_everything_is_there_after_reopening(place: SqlitePlace) -> None:
    """A store that is closed and opened again holds the same messages, cases, events, deliveries and orders."""

    def everything(tx: Transaction) -> list[object]:
        return [list(tx.messages.all("support")), tx.messages.undecided(9), tx.cases.find(), tx.cases.events(1), tx.deliveries.find()]

    store = place.open()
    await store.transact(lambda tx: [whole(tx, number) for number in (1, 2)])
    await store.transact(lambda tx: tx.deliveries.begin_data(1, NOON))
    before = await store.query(everything)
    await store.close()
    again = place.open()
    assert await again.query(everything) == before
    await again.close()


async def test_another_process_sees_a_commit_at_once(place: SqlitePlace) -> None:
    """What one process has committed, another that has the store open sees, without either closing it."""
    first, second = place.open(), place.open()
    await first.transact(lambda tx: whole(tx, 1))
    assert await second.query(lambda tx: is_whole(tx, 1))
    assert await second.transact(lambda tx: tx.deliveries.begin_data(1, NOON)) is True
    assert await first.transact(lambda tx: tx.deliveries.begin_data(1, NOON)) is False
    await asyncio.gather(first.close(), second.close())


async def test_two_writers_take_turns(place: SqlitePlace) -> None:
    """Two stores on one place write at the same time without losing or mixing anything."""
    stores = [place.open(), place.open()]
    work = [store.transact(lambda tx, n=number: whole(tx, n)) for number in range(60) for store in stores[number % 2 :: 2]]
    ids = await asyncio.gather(*work)
    assert sorted(ids) == list(range(1, 61))
    assert await stores[0].query(lambda tx: [number for number in ids if not is_whole(tx, number)]) == []
    assert await stores[0].query(lambda tx: tx.cases.broken_chains()) == []
    await asyncio.gather(*(store.close() for store in stores))


async def test_killing_leaves_whole_transactions_only(place: SqlitePlace) -> None:
    """After kill -9 in the middle of work every unit is there whole or not at all, and all that were said to be safe are there."""
    dice = random.Random(7)
    safe: list[int] = []
    for round_ in range(3):
        arguments = [sys.executable, "-c", _BUSY, str(place.path), str(round_ * 1_000_000)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=ROOT) as process:
            assert process.stdout
            # The first line says that it is at work; the kill comes at no particular moment after it.
            first = process.stdout.readline()
            await asyncio.sleep(dice.uniform(0.01, 0.1))
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read().rpartition(b"\n")[0]
        safe += map(int, (first + rest).split())
    store = place.open()
    each = Each(store)
    there = [case.id for case in await each.cases.find()]
    assert set(safe) <= set(there)
    assert len(safe) == len(set(safe)) >= 3
    assert await store.query(lambda tx: [case_id for case_id in there if not is_whole(tx, case_id)]) == []
    assert await each.cases.broken_chains() == []
    assert len(await each.messages.undecided(1_000_000)) == len(there)
    await store.close()


async def test_a_delivery_killed_after_data_is_uncertain(place: SqlitePlace) -> None:
    """What a killed process had begun to send is uncertain to the next one, and what it had proven stays sent."""
    program = (
        "import asyncio, os, sys\nfrom pathlib import Path\nfrom tests.store.words import *\nfrom triage.store.sqlite import open_store\n"
        "async def main():\n    store = open_store(Path(sys.argv[1]), 'SP')\n    each = Each(store)\n"
        "    sent, begun = await each.queued('sent'), await each.queued('begun')\n    await each.queued('waiting')\n"
        "    await each.deliveries.begin_data(sent, NOON)\n    await each.deliveries.settle(sent, SENT, NOON, None)\n"
        "    await each.deliveries.begin_data(begun, NOON)\n    os.kill(os.getpid(), 9)\nasyncio.run(main())\n"
    )
    died = subprocess.run([sys.executable, "-c", program, str(place.path)], cwd=ROOT, check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    store = place.open()
    each = Each(store)
    assert [delivery.message_id for delivery in await each.deliveries.interrupted(NOON)] == ["begun@shop.example"]
    stands = {delivery.message_id.split("@")[0]: delivery.status for delivery in await each.deliveries.find()}
    assert stands == {"sent": DeliveryStatus.SENT, "begun": DeliveryStatus.UNCERTAIN, "waiting": DeliveryStatus.QUEUED}
    await each.deliveries.settle(2, SENT, NOON, None)
    await store.close()


async def test_opening_takes_little_time(place: SqlitePlace) -> None:
    """A store that exists opens in a blink: the daemon is back quickly and commands do not drag."""
    await place.open().close()
    opened: list[Store] = []
    assert effort(lambda: opened.append(place.open()), 1.0) < 1.0
    for store in opened:
        await store.close()
