"""Every case has a representative soon, and another one when that person is gone."""

from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.app import assembled
from triage.daemon import once
from triage.sections.people import AgentSettings

BOB = AgentSettings(name="Bob", address="bob@shop.example")


async def test_a_case_is_given_to_an_agent_and_handed_on_when_she_is_disabled(world: World, sink: Sink) -> None:
    """One pass gives a new case to Jane; once she is disabled Bob has it, and the history says so."""
    await world.deliver(letter("Where is ORD1234?"))
    await world.settle()
    settings = world.configure()
    jane = settings.agents["jane"].model_copy(update={"active": False})
    async with assembled(settings.model_copy(update={"agents": {"jane": jane, "bob": BOB}}), world.clock) as app:
        await once(app)
        case, events = await app.store.query(lambda tx: (tx.cases.find()[0], tx.cases.events(1)))
    given = [(event.detail["to"], event.detail.get("instead_of")) for event in events if event.kind == "assigned"]
    assert case.assignee == "bob"
    assert given == [("jane", None), ("bob", "Jane Adams")]


async def test_without_agents_nobody_is_given_anything(world: World, sink: Sink) -> None:
    """Where no agents are configured, people share the mailbox as they like."""
    async with assembled(world.configure().model_copy(update={"agents": {}}), world.clock) as app:
        assert "assign" not in [stage.name for stage in app.stages]
