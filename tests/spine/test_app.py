"""The assembly: settings become stages in their order, or are refused with a line that names the key; resources are let go in any case."""

import asyncio
import hashlib
import hmac
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.alarms.test_channels import Pager, pager
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage import app, installation
from triage.errors import PermanentError, SettingsError, StoreBrokenError
from triage.sections.places import Paths, project_root
from triage.settings import Settings
from triage.stages.loop import drain

__all__ = ["pager"]


def settings(world: World, **paths: Path) -> Settings:
    """The world's settings with some paths changed."""
    chosen = world.configure()
    return chosen.model_copy(update={"paths": chosen.paths.model_copy(update=paths)})


async def test_stages_in_the_order_a_message_passes_them(world: World) -> None:
    """Live: receive, decide, deliver, file, tend; each with a name of its own."""
    async with world.app() as assembled:
        names = [stage.name for stage in assembled.stages]
        assert names[:5] == ["receive:support", "decide", "assign", "notify", "release"]
        assert names[5:] == ["deliver", "file:support", "watch:support", "sent:support", "states:support", "learn", "tend", "log", "report"]
        assert list(assembled.mailboxes) == ["support"]


async def test_shadow_has_nothing_that_sends_or_moves(world: World) -> None:
    """Without the stages that change the world nothing can leave by mistake."""
    async with world.app(mode="shadow") as assembled:
        assert [stage.name for stage in assembled.stages] == [
            "receive:support",
            "decide",
            "assign",
            "notify",
            "sent:support",
            "learn",
            "tend",
            "log",
            "report",
        ]
        assert (assembled.deliver, assembled.file) == (None, ())


async def test_shadow_sends_nothing(world: World, sink: Sink) -> None:
    """A whole pass in shadow opens the case, writes the answer for show, and no server is spoken to."""
    await world.deliver(letter("You charged me twice for ORD1234"))
    await world.settle(mode="shadow")
    assert (sink.connections, sink.envelopes) == (0, [])
    statuses = await world.ask(lambda tx: {it.status.value for it in tx.deliveries.of_case(1)})
    assert statuses == {"withheld"}


def open_stores() -> set[int | None]:
    """The threads of stores; a test before this one may have left its own."""
    return {it.ident for it in threading.enumerate() if it.name == "store"}


async def test_nothing_is_left_running(world: World) -> None:
    """Afterwards there are no threads, tasks or processes of ours that were not there before."""
    threads, stores, tasks = threading.active_count(), open_stores(), asyncio.all_tasks()
    async with world.app() as assembled:
        await assembled.receive[0].work()
    assert asyncio.all_tasks() == tasks
    # Threads of the loop's own executor may stay; the store's and the pool's must not.
    assert open_stores() == stores
    assert threading.active_count() <= threads + 4
    children = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True, check=False).stdout
    assert "multiprocessing.spawn" not in children


@pytest.mark.parametrize("signed", [True, False], ids=["with a secret", "without"])
async def test_an_alarm_reaches_the_pager_that_is_configured(world: World, pager: Pager, signed: bool) -> None:
    """What a stage puts on the board is posted to the webhook of the settings, signed with its secret where there is one; once."""
    (world.root / "pager").write_text("secret\n")
    secret = f'webhook_secret = {{file = "{world.root}/pager"}}\n' if signed else ""
    async with world.app(extra=f'[alarms]\nwebhook = "http://127.0.0.1:{pager.port}/hook"\n{secret}') as assembled:
        assembled.board.sound("model", "the model is refused", world.clock())
        await drain(assembled.watch.warn)
        await drain(assembled.watch.warn)
    [(headers, body)] = pager.requests
    assert (json.loads(body)["kind"], json.loads(body)["text"]) == ("model", "the model is refused")
    wanted = "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest() if signed else None
    assert headers.get("x-triage-signature") == wanted


async def test_what_fails_inside_lets_go_as_well(world: World) -> None:
    """An error while it is assembled or used closes the store, which can be opened again at once."""
    stores = open_stores()
    with pytest.raises(ZeroDivisionError):
        async with world.app():
            raise ZeroDivisionError
    assert open_stores() == stores
    assert await world.ask(lambda tx: tx.cases.find()) == []


@pytest.mark.parametrize(
    ("paths", "error", "told"),
    [
        (
            {"policy": Path("/nowhere/policy.toml")},
            SettingsError,
            r"paths\.policy = '/nowhere/policy\.toml': No such file.*: expected a policy file",
        ),
        ({"templates": Path("/nowhere")}, SettingsError, r"paths\.templates = '/nowhere': expected a folder with templates"),
        ({"state": Path("/dev/null/state")}, SettingsError, r"paths\.state = '/dev/null/state': Not a directory: expected a folder"),
        ({"store": Path("/dev/null/triage.db")}, StoreBrokenError, r"/dev/null/triage\.db: .*expected a path that can be written"),
    ],
    ids=lambda value: "".join(value) if isinstance(value, dict) else "",
)
async def test_paths_that_do_not_serve(world: World, paths: dict[str, Path], error: type[PermanentError], told: str) -> None:
    """Each is refused before anything runs, with key, value and expectation."""
    with pytest.raises(error, match=told):
        async with app.assembled(settings(world, **paths)):
            raise AssertionError


