"""The decision table: one message per row, with the effect and the rule that must speak, or silence."""

from tests.rows import rows
from triage.message import Address, Attachment, DeliveryReport, Message
from triage.reading import Effect
from triage.rules.table import RULES, RuleContext, check_all
from triage.sections.identity import Identity
from triage.sections.payments import AlertSettings, PaymentSettings
from triage.sections.people import AgentSettings, DepartmentSettings
from triage.sections.servers import MailboxSettings, SmtpSettings
from triage.settings import Settings

US = "support@shop.example"
CONTEXT = RuleContext(
    own_addresses=frozenset({US, "hello@shop.example"}),
    staff_addresses=frozenset({"ann@shop.example", "finance@shop.example"}),
    provider_addresses=frozenset({"service@pay.example"}),
)
TOKEN = "abcdefghijklmnopqrstuvwx23"


def person(*headers: tuple[str, str], **changes: object) -> Message:
    """A customer's ordinary message, with fields added and values changed."""
    plain = {
        "message_id": "1@mail.example",
        "from_": (Address(name="Eve Miller", addr_spec="eve@customer.example"),),
        "to": (Address(addr_spec=US),),
        "return_path": "eve@customer.example",
        "subject": "Where is my parcel?",
        "text": "It was to come on Monday.",
        "headers": (("date", "Mon, 02 Mar 2026 10:00:00 +0000"), *headers),
    }
    return Message(**(plain | changes))  # type: ignore[arg-type]


def author(addr_spec: str, **changes: object) -> Message:
    return person(from_=(Address(addr_spec=addr_spec),), **changes)


def addresses(*addr_specs: str) -> tuple[Address, ...]:
    return tuple(Address(addr_spec=addr_spec) for addr_spec in addr_specs)


def report(**changes: object) -> Message:
    return author("mailer-daemon@mx.example", content_type="multipart/report", **changes)


EVENT = Attachment(filename="delivery.ics", content_type="text/calendar", size=9, sha256="")
RETURNED = Attachment(filename="Hello.eml", content_type="message/rfc822", size=9, sha256="")
SESSION = "Error\n  RCPT TO: eve@customer.example\n550 no such user"

A, R, N, S, P, T = Effect.AUTOMATIC, Effect.REPORT, Effect.NO_ANSWER, Effect.STAFF, Effect.SPAM, Effect.NOTE

