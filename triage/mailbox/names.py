"""Folder names: ours use "/" and know no namespace; the server has its own separator and its own root (RFC 9051 §6.3.10)."""

from dataclasses import dataclass

_SEPARATOR = "/"
_INBOX = "INBOX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How one server writes folder names."""

    #: Prefix of the personal namespace such as "INBOX."; mostly empty.
    prefix: str = ""
    #: Between the levels of the hierarchy; empty where there is none.
    separator: str = _SEPARATOR

    def to_server(self, name: str) -> str:
        """The server's name for a folder of ours."""
        if name.upper() == _INBOX:
            return _INBOX
        native = name.replace(_SEPARATOR, self.separator) if self.separator else name
        return native if self.prefix and native.upper().startswith(self.prefix.upper()) else self.prefix + native

    def from_server(self, native: str) -> str:
        """Our name for a folder of the server; `to_server` leads back."""
        if native.upper() == _INBOX:
            return _INBOX
        name = native[len(self.prefix) :] if self.prefix and native.upper().startswith(self.prefix.upper()) else native
        return name.replace(self.separator, _SEPARATOR) if self.separator else name

    def parents(self, native: str) -> list[str]:
        """The folders above a folder, topmost first, then itself: what may have to be made, in this order."""
        if not self.separator:
            return [native]
        root, rest = (self.prefix, native[len(self.prefix) :]) if native.startswith(self.prefix) else ("", native)
        parts = rest.split(self.separator)
        return [root + self.separator.join(parts[: count + 1]) for count in range(len(parts))]
