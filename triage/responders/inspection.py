"""The last look at a message before it leaves: what must hold of everything that is ours, whoever wrote it and however it was kept."""

import hashlib
from collections.abc import Mapping

from triage import tokens
from triage.people import People
from triage.reply import BY_PEOPLE, TO_CUSTOMER, Delivery, ReplyKind
from triage.responders.acknowledgment import AT_MOST
from triage.responders.envelope import SUBMITTED, bound_by_id

#: Each of our fields; exactly one of the first row.
_ONCE = frozenset({"message-id", "from", "to", "subject", "date"})
_ALLOWED = _ONCE | {
    "cc", "reply-to", "in-reply-to", "references",
    "auto-submitted", "x-auto-response-suppress", "x-triage-loop", "mime-version", "content-type",
    "x-triage-category", "x-triage-confidence", "x-triage-reason",
    "content-transfer-encoding", "content-language",
}  # fmt: skip
#: An original of the largest size that is taken in, attached.
_LARGEST = 64 << 20
_SIZES: Mapping[ReplyKind, int] = {ReplyKind.ACKNOWLEDGMENT: AT_MOST}


class Inspector:
    """Knows who we are, whom we may write to, and the keys: what was written before a key was retired may still leave."""

    def __init__(self, people: People, *keys: bytes) -> None:
        self._own = people.own
        self._staff = people.staff
        self._ours = people.own | people.staff
        self._keys = keys

    def fault(self, delivery: Delivery) -> str:
        """Why it must not leave, in words; "" when nothing is wrong with it."""
        content = delivery.content
        header = content.partition(b"\r\n\r\n")[0]
        fields = [tuple(line.partition(b": ")[::2]) for line in header.replace(b"\r\n ", b" ").split(b"\r\n")]
        names = [name.decode("latin-1").lower() for name, _value in fields]
        values = {name: value.decode("latin-1") for name, (_name, value) in zip(names, fields, strict=True)}
        return (
            self._names_fault(names)
            or self._addresses_fault(delivery, values)
            or self._integrity_fault(delivery)
            or ("" if values.get("auto-submitted", "") == SUBMITTED.get(delivery.kind, "") else "Auto-Submitted is not as its kind asks")
            or ("" if len(content) <= _SIZES.get(delivery.kind, _LARGEST) else f"it has {len(content)} octets, more than its kind may have")
        )

    def _names_fault(self, names: list[str]) -> str:
        if not _ALLOWED.issuperset(names):
            return "it has a field that we never write"
        if len(set(names)) < len(names) or not _ONCE.issubset(names):
            return "a field is missing or stands twice"
        return ""

    def _addresses_fault(self, delivery: Delivery, values: Mapping[str, str]) -> str:
        copied = [address for address in values.get("cc", "").split(", ") if address]
        if delivery.kind is ReplyKind.COPY:
            if values["to"] != delivery.requester or delivery.recipient not in copied:
                return "a copy does not name the case's customer and its recipient"
        elif values["to"] != delivery.recipient:
            return "To does not name the recipient alone"
        if copied and (delivery.kind not in BY_PEOPLE or self._ours.intersection(copied)):
            return "it shows people who have no part in it"
        if values["from"].rpartition("<")[2].rstrip(">") not in self._own:
            return "From is not ours"
        # Staff are in the settings; a customer is the one whose case it is. Nobody else is ever written to, unless a person let them in.
        # But for whoever used an address that is not theirs: they are told so in a text that has nothing of any case in it.
        to_customer = delivery.kind in TO_CUSTOMER
        known = (
            delivery.kind is ReplyKind.COPY
            or delivery.recipient == delivery.requester
            or (not to_customer and delivery.recipient in self._staff)
        )
        if not known and delivery.kind is not ReplyKind.DISCLAIMER:
            return "the recipient is neither the case's customer nor staff"
        return ""

    def _integrity_fault(self, delivery: Delivery) -> str:
        field, _, rest = delivery.content.partition(b"\r\n")
        if hashlib.sha256(delivery.content).hexdigest() != delivery.sha256:
            return "its bytes are not those that were frozen"
        token = delivery.message_id.removeprefix(f"{delivery.kind}.").partition("@")[0]
        vouched = bound_by_id(delivery.kind, delivery.case_number, delivery.recipient, rest)
        if field != f"Message-ID: <{delivery.message_id}>".encode() or not any(tokens.verify(key, token, *vouched) for key in self._keys):
            return "its Message-ID does not vouch for it"
        return ""
