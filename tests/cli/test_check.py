"""`triage check`: each part of the configuration, good and broken, on real servers."""

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.classifier.tiny import SENSES, messages, sentence_model
from tests.cli.calling import Ended, Shop
from tests.conftest import PASSWORD
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Sink
from tests.spine.world import letter
from tests.store.words import new_case
from triage.classifier.sentences import SentenceModel
from triage.classifier.shelf import Shelf
from triage.classifier.train import train_on
from triage.demo.servers import DemoServers
from triage.sections.places import Paths, project_root

PARTS = ["policy", "people", "reports", "calendar", "templates", "model", "store", "clock", "smtp", "mailbox support"]
USER = "support@shop.example"


def paths(**names: object) -> str:
    """A [paths] table."""
    return "[paths]\n" + "".join(f'{name} = "{value}"\n' for name, value in names.items())


async def check(shop: Shop) -> tuple[dict[str, str], dict[str, str], Ended]:
    """What was said of the good parts, of the broken ones, and how it ended; text and JSON agree."""
    ended = await shop.calls("check", "--json")
    parts = ended.json["parts"]
    assert [part["part"] for part in parts] == PARTS
    good = {part["part"]: part["said"] for part in parts if part["good"]}
    bad = {part["part"]: part["said"] for part in parts if not part["good"]}
    assert ended.code == (1 if bad else 0)
    return good, bad, ended


async def test_everything_good(served: Shop, embedded: DemoServers) -> None:
    """Each part has a line that starts with ok and says something to check by eye; nothing on standard error."""
    await embedded.deliver(USER, letter("Where is ORD1234?"))
    ended = await served.calls("check")
    assert (ended.code, ended.err) == (0, "")
    assert [line.split(":")[0] for line in ended.lines] == [f"ok   {part}" for part in PARTS]
    text = ended.out
    assert "6 categories, 8 triggers, 5 departments, 8 deadlines" in text
    assert "tried on" in text
    assert f"{served.store}, 0 cases" in text
    assert "INBOX holds 1 messages; 0 folders under Triage/ so far" in text
    assert "the states of cases are shown by keywords;" in text
    assert "no answers are looked for: the server marks no folder as \\Sent, name it by sent_folder" in text
    assert f"{datetime.now(UTC):%Y-%m-%d %H:}" in text
    assert "in Europe/Berlin" in text


async def test_who_gets_the_reports(served: Shop) -> None:
    """Whoever reads them is named; where nobody is configured who could, that is a warning with what to do, and no failure."""
    good, _, _ = await check(served)
    assert good["reports"] == "made by command only"
    text = served.config.read_text().replace("send = []", 'send = ["week"]')
    served.config.write_text(text)
    good, _, _ = await check(served)
    assert good["reports"] == "of each week to Management"
    head, _mark, rest = text.partition("[departments.management]")
    served.config.write_text(head + "[agents.jane]" + rest.partition("[agents.jane]")[2])
    ended = await served.calls("check")
    assert ended.code == 0
    assert [line[:4] for line in ended.lines if " reports: mailed to nobody, because management is not configured" in line] == ["warn"]


@pytest.mark.parametrize(
    ("states", "said"),
    [("off", "the states of cases are not shown"), ("folders", "by keywords, and by the folders Triage/Waiting and Triage/Done")],
)
async def test_how_states_are_shown(served: Shop, states: str, said: str) -> None:
    """What will be done in the mailbox is said before it is done."""
    served.config.write_text(served.config.read_text().replace('poll = "1s"', f'poll = "1s"\nstates = "{states}"'))
    good, _, _ = await check(served)
    assert said in good["mailbox support"]


async def test_people_whom_nobody_could_obey_are_a_warning(served: Shop) -> None:
    """Without authserv_id no colleague's mail is obeyed: said with what to do, and no failure; waived on purpose it is none."""
    served.config.write_text(served.config.read_text().replace('authserv_id = "mx.shop.example"', ""))
    ended = await served.calls("check")
    (line,) = [line for line in ended.lines if "people" in line.split(":")[0]]
    assert line.startswith("warn people: 1 agents, 5 departments; nobody of them can answer or give orders by mail")
    assert "set it to the first word of the Authentication-Results" in line
    assert ended.code == 0
    waived = served.config.read_text().replace("[people]", "[people]\nrequire_authentication = false")
    served.config.write_text(waived)
    assert "ok   people: 1 agents, 5 departments" in (await served.calls("check")).lines