#: (rule, effect or None for silence, message)
ROWS: list[tuple[str, Effect | None, Message]] = [
    # RFC 3834 §5: Auto-Submitted
    ("auto_submitted", A, person(("auto-submitted", "auto-replied"))),
    ("auto_submitted", A, person(("auto-submitted", "auto-generated"))),
    ("auto_submitted", A, person(("auto-submitted", "AUTO-REPLIED; x=1"))),
    ("auto_submitted", A, person(("auto-submitted", "(vacation (really)) auto-replied (rejected)"))),
    ("auto_submitted", A, person(("auto-submitted", "auto-notified; owner-email=x"))),
    ("auto_submitted", A, person(("auto-submitted", "something-new"))),
    ("auto_submitted", A, person(("auto-submitted", "no"), ("auto-submitted", "auto-replied"))),
    ("auto_submitted", N, person(("auto-submitted", "auto-forwarded"))),
    ("auto_submitted", None, person(("auto-submitted", "no"))),
    ("auto_submitted", None, person(("auto-submitted", "No (a human; auto-replied)"))),
    ("auto_submitted", None, person(("auto-submitted", "no; auto-replied"))),
    ("auto_submitted", None, person(("auto-submitted", " (auto-replied) no"))),
    ("auto_submitted", None, person(("auto-submitted", ""))),
    ("auto_submitted", None, person(("x-auto-submitted", "auto-replied"))),
    # Reports
    ("delivery_report", R, report(report=DeliveryReport(action="failed", status="5.1.1"))),
    ("delivery_report", R, report(headers=(("content-type", 'multipart/report; report-type="delivery-status"'),))),
    ("delivery_report", R, report(headers=(("content-type", "multipart/report; report-type=feedback-report"),))),
    ("delivery_report", A, person(("content-type",
    "multipart/report; report-type=disposition-notification"), content_type="multipart/report")),
    ("delivery_report", A, person(content_type="multipart/report")),
    ("delivery_report", R, person(("x-failed-recipients", "bob@example.org"))),
    ("delivery_report", R, person(subject="complaint about message from 192.0.2.1", attachments=(RETURNED,))),
    ("delivery_report", R, author("post_master@customer.example", full_text=SESSION)),
    ("delivery_report", None, person(subject="complaint about message from your driver")),
    ("delivery_report", None, person(full_text=SESSION)),
    ("delivery_report", None, author("postmaster@customer.example", text="You sent 550 to us")),
    ("delivery_report", None, person(content_type="multipart/mixed")),
    # Null reverse-path: a case all the same, for redirections blank it too
    ("null_reverse_path", N, person(return_path="")),
    ("null_reverse_path", A, author("postmaster@customer.example", return_path="")),
    ("null_reverse_path", None, person(return_path=None)),
    ("null_reverse_path", None, person(return_path="eve@customer.example")),
    # Lists
    *(("list_headers", A, person((f"list-{field}", "<x.example>"))) for field in ("id", "unsubscribe", "unsubscribe-post", "post",
    "help")),
    *(("list_headers", A, person((f"list-{field}", "<mailto:x@l.example>"))) for field in ("subscribe", "owner", "archive")),
    ("list_headers", A, person(("mailing-list", "list x@l.example; contact x-owner@l.example"))),
    ("list_headers", A, person(("x-mailing-list", "x@l.example"))),
    ("list_headers", A, person(("x-mlserver", "fml 4.0"))),
    ("list_headers", None, person(("list-id", " "))),
    ("list_headers", None, person(("x-list", "shopping"))),
    ("list_headers", T, person(("list-id", "<support.shop.example>"))),
    ("list_headers", T, person(("mailing-list", "list support@shop.example; contact owner"), ("list-id", "x"))),
    ("list_headers", A, person(("list-id", "<my-support.shop.example.org>"))),
    # Precedence and kin
    *(("precedence", A, person(("precedence", value))) for value in ("bulk", "junk", "list", "auto_reply", "Auto-Reply", " BULK ")),
    ("precedence", A, person(("x-precedence", "bulk"))),
    ("precedence", A, person(("preference", "auto_reply"))),
    ("precedence", None, person(("precedence", "first-class"))),
    ("precedence", None, person(("precedence", "normal"))),
    ("precedence", None, person(("x-priority", "bulk"))),
    ("precedence", None, person(("precedence", "list"), ("list-post", "<mailto:support@shop.example>"))),
    ("precedence", A, person(("precedence", "bulk"), ("list-post", "<mailto:support@shop.example>"))),
    # Responders' own fields
    *(
        ("auto_response_headers", A, person((field, "yes")))
        for field in (
            "x-autoreply", "x-autorespond", "x-autoresponder", "x-autoresponse", "x-autoreply-from", "x-auto-reply-from",
            "x-mail-autoreply",
            "x-autogenerated",
        )
    ),
    ("auto_response_headers", A, person(("delivered-to", "Autoresponder"))),
    ("auto_response_headers", A, person(("x-post-messageclass", "9; Autoresponder"))),
    ("auto_response_headers", A, person(("x-fc-machinegenerated", "true"))),
    ("auto_response_headers", A, person(("x-loop", "yes"))),
    ("auto_response_headers", N, person(("feedback-id", "1:2:3:amazonses"))),
    ("auto_response_headers", N, person(("x-ms-exchange-inbox-rules-loop", "eve@customer.example"))),
    ("auto_response_headers", None, person(("x-autoreply", "no"))),
    ("auto_response_headers", None, person(("x-loop", "eve@customer.example"))),
    ("auto_response_headers", None, person(("delivered-to", US))),
    ("auto_response_headers", None, person(("x-post-messageclass", "9; Note"))),
    # A request, not a proof
    ("suppress_request", N, person(("x-auto-response-suppress", "All"))),
    ("suppress_request", N, person(("x-auto-response-suppress", "DR, RN, NRN, OOF, AutoReply"))),
    ("suppress_request", None, person(("x-auto-response-suppress", "DR, RN, NRN, OOF"))),
    ("suppress_request", None, person(("x-auto-response-suppress", "None"))),
    # Other helpdesks
    ("other_helpdesks", N, person(("rt-ticket", "example.org #12"))),
    ("other_helpdesks", N, person(("x-rt-loop-prevention", "example.org"))),
    ("other_helpdesks", N, person(("x-zendesk-from-account-id", "1"))),
    ("other_helpdesks", N, person(("x-zammad-ticket-id", "1"))),
    ("other_helpdesks", N, person(("x-otrs-loop", "yes"))),
    ("other_helpdesks", N, person(("x-freescout-mail-type", "reply"))),
    ("other_helpdesks", N, person(("x-jira-fingerprint", "1"))),
    ("other_helpdesks", None, person(("x-mailer", "Zendesk"))),
    # Local parts
    *(
        ("never_answered_local_parts", A, author(f"{local}@customer.example"))
        for local in (
            "mailer-daemon", "mail-daemon", "maildaemon", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "nobody",
            "bounce",
            "bounces", "list-bounces", "x-bounces+eve=shop.example", "bounces+1-2", "listserv", "majordomo", "daemon",
            "notifications", "alerts",
            "auto-confirm", "autoresponder", "prvs=12ab", "srs0=ab=cd=example.org=eve", "noreply+123", "info-noreply",
        )
    ),
    *(
        ("never_answered_local_parts", N, author(f"{local}@customer.example"))
        for local in ("postmaster", "abuse", "root", "hostmaster", "webmaster", "owner-list", "list-owner", "dog-owner",
        "team-request", "it-admin")
    ),
    ("never_answered_local_parts", N, author("noreply@forms.example", reply_to=addresses("eve@customer.example"))),
    ("never_answered_local_parts", A, author("noreply@forms.example", reply_to=addresses("noreply@forms.example"))),
    ("never_answered_local_parts", A, author("noreply@forms.example", reply_to=addresses("do-not-reply@forms.example"))),
    ("never_answered_local_parts", N, person(sender=addresses("noreply@forms.example"))),
    *(
        ("never_answered_local_parts", None, author(f"{local}@customer.example"))
        for local in ("eve", "norepley", "bouncer", "bounce.house", "daemonfan", "rooty", "alertsmith", "owner", "request", "john.root")
    ),
    # Ourselves
    ("own_message", A, person(("x-triage-loop", "x"))),
    ("own_message", A, person(message_id=f"acknowledgment.{TOKEN}@shop.example")),
    ("own_message", A, person(message_id=f"acknowledgment.sp-100042.{TOKEN}@SHOP.example")),
    ("own_message", A, person(reply_to=addresses(f"support+c.{TOKEN}@shop.example"))),
    ("own_message", A, person(reply_to=addresses(f"support+d.100042.{TOKEN}@shop.example"))),
    ("own_message", S, author(US)),
    ("own_message", S, author("support+web@shop.example")),
    ("own_message", N, author(US, reply_to=addresses("eve@customer.example"))),
    ("own_message", None, person(message_id=f"acknowledgment.{TOKEN}@elsewhere.example")),
    ("own_message", None, person(message_id="acknowledgment.short@shop.example")),
    ("own_message", None, person(reply_to=addresses(f"eve+c.{TOKEN}@customer.example"))),
    ("own_message", None, author("unsupport@shop.example")),
    # Staff
    ("staff", S, author("ann@shop.example")),
    ("staff", S, author("finance@shop.example", authentication=(("dmarc", "pass"),))),
    ("staff", N, author("ann@shop.example", authentication=(("dmarc", "fail"),))),
    ("staff", None, author("ann@shop.example.org")),
    ("staff", None, person(from_=addresses("ann@shop.example", "eve@customer.example"))),
    ("payment_provider", N, author("service@pay.example")),
    ("payment_provider", N, author("service@pay.example", authentication=(("dmarc", "pass"),), dkim_domains=("pay.example",))),
    ("payment_provider", None, author("sales@pay.example")),
    ("payment_provider", None, author("service@pay.example.org")),
    # Spam filters
    ("spam_flag", P, person(("x-spam-flag", "YES"))),
    ("spam_flag", P, person(("x-spam-status", "Yes, score=9.1 required=5.0"))),
    ("spam_flag", P, person(("x-spam", "Yes"))),
    ("spam_flag", P, person(("x-rspamd-action", "add header"))),
    ("spam_flag", P, person(("x-forefront-antispam-report", "CIP:1.2.3.4;CTRY:DE;SCL:5;SFV:SPM"))),
    ("spam_flag", P, person(("x-ms-exchange-organization-scl", "9"))),
    ("spam_flag", None, person(("x-spam-flag", "NO"))),
    ("spam_flag", None, person(("x-spam-status", "No, score=-1.0"))),
    ("spam_flag", None, person(("x-rspamd-action", "no action"))),
    ("spam_flag", None, person(("x-forefront-antispam-report", "SCL:1;SFV:NSPM"))),
    ("spam_flag", None, person(("x-forefront-antispam-report", "SCL:-1"))),
    ("spam_flag", None, person(("x-ms-exchange-organization-scl", "-1"))),
    # Forged authors
    ("authentication_failed", N, person(authentication=(("dmarc", "fail"),))),
    ("authentication_failed", N, person(authentication=(("spf", "fail"), ("dkim", "fail")))),
    ("authentication_failed", None, person(authentication=(("spf", "fail"), ("dkim", "pass")))),
    ("authentication_failed", None, person(authentication=(("spf", "fail"), ("dkim", "fail"), ("dmarc", "pass")))),
    ("authentication_failed", None, person(authentication=(("spf", "softfail"), ("dkim", "none")))),
    ("authentication_failed", None, person()),
    # Nobody, or too many, to answer
    ("author_unclear", N, person(from_=())),
    ("author_unclear", N, person(from_=addresses("a@customer.example", "b@customer.example"))),
    ("author_unclear", None, person()),
    ("malformed", N, person(subject=" ", text="")),
    ("malformed", N, person(defects=tuple(str(number) for number in range(8)))),
    ("malformed", None, person(message_id="", headers=())),
    ("malformed", None, person(subject="", text="", full_text="Hello")),
    ("malformed", None, person(subject="", text="", attachments=(EVENT,))),
    ("malformed", None, person(defects=("a", "b"))),
    # Addressed to somebody else
    ("not_addressed_to_us", T, person(to=addresses("old-name@shop.example"))),
    ("not_addressed_to_us", T, person(("delivered-to", "bob@customer.example"), to=())),
    ("not_addressed_to_us", N, person(("to", "undisclosed-recipients:;"), to=())),
    ("not_addressed_to_us", N, person(to=addresses(*(f"{number}@customer.example" for number in range(10))))),
    ("not_addressed_to_us", None, person(to=(), cc=addresses("hello@shop.example"))),
    ("not_addressed_to_us", None, person(to=addresses("support+abc@shop.example"))),
    ("not_addressed_to_us", None, person(("delivered-to", US), to=())),
    ("not_addressed_to_us", None, person(("x-original-to", f"<{US}>"), to=addresses("old@shop.example"))),
    # Calendars
    ("calendar_reply", A, person(("content-type", "text/calendar; method=REPLY"), content_type="text/calendar")),
    ("calendar_reply", N, person(("content-type", 'text/calendar; method="REQUEST"'), content_type="text/calendar")),
    ("calendar_reply", N, person(content_type="text/calendar")),
    ("calendar_reply", A, person(("content-class", "urn:content-classes:calendarmessage"), subject="Accepted: Meeting")),
    ("calendar_reply", None, person(subject="Accepted: your offer")),
    (
        "calendar_reply",
        A,
        person(subject="Zugesagt: Termin", attachments=(EVENT,)),
    ),
    ("calendar_reply", None, person(attachments=(EVENT,))),
    # Loops
    ("received_loop", N, person(*(("received", "by mx"),) * 50)),
    ("received_loop", None, person(*(("received", "by mx"),) * 49)),
    # Subjects are second evidence
    ("subject_patterns", A, person(subject="Automatic reply: Your case", return_path="")),
    ("subject_patterns", A, person(subject="Automatic reply: Your case", in_reply_to=("x@shop.example",))),
    ("subject_patterns", A, person(("x-auto-response-suppress", "All"), subject="I am on vacation until Monday")),
    ("subject_patterns", A, author("postmaster@customer.example", subject="Undeliverable: Your case")),
    ("subject_patterns", A, person(from_=(), subject="Failure notice")),
    ("subject_patterns", N, person(subject="Automatic reply: Your case")),
    ("subject_patterns", N, person(subject="Undelivered Mail Returned to Sender")),
    ("subject_patterns", T, person(subject="Delivery failed for order 12345", return_path="")),
    ("subject_patterns", T, person(subject="Auto: mirror broken")),
    ("subject_patterns", T, person(subject="Parcel returned, as I am on vacation")),
    ("subject_patterns", None, person(subject="Re: Where is my parcel?", in_reply_to=("x@shop.example",))),
    ("subject_patterns", None, person(subject="Automatic watch stopped")),
    ("subject_patterns", None, person(subject="Where is my parcel?", return_path="")),
]  # fmt: skip


