"""What the configured boundary server found about the sender: only its own topmost Authentication-Results count (RFC 8601)."""

import re
from dataclasses import dataclass

import authres

from triage.parsing import trace

METHODS = frozenset({"spf", "dkim", "dmarc", "arc", "iprev", "compauth"})
_MAX = 8000
#: Microsoft's field begins with a result instead of the identifier that the standard demands.
_NO_IDENTIFIER = re.compile(r"\A\s{0,9}(?:spf|dkim|dmarc|arc|compauth)\s{0,3}=", re.IGNORECASE)
_COMPAUTH = re.compile(r"(?:^|;)\s{0,9}compauth\s{0,3}=\s{0,3}(\w{1,20})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Results:
    """What our own server found."""

    #: (method, result); the first word on a method stands.
    by_method: tuple[tuple[str, str], ...] = ()
    #: Domains whose DKIM signature held (header.d, RFC 8601 §2.7.1).
    signers: tuple[str, ...] = ()


def results(fields: tuple[tuple[str, str], ...], authserv_id: str, trace_hosts: tuple[str, ...] = ()) -> Results:
    """What stands in fields that only the boundary server can have written."""
    if not authserv_id:
        return Results()
    found: dict[str, str] = {}
    signers: dict[str, None] = {}
    for value in _trusted(fields, trace_hosts):
        for method, result, domain in _parsed(value, authserv_id.lower()):
            if method == "dkim" and result == "pass" and domain:
                signers[domain] = None
            if method == "dkim" and result == "pass" and found.get("dkim") not in (None, "pass") and value == _first(fields):
                found["dkim"] = "pass"
            found.setdefault(method, result)
    return Results(tuple(found.items()), tuple(signers))


def _first(fields: tuple[tuple[str, str], ...]) -> str:
    return next((value for name, value in fields if name == "authentication-results"), "")


def _trusted(fields: tuple[tuple[str, str], ...], trace_hosts: tuple[str, ...]) -> list[str]:
    # Everything below the last Received of our own was there when the message came in, so its sender may have written it.
    if not trace_hosts:
        first = _first(fields)
        return [first] if first else []
    pending: list[str] = []
    inside: list[str] | None = None
    for name, value in fields:
        if name == "authentication-results":
            pending.append(value)
        elif name == "received":
            if not trace.is_ours(value, trace_hosts):
                break
            inside, pending = [*(inside or ()), *pending], []
            if not trace.came_from_us(value, trace_hosts):
                # Here the message came in; whatever stands below, in our name too, was written outside.
                break
    return pending[:1] if inside is None else inside


def _parsed(value: str, authserv_id: str) -> list[tuple[str, str, str]]:
    value = value[:_MAX]
    if _NO_IDENTIFIER.match(value):
        if not authserv_id.endswith("outlook.com"):
            return []
        value = f"{authserv_id}; {value}"
    try:
        header = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {_without_compauth(value)}")
    except (authres.AuthResError, ValueError, IndexError, AttributeError, RecursionError):
        return []
    if str(header.authserv_id).lower() != authserv_id:
        return []
    said = [
        (str(result.method).lower(), str(result.result).lower(), str(getattr(result, "header_d", None) or "").strip(".").lower())
        for result in header.results
        if result.method and result.result
    ]
    compauth = _COMPAUTH.search(value)
    return [one for one in said if one[0] in METHODS] + ([("compauth", compauth[1].lower(), "")] if compauth else [])


def _without_compauth(value: str) -> str:
    return _COMPAUTH.sub(";x-compauth=none", value)