async def test_json_is_one_document(served: Shop) -> None:
    """--json prints mode and parts and nothing else, logs not among them."""
    _good, bad, ended = await check(served)
    assert bad == {}
    assert list(ended.json) == ["mode", "parts"]
    assert ended.json["mode"] == "live"
    assert set(ended.json["parts"][0]) == {"part", "good", "doubtful", "said"}


async def test_it_changes_nothing(served: Shop, embedded: DemoServers, sink: Sink) -> None:
    """No message is sent or taken in, and no folder made."""
    await embedded.deliver(USER, letter("Where is ORD1234?"))
    await served.calls("check")
    assert sink.envelopes == []
    assert not any(command.startswith(("MAIL", "DATA")) for command in sink.commands)
    assert await served.stored(lambda tx: len(list(tx.messages.all("support")))) == 0
    assert "INBOX holds 1 messages; 0 folders" in (await served.calls("check")).out


async def test_servers_that_are_away(shop: Shop) -> None:
    """Closed ports: both servers fail with host and port, every other part is still proven."""
    good, bad, _ended = await check(shop)
    assert list(bad) == ["smtp", "mailbox support"]
    assert list(good) == PARTS[:-2]
    assert f"127.0.0.1 port {shop.values['smtp_port']}" in bad["smtp"]
    assert f"127.0.0.1 port {shop.values['imap_port']}" in bad["mailbox support"]


async def test_a_wrong_password(served: Shop) -> None:
    """The IMAP server refuses: it says so and does not repeat the password."""
    (served.root / "password").write_text("the wrong one")
    _good, bad, ended = await check(served)
    assert list(bad) == ["mailbox support"]
    assert "refused" in bad["mailbox support"]
    assert "the wrong one" not in ended.out + ended.err


async def test_a_wrong_password_on_dovecot(big_shop: Shop, dovecot: Dovecot) -> None:
    """The same on Dovecot."""
    (big_shop.root / "password").write_text("the wrong one")
    _good, bad, ended = await check(big_shop)
    assert list(bad) == ["mailbox support"]
    assert "the wrong one" not in ended.out + ended.err


async def test_smtp_refuses_the_password(served: Shop, sink: Sink) -> None:
    """A 535 fails the part with the server's code."""
    sink.always["auth"] = "535 5.7.8 no"
    text = served.config.read_text().replace("[smtp]\n", f'[smtp]\nusername = "{USER}"\npassword = {{file = "{served.root}/password"}}\n')
    served.config.write_text(text)
    _good, bad, ended = await check(served)
    assert list(bad) == ["smtp"]
    assert "535" in bad["smtp"]
    assert PASSWORD not in ended.out + ended.err


def with_receipts(shop: Shop, folder: str) -> None:
    """Ask for receipt copies in that folder, and name two fallback servers, the second of which is away."""
    port = shop.values["smtp_port"]
    fallback = "".join(f'[[smtp.fallback]]\nhost = "127.0.0.1"\nport = {it}\nsecurity = "none"\n' for it in (port, 1))
    wanted = f'receipt_address = "audit@shop.example"\nreceipt_folder = "{folder}"\n{fallback}[departments.finance]'
    shop.config.write_text(shop.config.read_text().replace("[departments.finance]", wanted))


async def test_receipt_copies_and_fallback_servers(served: Shop, embedded: DemoServers) -> None:
    """Each fallback server is a part of its own, and so is the folder of the copies, with how many lie there."""
    await embedded.deliver(USER, letter("A copy"))
    with_receipts(served, "Drafts")
    parts = {part["part"]: part for part in (await served.calls("check", "--json")).json["parts"]}
    first, second = (f"smtp fallback 127.0.0.1 port {port}" for port in (served.values["smtp_port"], 1))
    assert list(parts) == [*PARTS[:-1], first, second, "receipts", PARTS[-1]]
    assert (parts[first]["good"], parts[second]["good"]) == (True, False)
    assert "127.0.0.1 port 1" in parts[second]["said"]


