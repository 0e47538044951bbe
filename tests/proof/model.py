"""Every state that messages, the store, two daemons and the servers can reach together, walked through; the outbox moves by the product's own table.

One message is received, decided, perhaps held in a flood, and delivered by a daemon that may stop between any two of its steps, by a death or for so long that the other takes
the lease over and goes on after it has woken. The submission server answers everything it can, loses connections before and after it has accepted, and its receipt
copy comes at any time within the wait. What must hold in every state, and that from every state all messages can still come to their end, is checked.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from triage.outbox import HELD, SENT, UNCERTAIN, WAITING, Happening, after
from triage.reply import DeliveryStatus

DAEMONS = 2


class Mail(NamedTuple):
    """One message of a customer: what the store knows of it, and what is true of it."""

    #: Its raw bytes are in the store.
    stored: bool = False
    #: The row of the outbox; None before it is decided.
    status: DeliveryStatus | None = None
    #: The row says that a second copy may have left.
    flagged: bool = False
    #: Copies that the customer has got, and receipt copies that can be found; neither is known to a daemon without looking.
    copies: int = 0
    receipts: int = 0


class Daemon(NamedTuple):
    """One process: where it is, and what it has in mind."""

    alive: bool = False
    #: "" without a turn at the lease, "now" in the turn that the store honours, "past" where another has taken over without its knowing.
    turn: str = ""
    #: The message in hand, or -1.
    hand: int = -1
    #: "", then "data" once `sending` is committed, then what the server said.
    heard: str = ""


class World(NamedTuple):
    """All of it."""

    mails: tuple[Mail, ...]
    daemons: tuple[Daemon, ...]


@dataclass(slots=True)
class Walked:
    """What was found."""

    states: int = 0
    steps: int = 0
    violations: list[str] = field(default_factory=list)
    #: States from which some message could never come to its end.
    stuck: int = 0
    #: The most copies that one customer got, and whether each second one was marked.
    most_copies: int = 0

    @property
    def clean(self) -> bool:
        """True where nothing is wrong."""
        return not self.violations and not self.stuck

    def details(self) -> list[str]:
        """The first few violations."""
        return self.violations[:10]

    def __str__(self) -> str:
        """One line."""
        return f"{self.states:,} states, {self.steps:,} steps, {len(self.violations)} violations, {self.stuck} dead ends, at most {self.most_copies} copies"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the world may do."""

    messages: int = 2
    #: A receipt copy comes along, and one that is absent after the wait allows a resend.
    receipts: bool = True
    #: A daemon that stands still between `sending` and DATA may stand still for longer than the wait for receipts.
    sleeps_past_wait: bool = False


def walk(rules: Rules) -> Walked:
    """Every reachable state, each step of each actor from each of them."""
    start = World((Mail(),) * rules.messages, (Daemon(),) * DAEMONS)
    found, backwards, waiting = Walked(), {start: []}, deque([start])  # type: dict[World, list[World]]
    while waiting:
        world = waiting.popleft()
        for action, following in steps(world, rules):
            found.steps += 1
            if following not in backwards:
                backwards[following] = []
                waiting.append(following)
                found.violations += [f"after {action}: {problem} in {following}" for problem in problems(following, rules)]
            backwards[following].append(world)
    found.states = len(backwards)
    found.most_copies = max(mail.copies for world in backwards for mail in world.mails)
    found.stuck = len(backwards) - len(_can_end(backwards))
    return found


def problems(world: World, rules: Rules) -> Iterator[str]:
    """What must never be."""
    for mail in world.mails:
        if mail.status is not None and not mail.stored:
            yield "decided and not stored"
        if mail.status is SENT and not mail.copies:
            yield "said to be sent, and the customer has nothing"
        if mail.copies > 1 and not mail.flagged:
            yield "two copies, and the second is not marked"
        if mail.copies > 1 and rules.receipts and not rules.sleeps_past_wait:
            yield "two copies although receipts are in time"
        if mail.copies > 1 and not rules.receipts:
            yield "two copies although nothing uncertain is sent again"
        if mail.copies > 2:
            yield "more than two copies"


def _can_end(backwards: dict[World, list[World]]) -> set[World]:
    """The states from which every message can come to its end: sent, failed, or uncertain where no receipt will tell."""
    reached = {world for world in backwards if all(_ended(mail) for mail in world.mails)}
    waiting = deque(reached)
    while waiting:
        for before in backwards[waiting.popleft()]:
            if before not in reached:
                reached.add(before)
                waiting.append(before)
    return reached


def _ended(mail: Mail) -> bool:
    return mail.status in (SENT, DeliveryStatus.FAILED, UNCERTAIN)


def steps(world: World, rules: Rules) -> Iterator[tuple[str, World]]:
    """Everything that can happen next."""
    for place, mail in enumerate(world.mails):
        if mail.status is HELD:
            # By a command, which needs no lease.
            yield f"a person drops {place}", _mail(world, place, _happened(mail, Happening.DROP))
    for number, daemon in enumerate(world.daemons):
        if not daemon.alive:
            yield f"{number} starts", _with(world, number, Daemon(alive=True))
            continue
        yield f"{number} dies", _with(world, number, Daemon())
        if not daemon.turn:
            yield f"{number} takes the lease", _take(world, number)
        elif daemon.hand < 0:
            yield from _work(world, number, daemon, rules)
        elif daemon.heard == "data":
            yield from _data(world, number, daemon, rules)
        else:
            yield from _settle(world, number, daemon)


