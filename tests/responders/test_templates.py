"""Templates that are missing, broken, too long or too curious: the message still leaves, and the trouble is told."""

import pytest

from tests.making import SHIPPED, SOURCES, acknowledgment_order, case, escalation_order, raw, reading, writer, written
from tests.responders.reading_back import assert_sound, parsed, text_of
from triage.errors import TemplateError
from triage.policy.table import Policy
from triage.responders.templates import Templates

ORDER = "acknowledgment/order.txt"


def without(*names: str) -> dict[str, str]:
    return {name: source for name, source in SOURCES.items() if name not in names}


def changed(**sources: str) -> dict[str, str]:
    return {
        **SOURCES,
        **{name.replace("__", "/").replace("_txt", ".txt").replace("_html", ".html"): text for name, text in sources.items()},
    }


BROKEN = [
    ("{{ surprise }}", "acknowledgment/order.txt: 'surprise' is undefined"),
    ("{{ name.surprise }}", "has no attribute 'surprise'"),
    ("{% if %}", "Expected an expression"),
    ("{{ 1 / 0 }}", "acknowledgment/order.txt: division by zero"),
    ("{{ departments + 1 }}", "can only concatenate"),
    ("{% extends 'nowhere.txt' %}", "nowhere.txt"),
    ("{% include 'nowhere.txt' %}", "nowhere.txt"),
    ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
    ("{{ departments.append(1) }}", "append"),
    ("{{ sender }}" + "x" * 1400, "expected at most 1160"),
    ("{% for a in range(99999999) %}{% endfor %}", "Range too big"),
]


@pytest.mark.parametrize(("source", "told"), BROKEN)
def test_a_broken_template_does_not_stop_the_acknowledgment(source: str, told: str) -> None:
    """The built-in text leaves with number and time, and the reply says what was wrong with the template."""
    reply = written(acknowledgment_order(), using=writer({**SOURCES, ORDER: source}))
    assert_sound(reply)
    assert told in reply.fallback
    assert "SP-100042" in text_of(reply)
    assert "Friday, 27 November 2026, 10:00 (CET)" in text_of(reply)


@pytest.mark.parametrize(("source", "told"), BROKEN)
def test_a_broken_template_is_found_before_it_is_needed(source: str, told: str) -> None:
    """Trying all templates finds it, in words that name it."""
    problems = writer({**SOURCES, ORDER: source}).problems(SHIPPED.matters)
    assert any(told in problem for problem in problems)


def test_templates_may_use_what_jinja_gives_them() -> None:
    """Functions and variables of the language are there in a template, in one it includes and in one it is built upon."""
    sources = {
        "base.txt": "{% block body %}{% endblock %}{{ range(2) | join('-') }}",
        "part.txt": "{% set ns = namespace(n=1) %}{% set ns.n = ns.n + 1 %}{{ ns.n }}{{ word }} ",
        "whole.txt": "{% extends 'base.txt' %}{% block body %}{% include 'part.txt' %}{{ dict(a=word).a }} {% endblock %}",
    }
    templates = Templates(sources)
    assert [templates.render("whole.txt", {"word": word}) for word in "ab"] == ["2a a 0-1", "2b b 0-1"]


def test_one_text_leaves_nothing_behind_for_the_next() -> None:
    """What was told to one template, or set in it, is unknown to the next text."""
    templates = Templates({"a.txt": "{% set seen = 1 %}{{ word }}", "b.txt": "{{ word }}", "c.txt": "{{ seen }}"})
    assert templates.render("a.txt", {"word": "once"}) == "once"
    for name in ("b.txt", "c.txt"):
        with pytest.raises(TemplateError, match="is undefined"):
            templates.render(name, {})


def test_a_broken_template_costs_the_others_nothing() -> None:
    """What does not compile is found when it is asked for, each time in the same words; the one beside it is written as ever."""
    templates = Templates({"broken.txt": "{% if %}", "whole.txt": "Hello {{ name }}"})
    for _ in range(2):
        with pytest.raises(TemplateError, match=r"broken\.txt: Expected an expression"):
            templates.render("broken.txt", {})
        assert templates.render("whole.txt", {"name": "Ann"}) == "Hello Ann"
    assert templates.problems() == ["broken.txt: Expected an expression, got 'end of statement block'"]
    assert ("broken.txt" in templates, "whole.txt" in templates, "none.txt" in templates) == (True, True, False)


def test_the_shipped_templates_have_no_problems() -> None:
    """All that is shipped compiles, fits, and asks for nothing unknown."""
    assert writer().problems(SHIPPED.matters) == []