@pytest.mark.parametrize("there", [True, False])
async def test_the_folder_of_receipt_copies(big_shop: Shop, dovecot: Dovecot, dovecot_user: str, there: bool) -> None:
    """It is there and its copies are counted, or it is missing and named."""
    if there:
        with dovecot.client(dovecot_user) as client:
            client.create_folder("Copies")
        dovecot.deliver(dovecot_user, letter("A copy"), letter("Another"), folder="Copies")
    with_receipts(big_shop, "Copies")
    parts = {part["part"]: part for part in (await big_shop.calls("check", "--json")).json["parts"]}
    assert parts["receipts"]["good"] is there
    said = "copies for audit@shop.example are looked for in Copies of mailbox support, which holds 2" if there else "Copies"
    assert said in parts["receipts"]["said"]


@pytest.mark.parametrize("greeting", ["554 5.7.1 go away", "421 4.3.2 closing", "drop", "nonsense"])
async def test_smtp_does_not_let_us_in(served: Shop, sink: Sink, greeting: str) -> None:
    """Whatever an SMTP server does instead of greeting is a failed part, not a traceback."""
    sink.always["connect"] = greeting
    _good, bad, _ended = await check(served)
    assert list(bad) == ["smtp"]
    assert "smtp 127.0.0.1" in bad["smtp"]


async def test_a_password_that_is_nowhere(served: Shop) -> None:
    """The password's file is missing: either part names it and whose it should be, and blames no server."""
    text = served.config.read_text().replace("[smtp]\n", f'[smtp]\nusername = "{USER}"\npassword = {{file = "{served.root}/password"}}\n')
    served.config.write_text(text)
    (served.root / "password").unlink()
    _good, bad, _ended = await check(served)
    expected = f"{served.root}/password: No such file or directory: expected a file with the password of {USER}"
    assert bad["mailbox support"] == bad["smtp"] == expected


async def test_a_watched_folder_that_is_missing(served: Shop) -> None:
    """The folder to watch does not exist on the server."""
    served.config.write_text(served.config.read_text().replace("[mailbox.support]\n", '[mailbox.support]\nfolder = "Elsewhere"\n'))
    _good, bad, _ended = await check(served)
    assert list(bad) == ["mailbox support"]
    assert "Elsewhere" in bad["mailbox support"]


def remove(folder: Path) -> None:
    """Empty the folder."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (remove, "expected a folder with templates"),
        (shutil.rmtree, "expected a folder with templates"),
        (lambda folder: shutil.rmtree(folder / "acknowledgment"), "acknowledgment"),
        (lambda folder: next(folder.rglob("*.txt")).write_bytes(b"Gr\xfc\xdfe"), "expected a template in UTF-8"),
        (
            lambda folder: [it.write_text("{{ nobody }}") for it in (folder / "draft").glob("order.txt")],
            "draft/order.txt: 'nobody' is undefined",
        ),
        (lambda folder: [it.write_text("{{ unclosed") for it in (folder / "acknowledgment").glob("*.txt")], "unexpected end of template"),
        (lambda folder: [it.write_text("{{ nobody.knows }}") for it in (folder / "acknowledgment").glob("*.txt")], "'nobody' is undefined"),
    ],
    ids=["empty", "missing", "one kind missing", "not UTF-8", "a draft", "not a template", "asks for what nobody knows"],
)
async def test_templates_that_do_not_serve(shop: Shop, breaks: Callable[[Path], object], said: str) -> None:
    """Missing or broken templates fail their part with the name of the file or key."""
    shutil.copytree(project_root() / "templates" / "emails", shop.root / "emails")
    breaks(shop.root / "emails")
    shop.configure(paths(templates="emails"))
    _good, bad, _ended = await check(shop)
    assert said in bad["templates"]
    assert "model" not in bad


async def test_what_editors_leave_behind_is_no_template(shop: Shop) -> None:
    """A hidden file that is not text does not break the templates."""
    shutil.copytree(project_root() / "templates" / "emails", shop.root / "emails")
    (shop.root / "emails" / ".letter.txt.swp").write_bytes(b"b0VIM\x00\xff\xfe")
    shop.configure(paths(templates="emails"))
    good, _bad, _ended = await check(shop)
    assert "templates, tried on" in good["templates"]


@pytest.mark.parametrize("content", [None, b"", b"not a model", b"PK\x03\x04 broken"], ids=["missing", "empty", "text", "damaged"])
async def test_a_model_that_does_not_serve(shop: Shop, content: bytes | None) -> None:
    """A missing or damaged model fails its part with its path; the rest is proven all the same."""
    if content is not None:
        (shop.root / "model.npz").write_bytes(content)
    shop.configure(paths(model="model.npz"))
    good, bad, _ended = await check(shop)
    assert f"{shop.root}/model.npz" in bad["model"]
    assert {"policy", "templates", "store", "clock"} <= set(good)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory: expected a policy file"),
        (b"\xff\xfe", "expected UTF-8"),
        (b"[promises\n", "policy.toml"),
        (b"", "policy.toml"),
        (b'[promises]\nacknowledge = "soon"\n', "acknowledge"),
    ],
    ids=["missing", "not UTF-8", "not TOML", "empty", "mistakes"],
)
async def test_a_policy_with_mistakes(shop: Shop, content: bytes | None, said: str) -> None:
    """The policy's mistakes are told with the file; templates depend on it and fail for the same reason."""
    if content is not None:
        (shop.root / "policy.toml").write_bytes(content)
    shop.configure(paths(policy="policy.toml"))
    _good, bad, _ended = await check(shop)
    assert said in bad["policy"]
    assert str(shop.root / "policy.toml") in bad["policy"]
    assert bad["templates"] == bad["policy"]


