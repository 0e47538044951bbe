"""A full disk: fetching stops, mail stays on the server, what was begun is finished, and all goes on when there is room."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.liar import Liar
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from tests.store.words import new_case
from triage.daemon import once
from triage.errors import StoreFullError
from triage.stages.loop import drain


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of thirty megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def test_nothing_is_lost_on_a_full_disk(lying_world: World, liar: Liar, sink: Sink, disk: Path) -> None:
    """The daemon stops fetching and deciding, tells, can still write down what it does, and takes everything in afterwards."""
    lying_world.values["extra"] = f'[paths]\nstore = "{disk}/triage.db"'
    async with lying_world.app() as app:
        receive = app.receive[0]
        assert await drain(receive) == 0
        reserve = disk / "triage.db.reserve"
        assert reserve.exists()
        filling = disk / "filling"
        filling.write_bytes(b"\0" * (shutil.disk_usage(disk).free - 200_000))
        liar.put(letter("Where is ORD10000?\n" + "x\n" * 400_000))
        with pytest.raises(StoreFullError):
            await receive.work()
        assert not reserve.exists()
        fetched = liar.given["FETCH"]
        for stage in (receive, app.decide):
            with pytest.raises(StoreFullError, match="nothing new"):
                await stage.work()
        assert liar.given["FETCH"] == fetched
        assert "store_full" in {alarm.kind for alarm in app.board.standing()}
        assert (await app.store.transact(lambda tx: tx.cases.open(new_case()))).number == "SP-100001"
        filling.unlink()
        assert await once(app) > 0
        assert reserve.exists()
        assert app.board.standing() == ()
    assert [it.recipients for it in sink.accepted if "customer" in it.recipients[0]] == [("ann@customer.example",)]