# A draft without its own text gets its category's, and without that none: nobody is kept waiting for it.
@pytest.mark.parametrize("name", [name for name in SOURCES if not name.endswith(".de.txt") and not name.startswith("draft/")])
def test_a_missing_template_is_found(name: str) -> None:
    """Each template is needed: without it there is a problem that names it."""
    assert any(name in problem for problem in writer(without(name)).problems(SHIPPED.matters))


@pytest.mark.parametrize("name", ["order", "invoice", "receipt", "payment", "dispute", "other", "unsorted", "unreadable"])
def test_without_a_translation_english_is_written(name: str) -> None:
    """A missing German text is no trouble: the English template is used."""
    order = acknowledgment_order(text=name if name.startswith("un") else "")
    category = "other" if order.text else name
    using = writer(without(f"acknowledgment/{name}.de.txt"))
    reply = written(order, case(category=category, issue="", language="de"), using=using)
    assert reply.fallback == ""
    assert text_of(reply).startswith("Hello Jane Doe,")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "thank you for your message"), ("de", "vielen Dank für Ihre Nachricht"), ("fr", "thank you")]
)
def test_without_any_template_everything_still_leaves(language: str, words: str) -> None:
    """With an empty folder the acknowledgment is the built-in text in the customer's language, and departments get the case."""
    using = writer({})
    acknowledged = written(acknowledgment_order(), case(language=language), using=using)
    assert_sound(acknowledged)
    assert words in text_of(acknowledged)
    assert acknowledged.fallback == f"{ORDER}: there is no such template"
    escalated = written(escalation_order(), using=using, raw=raw())
    assert_sound(escalated)
    assert escalated.fallback == "escalation/default.txt: there is no such template"


def test_the_built_in_escalation_has_the_whole_case() -> None:
    """Rows, reason, time, text and original are there without any template."""
    reply = written(escalation_order(), case(), reading(text="Where <b>is</b> it?"), using=writer({}), raw=raw())
    said = text_of(reply)
    for words in ("Case SP-100042: Order: where is it? (normal)", "by Thursday, 26 November 2026, 10:00 (CET)", "it is theirs"):
        assert words in said
    assert "Customer name: Jane Doe" in said
    assert "Where <b>is</b> it?" in said
    assert [part.get_content_type() for part in parsed(reply).walk()] == ["multipart/mixed", "text/plain", "application/octet-stream"]


def test_a_broken_html_template_does_not_cost_the_escalation() -> None:
    """Where only the html is broken, the built-in text goes out with the original."""
    reply = written(escalation_order(), using=writer(changed(escalation__default_html="{{ nothing }}")), raw=raw())
    assert_sound(reply)
    assert "escalation/default.html" in reply.fallback


def test_a_department_may_have_templates_of_its_own() -> None:
    """A template named after a department is used for it, and for no other."""
    using = writer(
        {**SOURCES, "escalation/finance.txt": '{% extends "escalation/default.txt" %}{% block lead %}For the ledger.{% endblock %}'}
    )
    assert "For the ledger." in text_of(written(escalation_order("finance"), using=using))
    assert "For the ledger." not in text_of(written(escalation_order("billing"), using=using))


def test_a_new_category_needs_no_python() -> None:
    """A row in the policy and a template are all that a new category takes."""
    policy = Policy.parse('[category.gift]\ntitle = "Gift"\nfolder = "Gifts"\nask_order_number = true\n')
    source = '{% extends "acknowledgment/_frame.txt" %}{% block opening %}How kind of you to give!{% endblock %}'
    using = writer({**SOURCES, "acknowledgment/gift.txt": source}, policy=policy)
    assert using.problems(policy.matters) == []
    reply = written(acknowledgment_order(), case(category="gift", issue=""), using=using)
    assert reply.fallback == ""
    assert "How kind of you to give!" in text_of(reply)
    assert "- your order number" in text_of(reply)


def test_html_is_escaped_and_text_is_not() -> None:
    """The name of a template decides: .html is escaped, .txt is as it is."""
    templates = Templates({"a.html": "{{ x }}", "a.txt": "{{ x }}", "html.txt": "{{ x }}"})
    assert templates.render("a.html", {"x": "<b>&"}) == "&lt;b&gt;&amp;"
    assert templates.render("a.txt", {"x": "<b>&"}) == templates.render("html.txt", {"x": "<b>&"}) == "<b>&"


def test_what_is_put_in_is_never_run() -> None:
    """Template code in a value is printed, not run."""
    assert Templates({"a.txt": "{{ x }}"}).render("a.txt", {"x": "{{ 7*7 }}"}) == "{{ 7*7 }}"


def test_a_template_that_is_not_there_is_named() -> None:
    """The error names the template, as the included one where that is missing."""
    with pytest.raises(TemplateError, match=r"b\.txt: there is no such template"):
        Templates({"a.txt": "{% include 'b.txt' %}"}).render("b.txt", {})
