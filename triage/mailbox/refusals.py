"""An IMAP library's errors turned into ours: what is temporary, what a person must mend; never with a password or a foreign text in it."""

import re
import ssl

from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError

from triage.errors import AuthenticationFailedError, ConnectionLostError, EncryptionRefusedError, MailboxMissingError, TriageError

_CODE = re.compile(r"\[([A-Z][A-Z0-9-]{0,40})")
#: Codes of RFC 9051 §7.1 and RFC 5530 §3 that pass by themselves, whatever the command was.
_TEMPORARY = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "THROTTLED", "OVERQUOTA", "EXPUNGEISSUED"})
#: Codes that speak of the name and the password (RFC 5530 §3).
_REFUSED = frozenset({"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED"})
#: The folder is not there, or not for us.
_MISSING = frozenset({"NONEXISTENT", "NOPERM", "TRYCREATE", "CANNOT", "NOSUCHMAILBOX"})
#: Large providers refuse the connection that is one too many in words only.
_TOO_MANY = re.compile(r"too many|maximum number|temporar", re.IGNORECASE)


def code_of(error: BaseException) -> str:
    """The response code in square brackets that the server gave (RFC 9051 §7.1), "" without one."""
    found = _CODE.search(str(error))
    return found[1] if found else ""


def of_login(account: str, error: IMAPClientError) -> TriageError:
    """What a failed login means: only a clear no counts against the password, since retrying one may lock the account."""
    # The library wraps a connection that broke during the login into the same error as a refused password.
    broken = isinstance(error, IMAPClientAbortError) or isinstance(error.__context__, IMAPClientAbortError)
    passing = code_of(error) in _TEMPORARY or (code_of(error) not in _REFUSED and _TOO_MANY.search(str(error)))
    if broken or passing:
        return ConnectionLostError(f"mailbox {account}: the server accepts no login now ({code_of(error) or 'no reason given'})")
    return AuthenticationFailedError(f"mailbox {account}: the server refused the user name or password")


def of_connecting(account: str, server: str, error: Exception) -> TriageError:
    """What it means that no connection as configured came about: one that is not encrypted to whom we want stays so until a person acts."""
    if isinstance(error, CapabilityError):
        return EncryptionRefusedError(f"mailbox {account}: {server} offers no STARTTLS: expected what `security` says")
    if isinstance(error, ssl.SSLCertVerificationError):
        return EncryptionRefusedError(f"mailbox {account}: the certificate of {server} is refused: {_bounded(error)}")
    return ConnectionLostError(f"mailbox {account}: no connection to {server}: {_bounded(error)}")


def of_command(account: str, doing: str, error: Exception) -> TriageError:
    """What the failure of a command means."""
    if isinstance(error, IMAPClientAbortError | OSError):
        return ConnectionLostError(f"mailbox {account}: connection lost while {doing}: {type(error).__name__}: {_bounded(error)}")
    if isinstance(error, IMAPClientError):
        return ConnectionLostError(f"mailbox {account}: the server refused {doing}: {_bounded(error)}")
    return ConnectionLostError(f"mailbox {account}: the server's answer while {doing} makes no sense: {type(error).__name__}")


def of_delay(account: str, doing: str) -> ConnectionLostError:
    """What it means that something takes too long."""
    return ConnectionLostError(f"mailbox {account}: no end of {doing} in time")


def of_folder(account: str, folder: str, error: IMAPClientError) -> TriageError:
    """What it means that a folder cannot be opened or made."""
    if isinstance(error, IMAPClientAbortError) or code_of(error) in _TEMPORARY:
        return of_command(account, f"opening {folder}", error)
    return MailboxMissingError(f"mailbox {account}: no folder {folder!r} on the server: {_bounded(error)}")


def is_about_a_message(error: IMAPClientError) -> bool:
    """True when a plain NO to a FETCH may be about one of the messages rather than about the moment."""
    # BAD, and answers that cannot be read, are worded otherwise by the library.
    return str(error).startswith("fetch failed:") and code_of(error) not in _TEMPORARY - {"SERVERBUG"}


def is_missing_folder(error: IMAPClientError) -> bool:
    """True when a command failed because its target folder is not there."""
    return not isinstance(error, IMAPClientAbortError) and code_of(error) in _MISSING


def _bounded(error: BaseException) -> str:
    # A server repeats what it was sent; long or unprintable answers would only soil the log.
    text = "".join(character if character.isprintable() else " " for character in str(error))
    return text[:200]