async def test_departments_that_are_not_configured_are_named(served: Shop) -> None:
    """A department that the policy names and the configuration lacks is no mistake, but worth knowing."""
    text = served.config.read_text()
    head, _mark, rest = text.partition("[departments.billing]")
    served.config.write_text(head + "[departments.logistics]" + rest.partition("[departments.logistics]")[2])
    good, bad, _ended = await check(served)
    assert bad == {}
    assert good["policy"].endswith("not configured, so their cases stay with support: billing")


async def test_a_store_that_cannot_be_written(shop: Shop) -> None:
    """A file stands where the store's folder should be: the part names it, and the clock is not blamed."""
    (shop.root / "file").write_text("")
    shop.configure(paths(store="file/triage.db"))
    good, bad, _ended = await check(shop)
    assert "file/triage.db" in bad["store"]
    assert "expected a path that can be written" in bad["store"]
    assert "clock" in good


async def test_a_store_that_is_no_store(shop: Shop) -> None:
    """Another file in the store's place is told, and left as it is."""
    shop.store.parent.mkdir()
    shop.store.write_text("dear diary " * 500)
    _good, bad, _ended = await check(shop)
    assert "expected an undamaged SQLite database written by triage" in bad["store"]
    assert shop.store.read_text().startswith("dear diary")


async def test_a_store_of_a_newer_version(shop: Shop) -> None:
    """A store that a newer triage has written is refused instead of read wrongly."""
    await shop.stored(lambda tx: None)
    with sqlite3.connect(shop.store) as db:
        db.execute("insert into _sqlite_migrations(migration_set, name, applied_at) values ('triage', 'm099_future', 'now')")
    db.close()
    _good, bad, _ended = await check(shop)
    assert "newer version (it has m099_future): install that version" in bad["store"]


@pytest.mark.parametrize("place", ["file", "file/below"])
async def test_a_state_folder_that_cannot_be(shop: Shop, place: str) -> None:
    """The folder for key and locks is a file: the key is named where the templates are tried."""
    (shop.root / "file").write_text("")
    shop.configure(paths(state=place))
    _good, bad, _ended = await check(shop)
    assert f"paths.state = '{shop.root}/{place}'" in bad["templates"]
    assert "expected a folder that can be written" in bad["templates"]


@pytest.mark.parametrize("octets", [0, 31, 33])
async def test_a_key_that_was_cut(shop: Shop, octets: int) -> None:
    """A secret key of another length is not used: tokens made with it would never match."""
    (shop.root / "var").mkdir()
    (shop.root / "var" / "secret.key").write_bytes(b"x" * octets)
    _good, bad, _ended = await check(shop)
    assert f"secret.key has {octets} octets: expected the 32" in bad["templates"]


