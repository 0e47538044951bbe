"""Header fields that machines, lists, filters and helpdesks write, each with its near misses; the grammar of RFC 3834 by trial."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rows import rows
from tests.rules.messages import CONTEXT, EVE, MACHINE, US, addresses, author, effect, effects, part, person
from triage.reading import Effect
from triage.rules.table import check_all

A, N, P, R, T = Effect.AUTOMATIC, Effect.NO_ANSWER, Effect.SPAM, Effect.REPORT, Effect.NOTE

#: Extension tokens are keywords too (RFC 3834 §5.1, RFC 5436 §2.7.1).
KEYWORDS = ["auto-generated", "auto-replied", "auto-notified", "x-auto-whatever", "yes", "true", "vacation", "nobody", "no-reply", "not"]
#: Comments nest, hold quoted pairs, and say nothing (RFC 5322 §3.2.2).
COMMENTS = st.recursive(
    st.sampled_from(["", "a person", "auto-replied", "no", "; x=1", "no;"]),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda parts: " ".join(f"({part})" for part in parts)),
    max_leaves=4,
).map(lambda words: f"({words})")
BLANKS = st.sampled_from(["", " ", "  ", "\t", " \t "])
PARAMETERS = st.sampled_from(["", "; x=1", ";owner-email=eve", '; owner-token="a;b"', " ; auto-replied", ";", "; no"])


@st.composite
def fields(draw: st.DrawFn, keywords: st.SearchStrategy[str]) -> str:
    """A field as RFC 3834 §5 allows it: comments and blanks anywhere, parameters behind."""
    keyword = draw(keywords)
    cased = draw(st.sampled_from([keyword, keyword.upper(), keyword.title()]))
    before = draw(st.one_of(BLANKS, COMMENTS))
    after = draw(st.one_of(BLANKS, COMMENTS))
    return f"{draw(BLANKS)}{before}{draw(BLANKS)}{cased}{draw(BLANKS)}{after}{draw(PARAMETERS)}"


@given(field=fields(st.sampled_from(KEYWORDS)))
@settings(max_examples=200)
def test_any_keyword_but_no_is_a_machine_s(field: str) -> None:
    """However the field is folded, commented and parametrised, a keyword other than `no` is heard."""
    assert effect("auto_submitted", person(("auto-submitted", field))) is A


@given(field=fields(st.just("no")))
@settings(max_examples=200)
def test_no_is_a_person_s_whatever_stands_around_it(field: str) -> None:
    """`no` with comments and parameters that name machines is still a person."""
    assert effects(person(("auto-submitted", field))) == set()


@given(
    persons=st.lists(fields(st.just("no")), max_size=3),
    machines=st.lists(fields(st.sampled_from(KEYWORDS[:3])), max_size=3),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=100)
def test_of_several_fields_the_telling_one_counts(persons: list[str], machines: list[str], order: Random) -> None:
    """Only one field is allowed, but where there are several, one that says automatic is enough, in any order."""
    shuffled = [*persons, *machines]
    order.shuffle(shuffled)
    found = effect("auto_submitted", person(*(("auto-submitted", value) for value in shuffled)))
    assert found == (A if machines else None)


@given(value=st.text(max_size=80))
@settings(max_examples=200)
def test_any_value_of_any_field_is_judged_without_a_crash(value: str) -> None:
    """Rules read whatever strangers write into the fields they look at."""
    names = ("auto-submitted", "precedence", "list-id", "x-auto-response-suppress", "x-spam-status", "x-forefront-antispam-report",
             "x-ms-exchange-organization-scl", "content-type", "to", "delivered-to", "x-loop", "x-autoreply", "rt-ticket")  # fmt: skip
    message = person(*((name, value) for name in names), content_type="text/calendar", subject=value)
    assert all(finding.reason and len(finding.reason) < 400 for finding in check_all(message, CONTEXT))


LISTS = ("list-id", "list-unsubscribe", "list-unsubscribe-post", "list-post", "list-help", "list-subscribe", "list-owner", "list-archive",
         "mailing-list", "x-mailing-list", "x-mlserver", "x-ml-name", "x-ml-count")  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_every_list_field_is_known_and_an_empty_one_is_none(name: str) -> None:
    """RFC 5230 §4.6 names them; a field without a value says nothing, and a name alike is another field."""
    assert effect("list_headers", person((name, "<x@lists.example>"))) is A
    for other in ((name, ""), (name, "  "), (f"x-old-{name}", "<x@lists.example>"), (f"{name}-by", "x"), (f"original-{name}", "x")):
        assert effects(person(other)) == set(), other


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("<support.shop.example>", T), ("Support <support.shop.example>", T), ("<mailto:support@shop.example>", T), ("SUPPORT@SHOP.EXAMPLE", T),
        ("list support@shop.example; contact x@shop.example", T), ("<hello.shop.example>", T), ("<my-support.shop.example>", A),
        ("<support.shop.example.org>", A), ("<support.shop.example-2>", A), ("<xsupport@shop.example>", A), ("<x.support.shop.example>", A),
        ("<talk.lists.example>", A), ("<support@shop.examples>", A), ("support+x@shop.example", A), ("<support_shop_example>", A),
    ],
)  # fmt: skip
def test_only_a_list_by_our_own_name_is_ours(named: str, expected: Effect) -> None:
    """Customers who write to a group address of ours are people; a list that only resembles it is a list."""
    for name in ("list-id", "list-post", "mailing-list", "x-mailing-list"):
        assert effect("list_headers", person((name, named))) is expected, name
    assert effect("precedence", person(("list-id", named), ("precedence", "list"))) is (None if expected is T else A)


@pytest.mark.parametrize("name", ["precedence", "x-precedence", "preference"])
@pytest.mark.parametrize("value", ["bulk", "junk", "list", "auto_reply", "auto-reply"])
def test_precedence_in_all_its_spellings(name: str, value: str) -> None:
    """Each value counts in any case with blanks around it, and none as part of another word."""
    for written in (value, value.upper(), value.title(), f" {value} "):
        assert effect("precedence", person((name, written))) is A
    for other in (f"{value}y", f"no {value}", f"{value}, normal", "", f"x{value}"):
        assert effects(person((name, other))) == set(), other


@pytest.mark.parametrize("value", ["first-class", "normal", "special-delivery", "urgent", "0", "non-bulk", "personal", "air-mail", "high"])
def test_other_classes_of_mail_are_people_s(value: str) -> None:
    """RFC 2076 §3.9 knows first-class and special-delivery, which people's clients may write."""
    assert effects(person(("precedence", value))) == set()


RESPONDERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoresponse", "x-autoreply-from", "x-auto-reply-from",
              "x-mail-autoreply", "x-autogenerated", "x-auto-reply", "x-auto-respond", "x-autorespond-to")  # fmt: skip


@rows("name", RESPONDERS)
@rows("value", ["yes", "YES", "true", "1", "Reply", "Forward", "Group", "eve@customer.example", "vacation"])
def test_responders_leave_their_mark(name: str, value: str) -> None:
    """The field is enough, whatever it says."""
    assert effect("auto_response_headers", person((name, value))) is A


@rows("name", RESPONDERS)
@rows("value", ["no", "No", " no ", "false", "FALSE", "0", ""])
def test_a_responder_s_field_that_says_no_is_none(name: str, value: str) -> None:
    """Some gateways write the field on every message, with no."""
    assert effects(person((name, value))) == set()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("delivered-to", "Autoresponder", A), ("delivered-to", "autoresponder@x.example", A), ("delivered-to", EVE, None),
        ("delivered-to", f"not-autoresponder, {US}", None), ("x-post-messageclass", "9; Autoresponder", A),
        ("x-post-messageclass", "9; Autoresponder (vacation)", A), ("x-post-messageclass", "9; Note", None), ("x-post-messageclass", "9", None),
        ("x-fc-machinegenerated", "true", A), ("x-fc-machinegenerated", "false", None), ("x-loop", "yes", A), ("x-loop", "true", A),
        ("x-loop", "no", None), ("x-loop", "support@other.example", None), ("x-loop", "", None), ("x-autoreply-message", "yes", A),
        ("feedback-id", "1:2:3:mailer", N), ("x-ms-exchange-inbox-rules-loop", EVE, N), ("x-feedback-id", "1", None),
        ("x-ms-exchange-inbox-rules", "x", None), ("x-autoreplyer", "yes", None), ("autoreply", "yes", None),
    ],
)  # fmt: skip
def test_marks_that_lie_in_the_value(name: str, value: str, expected: Effect | None) -> None:
    """Where a field is used by people too, only the responder's own words count."""
    assert effect("auto_response_headers", person((name, value))) is expected