def _with(world: World, number: int, daemon: Daemon) -> World:
    daemons = list(world.daemons)
    daemons[number] = daemon
    return world._replace(daemons=tuple(daemons))


def _mail(world: World, number: int, mail: Mail) -> World:
    mails = list(world.mails)
    mails[number] = mail
    return world._replace(mails=tuple(mails))


def _take(world: World, number: int) -> World:
    """Take the lease, at any moment: its end is a matter of clocks, and clocks may be wrong. What was on the wire becomes uncertain."""
    mails = tuple(_happened(mail, Happening.CRASH) for mail in world.mails)
    daemons = tuple(daemon._replace(turn="past") if daemon.turn else daemon for daemon in world.daemons)
    return _with(World(mails, daemons), number, Daemon(alive=True, turn="now"))


def _happened(mail: Mail, happening: Happening) -> Mail:
    return mail if mail.status is None else mail._replace(status=after(mail.status, happening))


def _work(world: World, number: int, daemon: Daemon, rules: Rules) -> Iterator[tuple[str, World]]:
    """Each commit is fenced: a daemon whose turn is over finds it refused and waits as one that holds nothing."""
    if daemon.turn != "now":
        yield f"{number} finds its lease lost", _with(world, number, Daemon(alive=True))
        return
    for place, mail in enumerate(world.mails):
        if not mail.stored:
            yield f"{number} stores {place}", _mail(world, place, mail._replace(stored=True))
        elif mail.status is None:
            for status in (DeliveryStatus.QUEUED, HELD):
                yield f"{number} decides {place}: {status}", _mail(world, place, mail._replace(status=status))
        elif mail.status is HELD:
            yield f"{number} releases {place}", _mail(world, place, _happened(mail, Happening.RELEASE))
        elif mail.status in WAITING:
            begun = _mail(world, place, _happened(mail, Happening.BEGIN))
            yield f"{number} begins {place}", _with(begun, number, daemon._replace(hand=place, heard="data"))
        elif mail.status is UNCERTAIN and rules.receipts:
            yield from _look(world, number, place, mail, rules)


def _look(world: World, number: int, place: int, mail: Mail, rules: Rules) -> Iterator[tuple[str, World]]:
    if mail.receipts:
        yield f"{number} finds the receipt of {place}", _mail(world, place, _happened(mail, Happening.RECEIPT))
        return
    # After the wait every copy that was accepted has left its receipt; what is not at the server by then comes from one that slept past it.
    sleeping = any(other.hand == place and other.heard == "data" for other in world.daemons)
    if not sleeping or rules.sleeps_past_wait:
        again = _happened(mail, Happening.AGAIN)
        yield f"{number} finds no receipt of {place}", _mail(world, place, again._replace(flagged=True))


def _data(world: World, number: int, daemon: Daemon, rules: Rules) -> Iterator[tuple[str, World]]:
    """What the server makes of DATA, and what of that is heard."""
    mail = world.mails[daemon.hand]
    receipts = min(2, mail.receipts + 1) if rules.receipts else 0
    accepted = _mail(world, daemon.hand, mail._replace(copies=min(3, mail.copies + 1), receipts=receipts))
    for reached, replies in ((accepted, ("accepted", "silence")), (world, ("put_off", "refused", "silence"))):
        for reply in replies:
            yield f"the server: {reply}", _with(reached, number, daemon._replace(heard=reply))


def _settle(world: World, number: int, daemon: Daemon) -> Iterator[tuple[str, World]]:
    """Write down what was heard; with a lost lease nothing is written."""
    if daemon.turn != "now":
        yield f"{number} finds its lease lost", _with(world, number, Daemon(alive=True))
        return
    settled = _happened(world.mails[daemon.hand], Happening(daemon.heard))
    yield f"{number} settles", _with(_mail(world, daemon.hand, settled), number, daemon._replace(hand=-1, heard=""))


@dataclass(frozen=True, slots=True)
class Proof:
    """The walks under each set of rules."""

    walks: dict[str, Walked]

    @property
    def clean(self) -> bool:
        """True where none of them found anything wrong."""
        return all(walked.clean for walked in self.walks.values())

    def details(self) -> list[str]:
        """One line for each walk, and its first violations."""
        return [line for name, walked in self.walks.items() for line in (f"{name}: {walked}", *walked.details())]

    def __str__(self) -> str:
        """The sum."""
        return f"{sum(walked.states for walked in self.walks.values()):,} states, {'0' if self.clean else 'SOME'} violations"


def run(messages: int, seed: int) -> Proof:
    """Walk with receipts, without, and with sleepers; `seed` changes nothing, since everything is walked."""
    return Proof(
        {
            "with receipt copies": walk(Rules(messages=messages)),
            "without": walk(Rules(messages=messages, receipts=False)),
            "standing still past the wait": walk(Rules(messages=messages, sleeps_past_wait=True)),
        }
    )
