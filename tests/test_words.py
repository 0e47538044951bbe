"""The words: what follows from their fields alone."""

import dataclasses
import hashlib
import importlib
import pickle
from datetime import UTC, datetime

import pytest

from triage import alarm, correction, decision, errors, people, reading, records, reply
from triage import case as case_words
from triage import message as message_words
from triage.message import Address, DeliveryReport, Message, MessageKey, RawMessage
from triage.people import People
from triage.reading import Classification, Effect, Fact, Facts, Finding, Reading
from triage.reply import Reply, ReplyKind
from triage.sections.identity import Identity
from triage.sections.people import AgentSettings, DepartmentSettings
from triage.sections.servers import MailboxSettings, SmtpSettings
from triage.settings import Settings

ANN = Address(name="Ann", addr_spec="ann@customer.example")
EVE = Address(addr_spec="eve@evil.example")
VALUES = [
    value
    for module in (message_words, reading, case_words, decision, reply, records, people, alarm, correction)
    for value in vars(module).values()
    if dataclasses.is_dataclass(value) and value.__module__ == module.__name__
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_words_are_values(value: type) -> None:
    """Every word is frozen, slotted and keyword-only, so that a stage can rely on what it was given."""
    parameters = value.__dataclass_params__  # type: ignore[attr-defined]
    assert parameters.frozen
    assert "__slots__" in vars(value)
    assert all(field.kw_only for field in dataclasses.fields(value))


@pytest.mark.parametrize(
    ("from_", "author"),
    [((ANN,), ANN), ((), None), ((ANN, EVE), None), ((ANN, ANN), None)],
    ids=["one", "none", "two", "the same twice"],
)
def test_an_author_is_certain_or_none(from_: tuple[Address, ...], author: Address | None) -> None:
    """Only exactly one From mailbox makes an author; the first of several never does."""
    assert Message(from_=from_).author == author


@pytest.mark.parametrize(
    ("in_reply_to", "references", "expected"),
    [
        ((), (), ()),
        (("c",), ("a", "b", "c"), ("c", "b", "a")),
        (("x",), ("a", "b"), ("x", "b", "a")),
        ((), ("a", "b", "a"), ("a", "b")),
        (("b", "a"), ("a", "b"), ("b", "a")),
    ],
)
def test_thread_ids_come_nearest_first(in_reply_to: tuple[str, ...], references: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """What the message answers comes first, then its ancestors from the youngest, each once."""
    assert Message(in_reply_to=in_reply_to, references=references).thread_ids() == expected


def test_the_first_header_of_a_name_counts() -> None:
    """Headers are looked up by their name in lower case; missing is None, which is not empty."""
    message = Message(headers=(("precedence", ""), ("list-id", "a"), ("list-id", "b")))
    assert (message.header("list-id"), message.header("precedence"), message.header("List-Id")) == ("a", "", None)


def test_an_authentication_result_that_is_missing_is_empty() -> None:
    """What the configured server did not say is neither pass nor fail."""
    message = Message(authentication=(("dmarc", "pass"), ("spf", "fail")))
    assert [message.authentication_result(method) for method in ("dmarc", "spf", "dkim")] == ["pass", "fail", ""]


def test_an_address_has_two_parts() -> None:
    """Domain and local part are divided by the last @, and the display name plays no role."""
    address = Address(name="bob@other.example", addr_spec='"a@b"@customer.example')
    assert (address.local_part, address.domain) == ('"a@b"', "customer.example")


@pytest.mark.parametrize(
    ("action", "status", "permanent"),
    [
        ("failed", "5.1.1", True),
        ("failed", "", True),
        ("failed", "4.4.7", False),
        ("delayed", "5.1.1", False),
        ("delayed", "4.4.1", False),
        ("delivered", "2.0.0", False),
        ("relayed", "", False),
    ],
)
def test_a_report_says_whether_delivery_failed_for_good(action: str, status: str, permanent: bool) -> None:
    """Only a failure that is not of the temporary class is for good."""
    assert DeliveryReport(action=action, status=status).permanent is permanent


def test_digests_are_of_the_bytes() -> None:
    """Raw messages and replies are identified by SHA-256 of exactly what was fetched or will be sent."""
    content = b"Subject: x\r\n\r\n\xff"
    key = MessageKey(account="a", mailbox="b", uid_validity=1, uid=2)
    raw = RawMessage(key=key, received_at=datetime(2026, 1, 1, tzinfo=UTC), content=content, size=99)
    answer = Reply(
        kind=ReplyKind.ESCALATION, recipient="a", reverse_path="b", message_id="c", subject="", content=content, deadline=raw.received_at
    )
    assert raw.sha256 == answer.sha256 == hashlib.sha256(content).hexdigest()


def fact(kind: str, value: str, confidence: float = 1.0) -> Fact:
    """Something found in the text."""
    return Fact(kind=kind, value=value, source="text", confidence=confidence)


def test_values_come_surest_first_and_once() -> None:
    """The values of a kind keep the order in which they were found, which is that of certainty, each once."""
    found = (fact("order_number", "B", 0.9), fact("amount", "EUR 1.00"), fact("order_number", "A", 0.8), fact("order_number", "B", 0.5))
    facts = Facts(found=found)
    assert facts.values("order_number") == facts.order_numbers == ("B", "A")
    assert facts.values("phone") == ()
    assert tuple(facts) == found


def test_the_first_finding_with_an_effect() -> None:
    """Findings keep the order of the rule table, and the first of an effect speaks for it."""
    findings = tuple(
        Finding(rule=rule, effect=effect, reason="") for rule, effect in (("a", Effect.NOTE), ("b", Effect.SPAM), ("c", Effect.SPAM))
    )
    classification = Classification(category="other", issue="", confidence=0.1)
    said = Reading(message=Message(), findings=findings, classification=classification)
    assert said.first(Effect.SPAM) == findings[1]
    assert said.first(Effect.REPORT) is None


def test_a_reading_can_travel_between_processes() -> None:
    """What a reader process found is the same after it was handed over."""
    said = Reading(
        message=Message(from_=(ANN,), report=DeliveryReport(action="failed")),
        facts=Facts(found=(fact("order_number", "A"),)),
        classification=Classification(category="order", issue="", confidence=0.5, scores={"order": 0.5}),
    )
    assert pickle.loads(pickle.dumps(said)) == said


def test_people_are_those_of_the_settings() -> None:
    """Own and staff addresses are known, and departments are told by the names people use."""
    settings = Settings(
        identity=Identity(address="support@shop.example", aliases=("help@shop.example",)),
        mailbox={"support": MailboxSettings(host="h", port=993)},
        smtp=SmtpSettings(host="h", port=465),
        departments={"finance": DepartmentSettings(name="Finance team", address="finance@shop.example")},
        agents={"jane": AgentSettings(name="Jane", address="jane@shop.example")},
    )
    known = People.of(settings)
    assert known.own == {"support@shop.example", "help@shop.example"}
    assert known.staff == {"finance@shop.example", "jane@shop.example"}
    assert known.names(("finance", "closed_down")) == ("Finance team", "closed_down")


@pytest.mark.parametrize(
    ("error", "kind", "builtin"),
    [
        ("SettingsError", "PermanentError", ValueError),
        ("ConnectionLostError", "TemporaryError", ConnectionError),
        ("AuthenticationFailedError", "PermanentError", Exception),
        ("EncryptionRefusedError", "PermanentError", Exception),
        ("MailboxMissingError", "PermanentError", Exception),
        ("StoreBusyError", "TemporaryError", Exception),
        ("StoreFullError", "TemporaryError", Exception),
        ("StoreBrokenError", "PermanentError", Exception),
        ("ModelError", "PermanentError", Exception),
        ("TemplateError", "PermanentError", Exception),
    ],
)
def test_an_error_says_whether_waiting_helps(error: str, kind: str, builtin: type[Exception]) -> None:
    """Each error is temporary or permanent, never both, and is caught by its builtin kind too."""
    found = getattr(errors, error)
    raised = found(["one", "two"]) if error == "SettingsError" else found("what happened")
    assert isinstance(raised, getattr(errors, kind))
    assert isinstance(raised, errors.TriageError)
    assert isinstance(raised, builtin)
    assert isinstance(raised, errors.TemporaryError) is not isinstance(raised, errors.PermanentError)
    assert str(raised) == ("one\ntwo" if error == "SettingsError" else "what happened")


def test_a_lost_store_is_neither() -> None:
    """Waiting does not help, and neither does trying again rarely: whoever handles the two kinds does not catch it."""
    lost = errors.StoreLostError("gone")
    assert isinstance(lost, errors.TriageError)
    assert not isinstance(lost, errors.TemporaryError | errors.PermanentError)


@pytest.mark.parametrize("name", ["message", "reading", "case", "decision", "reply", "records", "errors"])
def test_words_need_no_library(name: str) -> None:
    """The words are plain Python: nothing of a library's types can cross a port with them."""
    module = importlib.import_module(f"triage.{name}")
    origins = {getattr(value, "__module__", "").partition(".")[0] for value in vars(module).values() if isinstance(value, type)}
    assert origins <= {"triage", "builtins", "datetime", "enum", "collections", "typing"}


@pytest.mark.parametrize(
    ("category", "abstained", "shown"),
    [("order", False, "triage-order"), ("order", True, "triage-unsure"), ("Späte Post (neu)", False, "triage-Sp-te-Post--neu-")],
)
def test_a_category_is_shown_as_a_keyword(category: str, abstained: bool, shown: str) -> None:
    """Whatever a category is called in the policy, its keyword is one that every server takes."""
    assert case_words.keyword(category, abstained=abstained) == shown