def test_a_certain_mark_outweighs_a_doubtful_one_in_any_order() -> None:
    """Feedback-ID before or behind X-Autoreply changes nothing."""
    for order in ((("feedback-id", "1:2"), ("x-autoreply", "yes")), (("x-autoreply", "yes"), ("feedback-id", "1:2"))):
        assert effect("auto_response_headers", person(*order)) is A


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("All", N), ("all", N), ("AutoReply", N), ("AUTOREPLY", N), ("DR, RN, NRN, OOF, AutoReply", N), ("OOF;AutoReply", N), (" AutoReply ,DR", N),
        ("DR", None), ("NDR", None), ("RN", None), ("NRN", None), ("OOF", None), ("DR, NDR, RN, NRN, OOF", None), ("None", None), ("", None),
        ("Allow", None), ("AutoReplyNot", None), ("OverAll", None), ("AutoReply2", None), ("RN,NRN", None), (",", None),
    ],
)  # fmt: skip
def test_what_exchange_asks_for_is_read_to_the_letter(value: str, expected: Effect | None) -> None:
    """Only All and AutoReply speak of acknowledgments (MS-OXCMAIL §2.1.3.2.20); a person may have asked."""
    assert effect("suppress_request", person(("x-auto-response-suppress", value))) is expected
    assert not effects(person(("x-auto-response-suppress", value))) & MACHINE


@pytest.mark.parametrize(
    "name",
    [
        "x-rt-loop-prevention", "rt-ticket", "rt-originator", "x-rt-original-encoding", "x-zammad-ticket-id", "x-zammad-article-id", "x-otrs-loop",
        "x-znuny-loop", "x-freescout-mail-type", "x-zendesk-from-account-id", "x-zendesk-priority-mail", "x-jira-fingerprint", "x-freshdesk-ticket",
        "x-kayako-id", "x-osticket-id", "x-helpscout-id", "x-hubspot-ticket-id", "x-roundup-name", "x-gitlab-project", "x-servicenow-id",
        "x-intercom-bin", "x-front-id", "x-deskpro-build", "x-chatwoot-id",
    ],
)  # fmt: skip
def test_other_helpdesks_get_a_case_and_no_answer(name: str) -> None:
    """Two systems that acknowledge each other never end, and yet a person writes behind the other one."""
    message = person((name, "1"))
    assert effects(message) == {N}
    assert effect("other_helpdesks", message) is N
    assert effects(person((f"old-{name}", "1"))) == set()


@rows(
    ("name", "value", "expected"),
    [
        ("x-spam-flag", "YES", P), ("x-spam-flag", " yes", P), ("x-spam-flag", "true", P), ("x-spam-flag", "NO", None), ("x-spam-flag", "", None),
        ("x-spam-status", "Yes, score=5.1 required=5.0 tests=X", P), ("x-spam-status", "No, score=4.9", None), ("x-spam-status", "score=9", None),
        ("x-spam", "Yes", P), ("x-spam", "no", None), ("x-rspamd-action", "reject", P), ("x-rspamd-action", "rewrite subject", P),
        ("x-rspamd-action", "add header", P), ("x-rspamd-action", "no action", None), ("x-rspamd-action", "greylist", None),
        ("x-barracuda-spam-status", "Yes, SCORE=9", P), ("x-barracuda-spam-status", "No, SCORE=0", None), ("x-spam-level", "*****", None),
        ("x-spam-score", "9.9", None), ("x-spam-report", "yes", None),
        *(("x-ms-exchange-organization-scl", str(level), P if level >= 5 else None) for level in range(-1, 10)),
        *(("x-forefront-antispam-report", f"CIP:1.2.3.4;SCL:{level};SFV:X", P if level >= 5 else None) for level in range(-1, 10)),
        ("x-forefront-antispam-report", "SCL:9", P), ("x-forefront-antispam-report", "XSCL:9", None), ("x-forefront-antispam-report", "", None),
        ("x-ms-exchange-organization-scl", "99", None), ("x-ms-exchange-organization-scl", "high", None),
    ],
)  # fmt: skip
def test_filters_are_believed_and_not_second_guessed(name: str, value: str, expected: Effect | None) -> None:
    """The boundary's verdict counts from the level the filter itself calls spam."""
    assert effect("spam_flag", person((name, value))) is expected


@pytest.mark.parametrize(
    ("dmarc", "spf", "dkim", "expected"),
    [
        ("fail", "", "", N), ("fail", "pass", "pass", N), ("", "fail", "fail", N), ("none", "fail", "fail", N), ("pass", "fail", "fail", None),
        ("", "fail", "pass", None), ("", "pass", "fail", None), ("", "fail", "none", None), ("", "softfail", "fail", None), ("", "", "", None),
        ("none", "none", "none", None), ("temperror", "temperror", "temperror", None), ("permerror", "", "", None), ("", "fail", "", None),
        ("", "", "fail", None), ("bestguesspass", "fail", "pass", None), ("none", "neutral", "fail", None),
    ],
)  # fmt: skip
def test_only_a_proven_forgery_goes_unanswered(dmarc: str, spf: str, dkim: str, expected: Effect | None) -> None:
    """A failure must be the policy's or both mechanisms'; an absent or broken result is no failure (RFC 7489 §6.6.2)."""
    results = tuple((method, result) for method, result in (("dmarc", dmarc), ("spf", spf), ("dkim", dkim)) if result)
    assert effect("authentication_failed", person(authentication=results)) is expected


