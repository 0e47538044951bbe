"""What people correct is known to the readers at once, and taught in the background to a model that must prove itself."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.classifier.samples import small_corpus
from tests.classifier.tiny import SENSES, messages, sentence_model
from tests.servers.smtp_sink import Sink
from tests.spine.test_watch import CHARGED, DISPUTES, PAYMENTS, Scene
from tests.spine.world import Clock, World, letter
from triage.alarm import AlarmBoard
from triage.app import assembled
from triage.classifier import train
from triage.classifier.corpus import write
from triage.classifier.model import Model
from triage.classifier.sentences import SentenceModel
from triage.classifier.shelf import SHIPPED
from triage.correction import Correction, Lesson, Provenance
from triage.daemon import once
from triage.errors import LessonError
from triage.learned import Learned
from triage.ports import Store
from triage.sections.learning import LearningSettings
from triage.stages.learn import Learn
from triage.stages.loop import Bell
from triage.store.sqlite import open_store

FLOWERS = ("rose", "tulip", "fern", "ivy", "moss", "lily", "aster", "daisy", "lotus", "orchid", "poppy", "peony")


def workshop(flower: str, category: str = "invoice", issue: str = "invoice_request") -> Correction:
    """A person's word on a message such as no corpus has."""
    return Correction(
        at=datetime(2026, 3, 2, tzinfo=UTC), author="Jane", provenance=Provenance.CLI, category=category, issue=issue,
        subject="workshop", body=f"the {flower} workshop on sunday, may i bring my brother along to it",
    )  # fmt: skip


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus that is taught in a moment."""
    path = tmp_path_factory.mktemp("corpus") / "small.jsonl"
    rows = [{"subject": it.subject, "body": it.body, "label_category": it.category, "label_issue": it.issue} for it in small_corpus()]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="session")
def shipped(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was taught that corpus."""
    path = tmp_path_factory.mktemp("shipped") / "shipped.npz"
    train.train([corpus], target=path)
    return path


@pytest.fixture
def learned(tmp_path: Path, corpus: Path, shipped: Path) -> Learned:
    """What was learned: nothing yet."""
    return Learned(tmp_path, shipped, timedelta(minutes=2), (corpus,))


async def test_one_move_answers_the_next_message(world: World, sink: Sink) -> None:
    """A person moves a message; the next one that says the same is sorted so by readers that were running all the time."""
    settings = world.configure()
    await world.deliver(CHARGED)
    async with assembled(settings, world.clock) as app:
        played = Scene(app, world)
        await played.settle()
        await played.move(PAYMENTS, DISPUTES)
        await played.settle()
        await world.deliver(letter("You charged me twice for order ORD5678!", subject="Charged twice", sender="bob@other.example"))
        await played.settle()
        second = await played.ask(lambda tx: tx.cases.get(2))
        assert second
        assert (second.category, second.confidence, second.abstained) == ("dispute", 1.0, False)
        assert await played.lies_in() == {DISPUTES: 2}
        events = await played.ask(lambda tx: tx.cases.events(2))
        [classified] = [event for event in events if event.kind == "classified"]
        assert classified.detail["reasons"].startswith("a person, by moving it in mailbox support sorted a near-identical message")


async def test_a_better_model_is_used_and_the_old_one_kept(learned: Learned) -> None:
    """A process of its own teaches it; it lies beside the old one with its verdict, and is the one in use."""
    corrections = [workshop(flower) for flower in FLOWERS]
    lesson = await learned.teach(corrections, 12)
    assert lesson.accepted, lesson.reason
    assert learned.shelf.chosen() == lesson.version
    assert learned.last_lesson() == lesson
    assert [kept.version for kept in learned.shelf.kept()] == [SHIPPED, lesson.version]
    card = learned.shelf.kept()[1].card
    assert card["verdict"] == lesson.reason
    assert isinstance(card["benchmark"], float)
    assert Model.load(learned.shelf.in_use()).classify("workshop", workshop("violet").body).category == "invoice"
    # The next lesson has nothing new to say, and leaves things as they are.
    again = await learned.teach(corrections, 13)
    assert not again.accepted
    assert "not better" in again.reason
    assert learned.shelf.chosen() == lesson.version
    assert not list(learned.shelf.folder.glob("lesson-*"))


async def test_without_corrections_to_judge_by_nothing_is_taught(learned: Learned) -> None:
    """A model that nobody can judge replaces none."""
    lesson = await learned.teach([workshop("rose", category="", issue="")], 1)
    assert (lesson.accepted, lesson.version) == (False, "")
    assert learned.shelf.chosen() == SHIPPED


