"""HTML as mail programs, newsletters and cheats write it: the text is what a reader would see."""

import pytest

from tests.parsing.mail import html, multipart, part, plain, read
from triage.parsing import html as html_text


def shown(source: str) -> str:
    """The words that are seen, single-spaced."""
    return " ".join(read(html(source)).full_text.split())


SEEN = {
    "outlook paragraphs": ("<p class=MsoNormal>one<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>two</p>", "one two"),
    "outlook conditional comments": ("<!--[if mso]><p>for Outlook</p><![endif]--><p>one</p><![if !mso]><p>two</p><![endif]>", "one two"),
    "xml declaration": ("<?xml version='1.0'?><p>one</p>", "one"),
    "doctype in capitals": ("<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.0//EN'><HTML><BODY><P>one</BODY></HTML>", "one"),
    "two bodies": ("<html><body><p>one</p></body></html><html><body><p>two</p></body></html>", "one two"),
    "text after the end": ("<html><body><p>one</p></body></html>two", "one two"),
    "text before the beginning": ("one<html><body><p>two</p></body></html>", "one two"),
    "paragraphs that never end": ("<p>one<p>two<p>three", "one two three"),
    "crossed elements": ("<b>one<i>two</b>three</i>", "onetwothree"),
    "crossed tables": ("<table><tr><td>one<tr><td>two</table>three", "one two three"),
    "table without rows": ("<table>one</table>two", "one two"),
    "cells without a table": ("<td>one</td><td>two</td>", "onetwo"),
    "huge spans": ("<table><tr><td colspan=10000 rowspan=65534>one</td><td>two</td></tr></table>", "one two"),
    "no such span": ("<table><tr><td colspan=x rowspan=-1>one</td></tr></table>", "one"),
    "line breaks of every kind": ("one<br>two<br/>three<BR />four</br>five", "one two three four five"),
    "entities": ("&lt;b&gt; &amp; &quot;x&quot; &#8364; &#x20AC; &euro; &hellip;", '<b> & "x" € € € …'),
    "entities without an end": ("5 &lt 6 &amp 7 &copy 2026", "5 < 6 & 7 © 2026"),
    "entities of Windows": ("&#128; &#147;x&#148; &#150;", "€ “x” –"),
    "no entity": ("AT&T &nosuch; R&D", "AT&T &nosuch; R&D"),
    "entities of nothing": ("a&#0;b&#1;c&#x1b;", "a\ufffdbc"),
    "spaces that do not break": ("one&nbsp;&nbsp;two", "one two"),
    "a link": ("<a href='https://shop.example/o/1'>my order</a>", "my order"),
    "a link without text": ("<a href='https://shop.example'></a>one", "one"),
    "a picture with words": ("<img alt='a lamp' src=cid:1>one", "one"),
    "lists in lists": ("<ul><li>one<ul><li>two</li></ul></li></ul>", "* one + two"),
    "numbered list": ("<ol><li>one</li><li>two</li></ol>", "1. one 2. two"),
    "text in fonts": ("<font face=Arial size=2 color=#000000>one</font> <span>two</span>", "one two"),
    "text in a form": ("<form><label>Order</label> <input value=4711><button>Send</button></form>", "Order Send"),
    "preformatted": ("<pre>one\n  two</pre>", "one two"),
    "marquee": ("<marquee><blink>one</blink></marquee>", "one"),
    "unknown elements": ("<x-y><nosuch>one</nosuch></x-y>", "one"),
    "attributes without quotes": ("<p style=color:red;margin:0 class=x>one", "one"),
    "attributes with tags in them": ("<p title='<b>no</b>'>one</p>", "one"),
    "a name space": ("<html xmlns:v='urn:x' xmlns='http://www.w3.org/TR/REC-html40'><body><v:shape>one</v:shape></body></html>", "one"),
    "letters one by one": ("<span>o</span><span>n</span><span>e</span>", "one"),
    "bold within a word": ("o<b>n</b>e", "one"),
    "less than": ("3 < 5 and 7 > 2", "3 < 5 and 7 > 2"),
    "right to left": ("<p dir=rtl>\u05e9\u05dc\u05d5\u05dd</p>", "\u05e9\u05dc\u05d5\u05dd"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), SEEN.values(), ids=SEEN.keys())
def test_what_a_reader_sees(source: str, expected: str) -> None:
    """Tags however written, entities and layout become the words a reader sees, in their order."""
    assert shown(source) == expected


HIDDEN = {
    "display": "<div style='display:none'>no</div>",
    "display with spaces": "<div style='color: red; display : none ;'>no</div>",
    "display in capitals": "<DIV STYLE='DISPLAY:NONE'>no</DIV>",
    "display, important": "<div style='display:none!important'>no</div>",
    "visibility": "<div style='visibility:hidden'>no</div>",
    "mso-hide": "<div style='mso-hide:all'>no</div>",
    "no size": "<span style='font-size:0'>no</span>",
    "no size in points": "<span style='font-size: 0px; line-height:0'>no</span>",
    "hidden attribute": "<p hidden>no</p>",
    "children of hidden": "<div style='display:none'><p><b>no</b></p></div>",
    "hidden table cell": "<table><tr><td style='display:none'>no</td><td></td></tr></table>",
    "script": "<script>var no = '<p>no</p>';</script>",
    "style": "<style>.no:before { content: 'no' }</style>",
    "title": "<head><title>no</title></head>",
    "template": "<template><p>no</p></template>",
    "noscript": "<noscript>no</noscript>",
    "comment": "<!-- no -->",
    "comment of another kind": "<!-- no --!>",
    "select": "<select><option>no</option></select>",
    "textarea": "<textarea>no</textarea>",
    "object": "<object>no</object>",
    "vector graphics": "<svg><text>no</text></svg>",
    "processing instruction": "<?php echo 'no' ?>",
}


