"""Where files lie, and what is logged."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Literal

from triage.sections.values import Duration, Section


def project_root() -> Path:
    """Where templates/, models/ and config/ lie: the checkout, else the installation's share/triage."""
    checkout = Path(__file__).resolve().parent.parent.parent
    return checkout if (checkout / "templates").is_dir() else Path(sys.prefix) / "share" / "triage"


class Paths(Section):
    """Where things lie; relative paths are resolved against the directory that holds config/."""

    store: Path = Path("var/triage.db")
    #: Secret key, heartbeat and locks.
    state: Path = Path("var")
    templates: Path = project_root() / "templates" / "emails"
    model: Path = project_root() / "models" / "triage.npz"
    policy: Path = project_root() / "config" / "policy.toml"
    #: Folder of a sentence model, heard beside the words; none: words alone.
    sentence_model: Path | None = None


class LeaseSettings(Section):
    """Which of several daemons on one store may work."""

    #: After so long without a sign of life another place may take over; a clean stop, or a new start in the same place, does not wait.
    lasts: Duration = timedelta(seconds=60)


class LogSettings(Section):
    """How much is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    json_lines: bool = False