async def test_a_missing_model_stops_nothing(world: World, sink: Sink) -> None:
    """Without a model the customer is acknowledged all the same, and a person sorts the case."""
    await world.deliver(letter("You charged me twice for ORD1234"))
    async with app.assembled(settings(world, model=Path("/nowhere/model.npz")), world.clock) as assembled:
        for stage in assembled.stages:
            while await stage.work():
                pass
        (case,) = await assembled.store.query(lambda tx: tx.cases.find())
    assert case.abstained
    assert case.order_numbers == ("ORD1234",)
    assert [it.recipients for it in sink.accepted if it.recipients == ("ann@customer.example",)] == [("ann@customer.example",)]


def test_the_key_is_made_once(tmp_path: Path) -> None:
    """32 octets that nobody else can read, the same at each call, different for each installation."""
    key = installation.secret_key(tmp_path / "a")
    assert len(key) == 32
    assert installation.secret_key(tmp_path / "a") == key
    assert installation.secret_key(tmp_path / "b") != key
    assert stat.S_IMODE((tmp_path / "a" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["secret.key"]


def test_two_who_make_the_key_at_once_use_the_same(tmp_path: Path) -> None:
    """Processes that start together end with one key, whole, and nothing beside it."""
    code = "import sys; from pathlib import Path; from triage.installation import secret_key; sys.stdin.read(); print(secret_key(Path(sys.argv[1])).hex())"
    command = [sys.executable, "-c", code, str(tmp_path / "state")]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in started:
        assert process.stdin
        process.stdin.close()
    keys = {process.stdout.read() if process.stdout else "" for process in started}
    assert [process.wait(60) for process in started] == [0, 0]
    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["secret.key"]


def test_a_half_written_key_is_never_used(tmp_path: Path) -> None:
    """What a crash left of an earlier attempt is no key."""
    (tmp_path / f"secret.key.{os.getpid()}").write_bytes(b"half")
    assert len(installation.secret_key(tmp_path)) == 32


@pytest.mark.parametrize("where", ["file", "file/below"])
def test_a_key_that_has_no_place(tmp_path: Path, where: str) -> None:
    """The error names the key of the configuration."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"paths\.state = .*expected a folder that can be written"):
        installation.secret_key(tmp_path / where)


def test_templates_by_their_names(world: World) -> None:
    """Every shipped template, named by its path below the folder, hidden files left out."""
    folder = project_root() / "templates" / "emails"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*") if path.is_file() and not path.name.startswith(".")}
    assert set(installation.template_sources(settings(world))) == names
    assert Paths().templates == folder


def test_what_is_no_template_is_left_out(world: World) -> None:
    """A copy that an editor left, a link to nothing, a folder and a pipe do no harm; a text that is no UTF-8 is named."""
    folder = world.root / "templates"
    (folder / "draft" / "old.d").mkdir(parents=True)
    (folder / "draft" / "order.txt").write_text("one\r\ntwo\n", newline="")
    (folder / "layout.txt").write_text("äöü")
    (folder / "draft" / ".order.txt.swp").write_text("half")
    (folder / "README").write_text("no template")
    (folder / "gone.txt").symlink_to(folder / "nothing")
    os.mkfifo(folder / "pipe.txt")
    chosen = settings(world, templates=folder)
    assert list(installation.template_sources(chosen).items()) == [("draft/order.txt", "one\ntwo\n"), ("layout.txt", "äöü")]
    (folder / "layout.txt").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match=r"layout\.txt: .*expected a template in UTF-8"):
        installation.template_sources(chosen)


def test_a_policy_that_was_changed_is_read_again(world: World) -> None:
    """The same text is taken apart once; another one, at the same place and in the same second, counts from then on."""
    path = world.root / "policy.toml"
    text = (project_root() / "config" / "policy.toml").read_text()
    path.write_text(text)
    chosen = settings(world, policy=path)
    first = installation.load_policy(chosen)
    assert installation.load_policy(chosen) is first
    path.write_text(text.replace('folder = "Orders"', 'folder = "Bestellungen"'))
    assert "Bestellungen" in {installation.load_policy(chosen).topic(*matter).folder for matter in first.matters}
    path.write_text("category = 3")
    for _time in range(2):
        with pytest.raises(SettingsError, match=r"policy\.toml: category"):
            installation.load_policy(chosen)
    path.write_text(text)
    assert installation.load_policy(chosen) == first
