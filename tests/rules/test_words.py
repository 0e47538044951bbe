"""Names and subjects of machines in many languages, with the people whose names and subjects are nearly the same; and the table as a whole."""

import pickle
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import effort
from tests.rows import rows
from tests.rules.messages import CONTEXT, EVE, MACHINE, PAY, US, addresses, author, effect, effects, part, person
from triage.message import DeliveryReport, Message
from triage.reading import Effect
from triage.rules import subjects
from triage.rules.local_parts import MACHINE as MACHINE_NAMES
from triage.rules.local_parts import ROLE
from triage.rules.table import RULES, RuleContext, check_all

A, N, S, T = Effect.AUTOMATIC, Effect.NO_ANSWER, Effect.STAFF, Effect.NOTE
NOBODY = [
    "mailer-daemon", "mail-daemon", "maildaemon", "noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply", "nobody", "bounce",
    "bounces", "list-bounces", "x-bounces+eve=shop.example", "bounces+1-2-eve", "bounce+12", "listserv", "majordomo", "mailman", "daemon",
    "notifications", "alerts", "auto-confirm", "autoresponder", "auto-reply", "prvs=12ab=eve", "srs0=ab=cd=x.example=eve", "srs1=ab=x==cd",
    "noreply+123", "noreply-orders", "no-reply-de", "info-noreply", "shop.no-reply", "keine-antwort", "nicht-antworten", "nepasrepondre",
    "noresponder", "naoresponda", "fbl", "mailer-daemon-2",
]  # fmt: skip
ROLES = [
    "postmaster",
    "abuse",
    "root",
    "hostmaster",
    "webmaster",
    "owner-list",
    "list-owner",
    "team-request",
    "it-admin",
    "cron",
    "newsletter",
    "news",
]
PEOPLE = [
    "eve", "norepley", "norah.eply", "bouncer", "bounce.house", "daemonfan", "damon", "rooty", "john.root", "alertsmith", "owner", "request",
    "admin", "replying", "postmasters", "abused", "webmasterchef", "mailmannx", "nobodyknows", "newsome", "newsletterfan",
    "autoreplyfan", "list", "notifier", "info", "sales", "einkauf", "kontakt", "eve+noreply", "eve+bounces", "srs", "prvs", "notify.me",
]  # fmt: skip


@pytest.mark.parametrize("name", NOBODY)
def test_nobody_reads_answers_to_these(name: str) -> None:
    """Addresses of machines open no case, unless they carry a person's Reply-To, as a web form does."""
    address = f"{name}@x.example"
    assert effects(author(address)) == {A}
    assert effects(author(address, reply_to=addresses(EVE))) == {N}
    assert effects(author(address, reply_to=addresses(address))) == {A}
    assert effects(person(sender=addresses(address))) == {N}


@pytest.mark.parametrize("name", ROLES)
def test_a_person_may_read_answers_to_these(name: str) -> None:
    """Postmaster is often a human (RFC 5230 §4.6): a case, and nothing automatic; with a null reverse-path it is the server."""
    assert effects(author(f"{name}@x.example")) == {N}
    assert effect("null_reverse_path", author(f"{name}@x.example", return_path="")) is A


@pytest.mark.parametrize("name", PEOPLE)
def test_people_with_such_names_are_answered(name: str) -> None:
    """A customer's address that resembles a machine's is a customer's."""
    assert effects(author(f"{name}@x.example")) == set()


@rows("name", sorted(MACHINE_NAMES | ROLE))
def test_every_name_of_the_lists_holds_back(name: str) -> None:
    """Each line of the data does something, and only as the whole name."""
    assert effects(author(f"{name}@x.example")) <= {A, N}
    assert effects(author(f"{name}@x.example"))
    assert effects(author(f"q{name}q@x.example")) == set()
    assert effects(author(f"eve@{name.replace('_', '-').replace('.', '-')}.example")) == set()


