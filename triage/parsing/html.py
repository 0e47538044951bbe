"""HTML → text as a reader sees it: hidden text left out, quoted history fenced off by marks that no sender can write."""

import re

import lxml.html
from inscriptis import Inscriptis
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.model.config import ParserConfig
from lxml import etree

from triage.parsing import charset

#: Private characters around quoted history in the text; removed from what senders write.
QUOTE, UNQUOTE = "\ue000", "\ue001"
#: Longer documents are not laid out: their tags are taken off and everything is kept.
MAX_LAID_OUT = 200 * 1024
MAX_TAGS = 6000
#: The parser sets apart what follows the end of the document, and drops a line break written as an end; readers show both.
_ENDS = re.compile(r"</(?:html|body|(br))\s{0,9}>", re.IGNORECASE)
_CONFIG = ParserConfig(css=STRICT_CSS_PROFILE.copy())
_PARSER = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, recover=True)
_HIDDEN_STYLE = re.compile(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|mso-hide\s{0,9}:\s{0,9}all|"
    r"(?<![\w-])font-size\s{0,9}:\s{0,9}0(?:px|pt|em|%)?\s{0,9}(?:;|!|$)",
    re.IGNORECASE,
)
_SKIPPED = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg", "iframe", "select", "textarea"})
_OUTLOOK_RULE = re.compile(r"border:\s{0,3}none;\s{0,3}border-top:\s{0,3}solid\s{0,3}(?:#[0-9a-f]{6}|\w{3,20})\s{0,3}1\.0pt", re.I)
#: Elements whose id or class says that a mail client put the quoted history there.
_QUOTE_IDS = (
    "divrplyfwdmsg", "x_divrplyfwdmsg", "olk_src_body_section", "yahoo_quoted_", "mail-editor-reference-message-container",
    "isforwardcontent", "replysplit",
)  # fmt: skip
_QUOTE_CLASSES = (
    "gmail_quote",
    "gmail_extra",
    "yahoo_quoted",
    "protonmail_quote",
    "zmail_extra",
    "moz-cite-prefix",
    "tutanota_quote",
    "hcsdiv",
)
#: From these on, everything that follows is quoted, although it is no child of theirs.
_OPENERS = ("divrplyfwdmsg", "x_divrplyfwdmsg", "appendonsend", "x_appendonsend", "stopspelling", "replysplit")


def to_text(html: str) -> str:
    """The text of a document, with quoted history between QUOTE and UNQUOTE."""
    html = _unforged(html).strip()
    if not html:
        return ""
    if len(html) > MAX_LAID_OUT or html.count("<") > MAX_TAGS:
        return without_tags(html)
    try:
        source = _ENDS.sub(lambda end: "<br>" if end[1] else "", html)
        tree = lxml.html.document_fromstring(source.encode("utf-8", "replace"), parser=_PARSER)
        _prepare(tree, forged="&#" in html)
        text = Inscriptis(tree, _CONFIG).get_text()
    except (etree.LxmlError, ValueError, RecursionError, IndexError, AttributeError, KeyError, TypeError):
        # inscriptis lays out what it can and stumbles over broken tables and styles in ways of its own.
        return without_tags(html)
    return _tidy(text)


def _unforged(text: str) -> str:
    return text.replace(QUOTE, "").replace(UNQUOTE, "")


def _tidy(text: str) -> str:
    # Characters that came as numbers have not been cleaned yet.
    lines = [line.rstrip().replace("\xa0", " ") for line in charset.clean(text).split("\n")]
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip("\n")


def _prepare(tree: lxml.html.HtmlElement, *, forged: bool) -> None:
    for element in list(tree.iter()):
        if forged:
            # Our marks may have come as numbers (&#xE000;).
            element.text, element.tail = _unforged(element.text or ""), _unforged(element.tail or "")
        unseen = not isinstance(element.tag, str) or element.tag in _SKIPPED or _is_hidden(element)
        if unseen and element.getparent() is not None:
            element.drop_tree()
    marked = False
    for element in list(tree.iter("div", "blockquote", "span", "hr", "table", "td", "p", "section")):
        if element.getparent() is None or marked:
            continue
        opener = _opens(element)
        if opener or _quotes(element):
            _fence(element, to_end=opener)
            marked = opener


def _is_hidden(element: lxml.html.HtmlElement) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _HIDDEN_STYLE.search(style))


def _opens(element: lxml.html.HtmlElement) -> bool:
    identifier = (element.get("id") or "").lower()
    if identifier in _OPENERS:
        return True
    style = element.get("style") or ""
    if element.tag == "div" and _OUTLOOK_RULE.match(style):
        return True
    # Outlook 2003 rules a line of this size above the old message; Zimbra marks its own.
    if element.tag != "hr":
        return False
    return bool(element.get("data-marker") == "__DIVIDER__" or (element.get("size") == "3" and element.get("align") == "center"))


def _quotes(element: lxml.html.HtmlElement) -> bool:
    identifier = (element.get("id") or "").lower()
    if identifier.startswith(_QUOTE_IDS):
        return True
    classes = (element.get("class") or "").lower().split()
    if any(name in _QUOTE_CLASSES for name in classes):
        return "Forwarded message" not in (element.text_content()[:200])
    return element.tag == "blockquote" and (element.get("type") or "").lower() == "cite"


def _fence(element: lxml.html.HtmlElement, *, to_end: bool) -> None:
    if any(ancestor.get("data-triage") for ancestor in element.iterancestors()):
        return
    element.set("data-triage", "quote")
    before = lxml.html.Element("p")
    before.text = QUOTE
    element.addprevious(before)
    if not to_end:
        after = lxml.html.Element("p")
        after.text = UNQUOTE
        after.tail, element.tail = element.tail, None
        element.addnext(after)


def without_tags(html: str) -> str:
    """All text between tags in one linear pass, for documents too large or too broken to lay out."""
    out: list[str] = []
    position = 0
    while position < len(html):
        opening = html.find("<", position)
        if opening < 0:
            out.append(html[position:])
            break
        out.append(html[position:opening])
        closing = html.find(">", opening)
        if closing < 0:
            # An unclosed tag hides nothing: what follows is kept as it is.
            out.append(html[opening:])
            break
        tag = html[opening + 1 : min(closing, opening + 12)].lower()
        position = closing + 1
        if tag.startswith(("script", "style")):
            end = html.find("</" + tag[:5], position)
            position = end if end >= 0 else position
        elif tag.lstrip("/").startswith(("br", "p", "div", "tr", "li", "h1", "h2", "h3", "table", "block")):
            out.append("\n")
    return _unescaped("".join(out))


def _unescaped(text: str) -> str:
    import html as entities

    return _tidy(_unforged(entities.unescape(text)))