@pytest.mark.parametrize("hops", [0, 1, 20, 49])
def test_a_long_way_is_no_loop(hops: int) -> None:
    """Forwarded mail passes many servers, and its author is answered."""
    assert effects(person(*(("received", "by mx"),) * hops)) == set()


@pytest.mark.parametrize("hops", [50, 51, 99, 300])
def test_fifty_servers_are_a_loop(hops: int) -> None:
    """What goes round in circles is opened as a case and not fed."""
    assert effects(person(*(("received", "by mx"),) * hops, ("x-received", "by x"))) == {N}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("delivery-status", R), ("feedback-report", R), ("disposition-notification", A), ("tlsrpt", A), ("", A)],
)
@pytest.mark.parametrize(
    "form", ["multipart/report; report-type={}", 'Multipart/Report; boundary=x; Report-Type="{}"', "multipart/report; report-type={}; x=1"]
)
def test_reports_by_their_structure(kind: str, expected: Effect, form: str) -> None:
    """RFC 6522 reports are never cases, whatever kind they are and however the field is written."""
    assert effect("delivery_report", person(("content-type", form.format(kind)), content_type="multipart/report")) is expected


@pytest.mark.parametrize(
    "line",
    [
        "RCPT TO:<x@y.example>",
        "550 no",
        "MAIL FROM:<x>",
        "Diagnostic-Code: smtp; 550",
        "<<< 550 5.1.1 no",
        ">>> DATA",
        "Remote host said: 550",
    ],
)
def test_a_transcript_is_a_server_s_only_from_a_server(line: str) -> None:
    """A customer who quotes a bounce to us is a customer; the same lines from a postmaster are the bounce."""
    text = f"Your message could not be sent.\n\n   {line}\n"
    assert effect("delivery_report", person(full_text=text)) is None
    assert effect("delivery_report", author("postmaster@mx.example", full_text=text)) is (None if line.startswith("550") else R)


@pytest.mark.parametrize("method", ["REPLY", "reply", '"REPLY"', "COUNTER", "DECLINECOUNTER"])
def test_an_answer_to_an_invitation_is_a_click(method: str) -> None:
    """RFC 5546's answers open no case."""
    assert (
        effect("calendar_reply", person(("content-type", f"text/calendar; charset=utf-8; method={method}"), content_type="text/calendar"))
        is A
    )


@pytest.mark.parametrize("method", ["REQUEST", "PUBLISH", "CANCEL", "ADD", "REFRESH", ""])
def test_an_invitation_is_somebody_s(method: str) -> None:
    """Somebody invites: a case, and no automatic answer."""
    assert effect("calendar_reply", person(("content-type", f"text/calendar; method={method}"), content_type="text/calendar")) is N


@pytest.mark.parametrize(
    "subject",
    [
        "Accepted: Call",
        "Declined: Call",
        "Zugesagt: Termin",
        "Abgelehnt: Termin",
        "Accepté : Appel",
        "Aceptado: Cita",
        "Accettato: X",
        "Geaccepteerd: X",
    ],
)
def test_an_answer_without_a_method_is_known_by_its_words(subject: str) -> None:
    """The words alone are a customer's; beside an event they are a calendar's."""
    assert effect("calendar_reply", person(subject=subject, attachments=(part("text/calendar"),))) is A
    assert effects(person(subject=subject)) == set()
    assert effects(person(subject=f"Re: {subject}", attachments=(part("text/calendar"),))) == set()


@rows(
    "name",
    ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "x-delivered-to", "apparently-to", "resent-to"],
)
@rows("value", [US, f"<{US}>", US.upper(), f"other@x.example, {US}", f"Support <{US}>", "support+web@shop.example"])
def test_delivery_fields_that_name_us(name: str, value: str) -> None:
    """A blind copy or a redirection names us where the server delivered it, and the customer is answered."""
    message = person((name, value), to=addresses("info@elsewhere.example"))
    assert effects(message) == set()
    assert effect("not_addressed_to_us", person((name, "unsupport@shop.example"), to=addresses("info@elsewhere.example"))) is T


@pytest.mark.parametrize(("others", "expected"), [(0, T), (1, T), (9, T), (10, N), (50, N)])
def test_a_circular_to_others_is_not_answered(others: int, expected: Effect) -> None:
    """One unknown address may be an alias of ours; ten are a circular."""
    strangers = addresses(*(f"a{number}@x.example" for number in range(others)))
    assert effect("not_addressed_to_us", person(to=strangers[:5], cc=strangers[5:])) is expected
    assert effects(person(to=(*strangers, *addresses(US)))) == set()