@pytest.mark.parametrize(("at_most", "corpus_says", "why"), [(0.01, "", "took longer"), (60, "no json", "ended with code 1")])
async def test_a_lesson_that_fails_leaves_everything(tmp_path: Path, shipped: Path, at_most: float, corpus_says: str, why: str) -> None:
    """Out of time or broken: said why, and the process is gone."""
    (tmp_path / "broken.jsonl").write_text(corpus_says)
    learned = Learned(tmp_path, shipped, timedelta(seconds=at_most), (tmp_path / "broken.jsonl",))
    with pytest.raises(LessonError, match=why):
        await learned.teach([workshop(flower) for flower in FLOWERS], 12)
    assert learned.last_lesson() is None
    assert learned.problem() == ""


def test_a_model_that_cannot_be_used_is_named(learned: Learned) -> None:
    """Missing or damaged: the problem names the file, until it is whole again."""
    assert learned.problem() == ""
    content = learned.shipped.read_bytes()
    other = Learned(learned.state, learned.state / "mine.npz", timedelta(1))
    assert "mine.npz" in other.problem()
    other.shipped.write_bytes(content[:-50])
    assert "mine.npz" in other.problem()
    other.shipped.write_bytes(content)
    assert other.problem() == ""


class Teacher:
    """A Learner that keeps what it is told, and teaches when it is let."""

    def __init__(self, *, fails: bool = False) -> None:
        self.known: list[Correction] = []
        self.latest = -1
        self.taught: list[int] = []
        self.fails = fails
        self.trouble = ""
        self.let = asyncio.Event()
        self._last: Lesson | None = None

    def published(self) -> int:
        """The number it was told."""
        return self.latest

    def publish(self, corrections: list[Correction], latest: int) -> None:
        """Kept."""
        self.known, self.latest = list(corrections), latest

    def problem(self) -> str:
        """What the test says."""
        return self.trouble

    def last_lesson(self) -> Lesson | None:
        """The last that came to an end."""
        return self._last

    async def teach(self, corrections: list[Correction], latest: int) -> Lesson:
        """Wait until it is let."""
        self.taught.append(latest)
        await self.let.wait()
        if self.fails:
            raise LessonError("no memory")
        self._last = Lesson(latest=latest, at=datetime(2026, 3, 2, tzinfo=UTC), accepted=True, reason="better", version="v")
        return self._last


class Room:
    """The stage with a teacher, a store and a clock."""

    def __init__(self, store: Store, teacher: Teacher, **settings: object) -> None:
        self.store, self.teacher, self.clock, self.board = store, teacher, Clock(datetime(2026, 3, 2, tzinfo=UTC)), AlarmBoard()
        self.corrected = Bell()
        self.stage = Learn(
            store=store, learner=teacher, settings=LearningSettings.model_validate({"after": 3, "every": "24h", **settings}),
            now=self.clock, corrected=self.corrected, board=self.board,
        )  # fmt: skip

    async def correct(self, times: int = 1) -> None:
        """So many corrections."""
        for _ in range(times):
            await self.store.transact(lambda tx: tx.corrections.add(workshop("rose")))

    async def settle(self) -> int:
        """Work until there is none; then let what was begun go on."""
        done = 0
        while more := await self.stage.work():
            done += more
        for _ in range(20):
            await asyncio.sleep(0.005)
        return done


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return open_store(tmp_path / "triage.db", "SP")


async def test_corrections_are_published_once(store: Store) -> None:
    """After each correction, and never again for the same; where there is none, nothing is to be told."""
    room = Room(store, Teacher())
    assert await room.settle() == 0
    await room.correct(2)
    room.corrected.ring()
    await room.stage.idle()
    assert await room.settle() == 1
    assert (len(room.teacher.known), room.teacher.latest) == (2, 2)
    await store.close()


async def test_a_lesson_after_enough_corrections_one_at_a_time(store: Store) -> None:
    """Three are enough here; while one lesson runs no other begins; then the next three count."""
    room = Room(store, Teacher())
    await room.correct(2)
    await room.settle()
    assert room.teacher.taught == []
    await room.correct(1)
    await room.settle()
    await room.correct(5)
    await room.settle()
    assert room.teacher.taught == [3]
    room.teacher.let.set()
    await room.settle()
    await room.settle()
    assert room.teacher.taught == [3, 8]
    await room.stage.close()
    await store.close()


