"""Invitations and their answers (RFC 5545, RFC 5546) in words, for people who see no calendar."""

import re

from triage.parsing import charset

MAX_CHARACTERS = 64 * 1024
_FOLD = re.compile(r"\n[ \t]")
_PROPERTY = re.compile(
    r"\A([A-Z-]{2,30})((?:;[^:;\n\"]{1,300}(?:\"[^\"\n]{0,300}\"[^:;\n\"]{0,100})?){0,12}):([^\n]{0,2000})", re.IGNORECASE
)
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d{0,2}(Z?))?")
_PARAMETER = re.compile(r";([A-Z-]{2,20})=\"?([^\";\n]{1,200})", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_METHODS = {
    "REQUEST": "Invitation", "REPLY": "Answer to an invitation", "CANCEL": "Cancelled", "COUNTER": "Another time is proposed",
    "PUBLISH": "Event", "DECLINECOUNTER": "The other time is declined", "REFRESH": "Asks for the invitation again", "ADD": "Invitation",
}  # fmt: skip
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "perhaps", "DELEGATED": "delegated"}


def to_text(source: str) -> str:
    """A few lines: what it is, its title, when, where, by whom, and what was answered; "" for what is no calendar."""
    text = _FOLD.sub("", charset.clean(source)[:MAX_CHARACTERS])
    if not text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        return ""
    method, event = "", dict[str, tuple[str, str]]()
    answers: list[str] = []
    inside = False
    for line in text.split("\n"):
        found = _PROPERTY.match(line.strip())
        if not found:
            continue
        name, parameters, value = found[1].upper(), found[2], found[3].strip()
        if name in {"BEGIN", "END"} and value.upper() == "VEVENT":
            inside = name == "BEGIN" and not event
        elif name == "METHOD" and not method:
            method = value.upper()
        elif inside and name == "ATTENDEE" and method == "REPLY":
            answers.append(_answer(parameters, value))
        elif inside:
            event.setdefault(name, (parameters, value))
    return _in_words(method, event, answers)


def _in_words(method: str, event: dict[str, tuple[str, str]], answers: list[str]) -> str:
    title, where, about = (_plain(event.get(name, ("", ""))[1]) for name in ("SUMMARY", "LOCATION", "DESCRIPTION"))
    when = " – ".join(time for time in (_time(*event.get(name, ("", ""))) for name in ("DTSTART", "DTEND")) if time)
    organizer = _person(*event.get("ORGANIZER", ("", "")))
    lines = (
        f"{_METHODS.get(method, 'Event')}: {title}".rstrip(": "),
        when,
        where,
        f"by {organizer}" if organizer else "",
        *answers[:20],
        f"\n{about}" if about else "",
    )
    return "\n".join(line for line in lines if line)


def _answer(parameters: str, value: str) -> str:
    said = _parameters(parameters).get("PARTSTAT", "").upper()
    return f"{_person(parameters, value)}: {_ANSWERS.get(said, 'no answer')}"


def _person(parameters: str, value: str) -> str:
    return _parameters(parameters).get("CN", "") or re.sub(r"\Amailto:", "", value, flags=re.IGNORECASE)[:200]


def _parameters(text: str) -> dict[str, str]:
    return {name.upper(): value for name, value in _PARAMETER.findall(text)}


def _time(parameters: str, value: str) -> str:
    found = _TIME.match(value)
    if not found:
        return ""
    year, month, day, hour, minute, utc = found.groups()
    zone = "UTC" if utc else _parameters(parameters).get("TZID", "")
    return f"{year}-{month}-{day}" + (f" {hour}:{minute} {zone}".rstrip() if hour else "")


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