WRITTEN_BY_PROGRAMS = [
    "Automatic reply: Order", "Auto-Reply: Order", "Autoreply: x", "Auto Response: x", "Autoresponse: x", "Out of Office: x", "Out-of-Office", "Out of office Re: x",
    "Automatische Antwort: x", "Automatisches Antwortschreiben", "Abwesenheitsnotiz", "Automatisch antwoord: x", "Afwezig: x", "Autosvar: x",
    "Automatisk svar: x", "Automatiskt svar: x", "Frånvaro: x", "Fraværende: x", "Poissa: x", "Automaattinen vastaus: x", "Réponse automatique : x",
    "Absence du bureau", "Respuesta automática: x", "Fuera de la oficina: x", "Fuera de oficina: x", "Resposta automática: x", "Risposta automatica: x",
    "Risposta Non al computer: x", "Fuori sede: x", "Automatyczna odpowiedź: x", "Automatická odpověď: x", "Automatická odpoveď: x",
    "Automatikus válasz: x", "Răspuns automat: x", "Автоматический ответ: x", "Автоответ: x", "Автоматична відповідь: x", "Otomatik yanıt: x",
    "Αυτόματη απάντηση: x", "Automatski odgovor: x", "מענה אוטומטי: x", "رد تلقائي: x", "自動返信: x", "不在通知", "自动回复: x", "自動回覆: x", "자동 회신: x",
    "ตอบกลับอัตโนมัติ: x", "Trả lời tự động: x", "Balasan otomatis: x", "Undelivered Mail Returned to Sender", "Undeliverable: x", "Mail delivery failed: x",
    "Delivery Status Notification (Failure)", "Failure notice", "Returned mail: see transcript", "Message not delivered", "Mail failure - x",
    "Unzustellbar: x", "Non remis : x", "No se puede entregar: x", "Não é possível entregar: x", "Недоставленное сообщение", "Onbestelbaar: x",
    "Impossibile recapitare: x", "Nie można dostarczyć: x", "退信", "配信不能",
]  # fmt: skip
SHARED = [
    "Auto: mirror broken", "Delivery failed again", "Delivery has failed", "My parcel was not delivered", "I am on vacation, deliver later", "I'm away until May",
    "Undelivered parcel", "Delivery problem", "Urlaub: bitte später liefern", "Bestellung vor meinem Urlaub", "Colis non livré pendant mon absence",
    "My vacation response", "User unknown in your shop", "Your mailbox is full", "On sick leave", "Bounce castle order", "Ferie", "Отпуск", "Vakantie",
]  # fmt: skip
PLAIN = [
    "Where is my parcel?", "Order 12345", "Re: Automatic reply: x", "Fwd: Undeliverable: x", "AW: Abwesenheitsnotiz", "WG: Unzustellbar", "Automatic watch stopped",
    "Automatik defekt", "Office chair", "Ready: where is it?", "Readers club", "Failure of my lamp", "Notice of return", "Réponse attendue", "Respuesta?",
    "Not read yet", "Automatica macchina rotta", "Lu et approuvé", "Letto rotto", "", "?", "RE: RE: RE:", "Mailing address change", "Return", "退货",
]  # fmt: skip


@rows("subject", WRITTEN_BY_PROGRAMS)
def test_subjects_that_programs_write(subject: str) -> None:
    """Alone they only hold the answer back; beside any other sign they open no case."""
    for written in (subject, subject.upper() if "ı" not in subject else subject, f"  {subject}"):
        assert effects(person(subject=written)) == {N}, written
    assert effect("subject_patterns", person(subject=subject, return_path="")) is A
    assert effect("subject_patterns", person(subject=subject, in_reply_to=("x@shop.example",))) is A
    assert effect("subject_patterns", person(("x-auto-response-suppress", "OOF"), subject=subject)) is A
    assert effect("subject_patterns", author("postmaster@x.example", subject=subject)) is A


@pytest.mark.parametrize("subject", SHARED)
def test_subjects_that_people_write_too(subject: str) -> None:
    """A customer whose parcel was not delivered is answered; from a postmaster the same words are a bounce."""
    assert effects(person(subject=subject)) == {T}
    assert not effects(person(subject=subject, in_reply_to=("x@shop.example",))) & MACHINE
    assert effect("subject_patterns", author("mailer-daemon@x.example", subject=subject)) is A


@pytest.mark.parametrize("subject", PLAIN)
def test_subjects_of_people_are_left_alone(subject: str) -> None:
    """Answers and forwards of automatic mail, and words that only begin alike, change nothing."""
    assert effects(person(subject=subject)) <= {T}
    assert effects(person(subject=subject, in_reply_to=("x@shop.example",))) <= {T}


@rows("beginning", subjects.WRITTEN_BY_PROGRAMS)
def test_every_beginning_of_the_data_is_one_that_the_rule_can_meet(beginning: str) -> None:
    """Subjects are compared in lower case and without blanks before them, so the data must be so, and none may hide behind a shorter one."""
    assert beginning == beginning.lower().lstrip()
    others = [other for other in subjects.WRITTEN_BY_PROGRAMS if other != beginning]
    assert beginning not in others
    assert len(subjects.WRITTEN_BY_PROGRAMS) == len(set(subjects.WRITTEN_BY_PROGRAMS))
    assert effect("subject_patterns", person(subject=f"{beginning} (x)")) is (Effect.NOTE if beginning in subjects.RECEIPTS else N)


