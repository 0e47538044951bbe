"""What is broken or missing costs its own part only: acknowledgments go out all the same."""

import shutil
from pathlib import Path

import pytest

from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.alarms.file import read_alarms
from triage.app import ALARMS
from triage.daemon import once
from triage.errors import SettingsError, StoreBrokenError
from triage.sections.places import project_root


def paths(world: World, **changed: Path) -> None:
    """Point the configuration somewhere else."""
    world.values["extra"] = "[paths]\n" + "\n".join(f'{name} = "{path}"' for name, path in changed.items())


async def acknowledged(world: World, sink: Sink) -> bytes:
    """A customer writes and gets an acknowledgment: its bytes."""
    await world.deliver(letter("You charged me twice for order ORD1234", subject="charged twice"))
    await world.settle()
    sent = [envelope.content for envelope in sink.accepted if envelope.recipients == ("ann@customer.example",)]
    assert len(sent) == 1
    return sent[0]


async def test_a_missing_model_leaves_messages_unsorted(world: World, sink: Sink) -> None:
    """Without a model the case goes to a person with the reason, and the customer hears from us as always."""
    paths(world, model=world.root / "nowhere.npz")
    await acknowledged(world, sink)
    case = (await world.ask(lambda tx: tx.cases.find()))[0]
    assert case.abstained
    classified = next(event for event in await world.ask(lambda tx: tx.cases.events(1)) if event.kind == "classified")
    assert "nowhere.npz" in classified.detail["reasons"]


@pytest.mark.parametrize("damage", [b"", b"not a model", b"\x80\x04\x95pickled"])
async def test_a_damaged_model_is_refused_and_mail_goes_on(world: World, sink: Sink, damage: bytes) -> None:
    """A truncated, foreign or pickled file is never loaded; messages are unsorted and acknowledged."""
    model = world.root / "model.npz"
    model.write_bytes(damage)
    paths(world, model=model)
    await acknowledged(world, sink)
    assert (await world.ask(lambda tx: tx.cases.find()))[0].abstained


@pytest.mark.parametrize("text", ["{% broken", "{{ nobody_knows_this }}", "{{ 1 / 0 }}"])
async def test_a_broken_template_is_replaced_by_the_built_in_text(world: World, sink: Sink, text: str) -> None:
    """A template that cannot be used costs its wording, not the acknowledgment; the case says which and why."""
    templates = world.root / "emails"
    shutil.copytree(project_root() / "templates" / "emails", templates)
    (templates / "acknowledgment" / "payment.txt").write_text(text)
    paths(world, templates=templates)
    content = await acknowledged(world, sink)
    assert b"SP-100001" in content
    events = await world.ask(lambda tx: tx.cases.events(1))
    assert any(event.kind == "fallback" and "payment.txt" in event.detail["why"] for event in events)


async def test_a_wrong_policy_ends_the_start_with_its_mistakes(world: World) -> None:
    """The policy is checked before anything starts, and every mistake names its key."""
    policy = world.root / "policy.toml"
    policy.write_text('[category.order]\ntitle = 3\nfolder = "Orders"\ncolour = "red"\n')
    paths(world, policy=policy)
    with pytest.raises(SettingsError) as caught:
        await world.settle()
    assert "policy.toml" in str(caught.value)
    assert "colour" in str(caught.value)


async def test_a_damaged_store_is_refused(world: World) -> None:
    """A file that is no store of ours is not written to."""
    store = world.root / "var" / "triage.db"
    store.parent.mkdir(exist_ok=True)
    store.write_bytes(b"this is not a database, it is a letter to somebody" * 100)
    with pytest.raises(StoreBrokenError, match="expected an undamaged SQLite database"):
        await world.settle()
    assert store.read_bytes().startswith(b"this is not a database")


async def test_a_key_of_the_wrong_length_is_refused(world: World) -> None:
    """A damaged secret would make every token invalid: it is named instead."""
    (world.root / "var").mkdir(exist_ok=True)
    (world.root / "var" / "secret.key").write_bytes(b"short")
    with pytest.raises(SettingsError, match="expected the 32"):
        await world.settle()


async def test_the_secret_key_is_readable_by_its_owner_only(world: World) -> None:
    """The key that tokens are made with is made at first use with mode 0600, and stays."""
    await world.settle()
    key = world.root / "var" / "secret.key"
    assert key.stat().st_mode & 0o777 == 0o600
    first = key.read_bytes()
    await world.settle()
    assert key.read_bytes() == first


async def test_a_department_that_is_not_configured_costs_the_customer_nothing(world: World, sink: Sink) -> None:
    """The policy names a department nobody has set up: the customer is acknowledged, and the case says nobody was told."""
    world.values["extra"] = ""
    settings = world.configure()
    text = world.config.read_text()
    begin = text.index("[departments.finance]")
    end = text.index("[agents.jane]")
    world.config.write_text(text[:begin] + text[end:])
    from triage.app import assembled
    from triage.settings import load

    await world.deliver(letter("You charged me twice for order ORD1234", subject="charged twice"))
    async with assembled(load(world.config), world.clock) as app:
        await once(app)
        events = await app.store.query(lambda tx: tx.cases.events(1))
    assert settings.departments
    assert [envelope.recipients for envelope in sink.accepted] == [("ann@customer.example",)]
    assert any(event.kind == "not_escalated" for event in events)


@pytest.mark.parametrize("keep", ["true", "false"])
async def test_raw_bytes_are_dropped_once_decided_unless_kept(world: World, sink: Sink, keep: str) -> None:
    """The mailbox is the archive: raw bytes stay in the store only when asked for."""
    await world.deliver(letter("Where is ORD1234?"))
    await world.settle(keep_raw=keep)
    raw = (await world.ask(lambda tx: tx.messages.get(1))).raw
    assert (raw is not None) is (keep == "true")


async def test_a_built_in_text_is_told(world: World, sink: Sink) -> None:
    """Whoever runs it learns which template could not be used, and why; it goes a day after the last time."""
    templates = world.root / "emails"
    shutil.copytree(project_root() / "templates" / "emails", templates)
    (templates / "acknowledgment" / "payment.txt").write_text("{{ nobody_knows_this }}")
    paths(world, templates=templates)
    await world.deliver(letter("You charged me twice for order ORD1234", subject="charged twice"))
    async with world.app() as app:
        await once(app)
        [alarm] = (await app.watch.vitals.look()).alarms
        assert (alarm.kind, "payment.txt" in alarm.text) == ("template", True)
        world.clock.forward(days=1)
        assert "template" not in [alarm.kind for alarm in (await app.watch.vitals.look()).alarms]


async def test_alarms_of_a_run_that_died_are_taken_down(world: World) -> None:
    """The file of alarms says what stands now, and not what stood when a daemon was killed."""
    path = world.root / "var" / ALARMS
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"alarms": [{"kind": "late", "text": "long ago", "since": "2026-03-02T12:00:00+00:00"}]}')
    async with world.app() as app:
        await app.watch.warn.work()
    assert read_alarms(path) == ()