@rows(("rule", "effect", "message"), ROWS)
def test_each_row_of_the_table_has_its_effect(rule: str, effect: Effect | None, message: Message) -> None:
    """A message is judged by a rule exactly as the table says, and near misses are left alone."""
    found = {finding.rule: finding for finding in check_all(message, CONTEXT)}
    assert (found[rule].effect if rule in found else None) == effect
    assert all(finding.reason for finding in found.values())


def test_an_ordinary_message_has_no_findings() -> None:
    """A customer's message without any mark passes all rules in silence."""
    assert check_all(person(), CONTEXT) == ()


def test_findings_stand_in_the_order_of_the_table() -> None:
    """The surest evidence comes first, whatever the order of the header."""
    message = person(("precedence", "bulk"), ("auto-submitted", "auto-replied"), return_path="", to=())
    order = [finding.rule for finding in check_all(message, CONTEXT)]
    assert order == ["auto_submitted", "precedence", "null_reverse_path", "not_addressed_to_us"]


def test_every_rule_is_named_as_its_file_and_has_rows() -> None:
    """A finding leads to the file that made it, and every file is judged both ways by the table above."""
    names = [rule.__module__.rpartition(".")[2] for rule in RULES]
    assert len(names) == len(set(names))
    for name in names:
        effects = {row[1] for row in ROWS if row[0] == name}
        assert None in effects, name
        assert effects - {None}, name


def test_the_context_comes_from_the_settings() -> None:
    """Own addresses include aliases, staff are agents and departments alike, and providers are those whose alerts are read."""
    alert = AlertSettings(senders=("Service@pay.example",), transaction="(x)", events={"failed": "x"})
    settings = Settings(
        identity=Identity(address="Support@shop.example", aliases=("hello@shop.example",)),
        mailbox={"main": MailboxSettings(host="localhost", port=143, security="none")},
        smtp=SmtpSettings(host="localhost", port=25, security="none"),
        departments={"finance": DepartmentSettings(name="Finance", address="finance@shop.example")},
        agents={"ann": AgentSettings(name="Ann", address="ann@shop.example")},
        payments=PaymentSettings(alerts={"Pay": alert}),
    )
    assert RuleContext.of(settings) == CONTEXT


def test_without_own_addresses_nobody_is_blamed_for_addressing() -> None:
    """A context that knows no own address cannot say that a message was not meant for us."""
    assert check_all(person(to=()), RuleContext()) == ()
