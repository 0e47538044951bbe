"""Errors by what can be done about them; each library's own are turned into these at its border."""


class TriageError(Exception):
    """Something went wrong that has a name."""


class TemporaryError(TriageError):
    """It may go better later: back off and try again; nothing is lost meanwhile."""


class PermanentError(TriageError):
    """It will not go better by itself: a person must change something; tried again only rarely."""


class SettingsError(PermanentError, ValueError):
    """The configuration is wrong; each line names the key, the value and what was expected."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        #: One line per mistake.
        self.problems = problems


class ConnectionLostError(TemporaryError, ConnectionError):
    """The server is away, timed out, or broke the connection."""


class AuthenticationFailedError(PermanentError):
    """The server refused the user name or password."""


class EncryptionRefusedError(PermanentError):
    """The server's certificate is not to be trusted, or it offers no encryption where that is asked for: nothing was said to it."""


class MailboxMissingError(PermanentError):
    """The folder does not exist on the server and may not be made."""


class MailboxReadOnlyError(PermanentError):
    """The folder may be looked into, and nothing in it may be changed."""


class StoreBusyError(TemporaryError):
    """The store is locked by another process."""


class LeaseLostError(TemporaryError):
    """Another daemon has taken the store over: this one must not write any more."""


class StoreFullError(TemporaryError):
    """The disk takes no more: nothing was written."""


class StoreLostError(TriageError):
    """The disk of the store fails, or its files were taken away: what this process knows of it may be false, so it must end."""


class StoreBrokenError(PermanentError):
    """The store is damaged, or was written by a newer version."""


class ModelError(PermanentError):
    """The model file is missing, damaged or not ours; everything else goes on, unsorted."""


class OrderSystemAwayError(TemporaryError):
    """The order system is away, too slow, or not to be asked for a while."""


class OrderSystemRefusedError(PermanentError):
    """The order system refuses us, or says what makes no sense: expected other access, or another mapping."""


class NotGenuineError(TriageError):
    """What was posted to us does not come from whom it says."""


class TooOldError(NotGenuineError):
    """What was posted to us was signed too long ago, or ahead of time: anybody may have kept it."""


class ReportError(TemporaryError):
    """A report could not be made."""


class LessonError(TemporaryError):
    """Teaching a model came to no end: out of time or memory, or killed; the model in use stays."""


class ReaderDiedError(TriageError):
    """A reader process ended without an answer."""

    def __init__(self, exit_code: int = 0) -> None:
        super().__init__(f"exit code {exit_code}")
        #: Negative where a signal ended it.
        self.exit_code = exit_code


class TemplateError(PermanentError):
    """A template is missing or broken; the built-in text is used instead."""