async def test_a_lesson_once_a_day_where_there_was_a_correction(store: Store) -> None:
    """One correction is taught after a day; a day without any teaches nothing."""
    room = Room(store, Teacher())
    room.teacher.let.set()
    room.clock.forward(hours=25)
    await room.settle()
    assert room.teacher.taught == []
    await room.correct()
    await room.settle()
    assert room.teacher.taught == [1]
    room.clock.forward(hours=25)
    await room.settle()
    assert room.teacher.taught == [1]
    await store.close()


async def test_a_failed_lesson_waits_its_time(store: Store) -> None:
    """It is not begun again and again."""
    room = Room(store, Teacher(fails=True), after=100)
    room.teacher.let.set()
    await room.correct()
    room.clock.forward(hours=25)
    await room.settle()
    await room.settle()
    assert room.teacher.taught == [1]
    await room.stage.close()
    await store.close()


async def test_no_lesson_where_none_is_wanted(store: Store) -> None:
    """With retraining off corrections are published, and no model is taught."""
    room = Room(store, Teacher(), retrain=False)
    await room.correct(10)
    assert await room.settle() == 1
    assert room.teacher.taught == []
    await store.close()


async def test_a_refused_model_is_an_alarm_until_it_is_mended(store: Store) -> None:
    """The alarm says why, stands while the model is refused, and is taken down after."""
    room = Room(store, Teacher())
    room.teacher.trouble = "triage.npz: damaged"
    await room.settle()
    await room.settle()
    [alarm] = room.board.standing()
    assert (alarm.kind, "triage.npz: damaged" in alarm.text) == ("model", True)
    room.teacher.trouble = ""
    await room.settle()
    assert room.board.standing() == ()
    await store.close()


def test_a_sentence_model_that_is_not_there_is_told(learned: Learned, tmp_path: Path) -> None:
    """What is missing is named for as long as it is, and what that means; a model that is refused is told first."""
    folder = tmp_path / "sentences"
    hearing = Learned(learned.state, learned.shipped, timedelta(1), sentence_model=folder)
    assert learned.problem() == ""
    assert hearing.problem().startswith(
        f"the sentence model is not heard, and messages are sorted by their words alone: {folder}: no model.onnx"
    )
    sentence_model(folder, {"money": 1})
    assert hearing.problem() == ""
    (folder / "tokenizer.json").unlink()
    assert "no tokenizer.json" in hearing.problem()
    unsorted = Learned(learned.state, tmp_path / "none.npz", timedelta(1), sentence_model=folder)
    assert unsorted.problem().startswith("the model is refused, and messages may go unsorted")


async def test_a_lesson_is_taught_with_the_sentence_model(learned: Learned, tmp_path: Path) -> None:
    """The process that teaches hears it, the model that comes of it does, and its card says so."""
    folder, lessons = sentence_model(tmp_path / "sentences", SENSES), (tmp_path / "brief.jsonl", tmp_path / "letters.jsonl")
    # Judged apart, each file has words that the other does not know.
    for synonym, path in enumerate(lessons):
        write(path, messages(synonym))
    hearing = replace(learned, sentence_model=folder, corpus=lessons)
    lesson = await hearing.teach([workshop(flower) for flower in FLOWERS], 12)
    assert lesson.accepted, lesson.reason
    model = Model.load(hearing.shelf.in_use(), SentenceModel(folder))
    assert model.sentences is not None
    card = json.loads(hearing.shelf.in_use().with_suffix(".json").read_text())
    assert card["meaning"]["meaning"] > 0
    assert card["corpus"].endswith("+meaning")


async def test_stopping_breaks_off_a_lesson(store: Store) -> None:
    """The daemon does not wait for a lesson, and begins it again at its next start."""
    room = Room(store, Teacher())
    await room.correct(3)
    await room.settle()
    assert room.teacher.taught == [3]
    await room.stage.close()
    again = Room(store, Teacher())
    await again.settle()
    assert again.teacher.taught == [3]
    await again.stage.close()
    await store.close()


async def test_a_damaged_file_is_written_anew(world: World, sink: Sink) -> None:
    """What readers look at is made whole again at the next start; without corrections no file is needed, and no lesson begun."""
    known = world.root / "var" / "corrections.json"
    async with world.app() as app:
        await once(app)
        assert not known.exists()
        assert app.learn._lesson is None
        await app.store.transact(lambda tx: tx.corrections.add(workshop("rose")))
    known.write_text("{")
    async with world.app() as app:
        await once(app)
    assert json.loads(known.read_text())["latest"] == 1