@pytest.mark.parametrize("source", HIDDEN.values(), ids=HIDDEN.keys())
def test_what_a_reader_does_not_see(source: str) -> None:
    """Hidden text, code and what programs only fall back on reach neither the text nor the full text, and nothing beside it is lost."""
    assert shown(f"<p>one</p>{source}<p>two</p>") == "one two"


@pytest.mark.parametrize(
    "style",
    [
        "display:block",
        "font-size:0.9em",
        "font-size:10px",
        "font-size:05px",
        "visibility:visible",
        "mso-hide:none",
        "x-font-size:0",
        "color:none",
    ],
)
def test_what_only_looks_hidden(style: str) -> None:
    """Styles that resemble the hiding ones hide nothing."""
    assert shown(f"<p style='{style}'>one</p>") == "one"


@pytest.mark.parametrize(
    ("stub", "taken"),
    [
        ("This message requires an HTML capable client to display.", False),
        ("Please view this e-mail in an HTML reader.", False),
        ("<html><body>x</body></html>", False),
        ("\r\n \r\n", False),
        ("I cannot view the HTML of my order confirmation. " * 12, True),
        ("My order has not come.", True),
        ("html", True),
    ],
)
def test_a_stub_gives_way_to_the_html(stub: str, taken: bool) -> None:
    """A line about missing HTML, source code and nothing are no text; a customer who speaks of HTML is heard."""
    message = read(multipart("alternative", part("text/plain", stub), part("text/html", "<p>rich</p>")))
    assert (message.text != "rich") is taken


@pytest.mark.parametrize("mark", ["&#xE000;", "&#57344;", "&#xe000", "&#x0000E000;", "\ue000"])
@pytest.mark.parametrize("filler", [0, html_text.MAX_TAGS], ids=["laid out", "too large"])
def test_marks_of_ours_cannot_be_written(mark: str, filler: int) -> None:
    """Whoever sends the characters that fence off quotations, raw or as numbers, sets nothing apart and leaves none behind."""
    message = read(html(f"<p>one</p>{mark}<p>two {mark}</p>{'<b>x</b>' * filler}"))
    assert message.quoted == ""
    assert message.text.split()[:2] == ["one", "two"]
    assert "\ue000" not in message.text + message.full_text


def test_html_under_the_name_of_plain_text() -> None:
    """A whole document labelled text/plain is read as HTML; a sentence about tags stays as it is."""
    assert read(plain("<!DOCTYPE html><html><body><p>one</p></body></html>")).text == "one"
    assert read(plain("  <html><p>one</p></html>")).text == "one"
    assert read(plain("The page shows <b>nothing</b>.")).text == "The page shows <b>nothing</b>."


@pytest.mark.parametrize("size", [html_text.MAX_TAGS // 2 - 5, html_text.MAX_TAGS // 2 + 5])
def test_both_ways_of_reading_html_keep_the_words(size: int) -> None:
    """On either side of the limit for layout every word is there, in the same order."""
    words = [f"word{number}" for number in range(size)]
    assert shown("".join(f"<p>{word}</p>" for word in words)).split() == words


def test_hidden_text_stays_hidden_only_as_long_as_it_is_laid_out() -> None:
    """Scripts and styles are left out of documents too large to lay out as well."""
    source = "<style>p{no}</style><script>no()</script>" + "<p>yes</p>" * html_text.MAX_TAGS
    assert set(shown(source).split()) == {"yes"}


@pytest.mark.parametrize(
    ("source", "text", "quoted"),
    [
        ("<p>New.</p><blockquote type='cite'>Old.</blockquote>", "New.", "Old."),
        ("<p>New.</p><blockquote>Cited by the person.</blockquote>", "New.\n\n  Cited by the person.", ""),
        ("<blockquote type='CITE'>Old.</blockquote><p>New.</p>", "New.", "Old."),
        ("<p>New.</p><div class='GMAIL_QUOTE'>Old.</div>", "New.", "Old."),
        ("<p>New.</p><div class='x gmail_quote y'>Old.</div>", "New.", "Old."),
        ("<p>New.</p><div class='my_gmail_quotes'>Kept.</div>", "New.\n\nKept.", ""),
        ("<p>New.</p><div class=gmail_quote>Old <div class=gmail_quote>older</div></div>", "New.", "Old older"),
        ("<p>New.</p><div id=divRplyFwdMsg>From: x</div><p>Old.</p>", "New.", "From: x Old."),
        ("<p>New.</p><div id=appendonsend></div><hr><p>Old.</p>", "New.", "Old."),
        ("<div class=gmail_quote>All of it.</div>", "All of it.", ""),
    ],
)
def test_quoted_elements(source: str, text: str, quoted: str) -> None:
    """What programs mark as the old message is set apart; what a person cites, and names that only resemble, stay."""
    message = read(html(source))
    assert " ".join(message.text.split()) == " ".join(text.split())
    assert " ".join(word for word in message.quoted.split() if set(word) != {"-"}) == quoted