async def test_a_clock_that_was_set_back(served: Shop) -> None:
    """Cases from the future mean that the clock is wrong, and with it every promise."""
    ahead = datetime.now(UTC) + timedelta(days=2)
    await served.stored(lambda tx: tx.cases.open(new_case(opened_at=ahead)))
    _good, bad, _ended = await check(served)
    assert list(bad) == ["clock"]
    assert f"the newest case is of {ahead:%Y-%m-%d %H:%M}: expected no step back" in bad["clock"]


async def test_clocks_may_differ_a_little(served: Shop) -> None:
    """A case of three minutes ahead is no alarm."""
    await served.stored(lambda tx: tx.cases.open(new_case(opened_at=datetime.now(UTC) + timedelta(minutes=3))))
    good, _bad, _ended = await check(served)
    assert "clock" in good
    assert good["store"].endswith(", 1 cases")


async def test_broken_parts_in_text(shop: Shop) -> None:
    """Without --json a broken part starts with FAIL; one line for each part, whatever it says."""
    shop.configure(paths(model="model\\u001b[31m.npz"))
    ended = await shop.calls("check")
    assert ended.code == 1
    assert [line[:5] for line in ended.lines] == ["ok   ", "ok   ", "ok   ", "ok   ", "ok   ", "FAIL ", "ok   ", "ok   ", "FAIL ", "FAIL "]
    assert "\x1b" not in ended.out


def test_the_model_that_was_chosen_is_checked(shop: Shop) -> None:
    """A model of the shop's own that is damaged is found, though the one that came along is whole."""
    shelf = Shelf(shop.root / "var" / "models", Paths().model)
    shelf.folder.mkdir(parents=True)
    shutil.copy(Paths().model, shelf.path_of("a" * 12))
    shelf.use("a" * 12)
    shelf.path_of("a" * 12).write_bytes(b"damaged")
    ended = shop.call("check", "--json")
    [model] = [part for part in ended.json["parts"] if part["part"] == "model"]
    assert "aaaaaaaaaaaa.npz" in str(model)


@pytest.mark.parametrize(
    ("extra", "good", "said"),
    [
        ("", True, "160 staffed hours in the next four weeks; no public holidays"),
        ('[calendar]\ncountry = "US"', True, "; the next public holiday is "),
        ('[calendar]\ncountry = "Atlantis"', False, "calendar.country = 'Atlantis'"),
        ('[calendar]\nfiles = ["nowhere.ics"]', False, "nowhere.ics: No such file or directory: expected an iCalendar file"),
        ("[calendar]\nclosed = [{from = 2020-01-01, to = 2099-12-31}]", False, "nobody is at work within the next four weeks"),
    ],
    ids=["default", "holidays", "nowhere", "no file", "always closed"],
)
async def test_the_calendar_is_proven(served: Shop, extra: str, good: bool, said: str) -> None:
    """How many hours are staffed and which holiday is next can be checked by eye; what cannot be counted by is a failure."""
    served.config.write_text(f"{served.config.read_text()}\n{extra}\n")
    well, badly, _ = await check(served)
    assert said in (well if good else badly)["calendar"]


async def test_a_sentence_model_is_tried(shop: Shop, tmp_path: Path) -> None:
    """One that is not there fails the part; one that the model was not taught with is a warning that says what helps; one that is heard is named."""
    shop.configure(paths(sentence_model="sentences"))
    _, bad, _ = await check(shop)
    assert "no model.onnx and no tokenizer.json" in bad["model"]
    folder = sentence_model(shop.root / "sentences", SENSES)
    ended = await shop.calls("check")
    [line] = [line for line in ended.lines if " model:" in line]
    assert line.startswith("warn model: version ")
    assert f"answers by words alone: it was not taught with the sentence model in {folder}" in line
    train_on(messages(), target=shop.root / "own.npz", sentences=SentenceModel(folder))
    shop.configure(paths(sentence_model="sentences", model="own.npz"))
    good, _, _ = await check(shop)
    assert good["model"].endswith(", a sentence model beside the words")