#: A message that makes each rule speak, by the rule's name.
TELLING: dict[str, Message] = {
    "own_message": person(("x-triage-loop", "1")),
    "delivery_report": person(report=DeliveryReport(action="failed")),
    "auto_submitted": person(("auto-submitted", "auto-replied")),
    "auto_response_headers": person(("x-autoreply", "yes")),
    "list_headers": person(("list-id", "<x.example>")),
    "precedence": person(("precedence", "bulk")),
    "calendar_reply": person(content_type="text/calendar"),
    "never_answered_local_parts": person(sender=addresses("noreply@x.example")),
    "spam_flag": person(("x-spam-flag", "yes")),
    "authentication_failed": person(authentication=(("dmarc", "fail"),)),
    "staff": author("ann@shop.example"),
    "payment_provider": author(PAY),
    "null_reverse_path": person(return_path=""),
    "suppress_request": person(("x-auto-response-suppress", "All")),
    "other_helpdesks": person(("rt-ticket", "1")),
    "author_unclear": person(from_=()),
    "not_addressed_to_us": person(to=addresses("x@x.example")),
    "received_loop": person(*(("received", "x"),) * 50),
    "malformed": person(subject="", text=""),
    "subject_patterns": person(subject="Automatic reply: x"),
}
NAMES = [rule.__module__.rpartition(".")[2] for rule in RULES]


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_speaks_alone(name: str) -> None:
    """Each rule has a message on which it is the only one to speak, so none leans on another."""
    (finding,) = check_all(TELLING[name], CONTEXT)
    assert finding.rule == name
    (alone,) = (rule(TELLING[name], CONTEXT) for rule in RULES if rule.__module__.endswith(f".{name}"))
    assert alone == finding


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_reads_and_changes_nothing(name: str) -> None:
    """A rule gives the same for the same message, for its copy from another process, and leaves both as they were."""
    message = TELLING[name]
    copy, context = pickle.loads(pickle.dumps((message, CONTEXT)))
    assert check_all(copy, context) == check_all(message, CONTEXT) == check_all(message, CONTEXT)
    assert copy == message
    assert pickle.loads(pickle.dumps(check_all(message, CONTEXT))) == check_all(message, CONTEXT)


@given(order=st.permutations(list(RULES)), names=st.sets(st.sampled_from(NAMES), max_size=6))
@settings(max_examples=100)
def test_rules_do_not_see_each_other(order: list, names: set[str]) -> None:  # type: ignore[type-arg]
    """Whatever marks a message bears and in whatever order rules are asked, each says the same."""
    headers = tuple(pair for name in sorted(names) for pair in TELLING[name].headers)
    message = person(*headers, return_path="" if "null_reverse_path" in names else EVE)
    asked = {rule.__module__: rule(message, CONTEXT) for rule in order}
    assert tuple(asked[rule.__module__] for rule in RULES if asked[rule.__module__]) == check_all(message, CONTEXT)


@given(order=st.randoms(use_true_random=False), names=st.sets(st.sampled_from(NAMES), min_size=1))
@settings(max_examples=100)
def test_the_order_of_fields_does_not_matter(order: object, names: set[str]) -> None:
    """Servers put their fields anywhere: the effects are the same."""
    headers = [pair for name in sorted(names) for pair in dict.fromkeys(TELLING[name].headers)]
    before = effects(person(*headers))
    order.shuffle(headers)  # type: ignore[attr-defined]
    assert effects(person(*headers)) == before


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"own_message", "staff", "payment_provider", "author_unclear"}])
def test_a_colleague_s_message_keeps_its_other_marks(name: str) -> None:
    """That the author is staff silences no other rule but the author's own."""
    message = TELLING[name]
    changed = replace(message, from_=addresses("ann@shop.example"))
    assert {name, "staff"} - {finding.rule for finding in check_all(changed, CONTEXT)} <= (
        {"staff"} if name == "authentication_failed" else set()
    )


@pytest.mark.parametrize(
    ("address", "own"),
    [
        (US, True), ("hello@shop.example", True), ("support+x@shop.example", True), ("support+a+b@shop.example", True), ("support+@shop.example", True),
        ("xsupport@shop.example", False), ("support@shop.example.org", False), ("support@sub.shop.example", False), ("support-x@shop.example", False),
        ("+support@shop.example", False), ("supportx@shop.example", False), ("ann@shop.example", False), ("", False),
    ],
)  # fmt: skip
def test_which_addresses_are_ours(address: str, own: bool) -> None:
    """Ours are those of the settings, with any detail behind a plus (RFC 5233), and no others of our domain."""
    assert CONTEXT.is_own(address) is own
    assert RuleContext().is_own(address) is False


def test_our_domains_are_those_of_our_addresses() -> None:
    """Message-IDs of our own making end with them."""
    assert CONTEXT.own_domains == {"shop.example"}
    assert RuleContext().own_domains == frozenset()


@pytest.mark.parametrize(("defects", "expected"), [(0, None), (1, None), (7, None), (8, N), (100, N)])
def test_few_defects_are_forgiven(defects: int, expected: Effect | None) -> None:
    """People's clients break rules; only what is broken throughout waits for a person."""
    assert effect("malformed", person(defects=tuple(f"defect {number}" for number in range(defects)))) is expected


@pytest.mark.parametrize("parts", [{"subject": "x"}, {"text": "x"}, {"full_text": "x"}, {"attachments": (part("image/png", "lamp.png"),)}])
def test_whatever_is_in_it_is_enough(parts: dict[str, object]) -> None:
    """A photograph alone, or a subject alone, is a message; blanks alone are not."""
    assert effect("malformed", person(**({"subject": "", "text": "", "full_text": ""} | parts))) is None
    assert effect("malformed", person(subject=" \t", text="\n\u00a0", full_text=" ")) is N


def test_many_fields_are_judged_in_time() -> None:
    """Ten thousand fields take less than half a second of computing time."""
    message = person(*((f"x-field-{number}", "value " * 20) for number in range(10_000)))
    assert effort(lambda: check_all(message, CONTEXT), 0.5) < 0.5
