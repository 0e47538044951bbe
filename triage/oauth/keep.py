"""What is remembered of a grant in the state folder: the refresh token that took the place of the configured one, and when it ends."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What stands in the file; empty where there is none."""

    refresh_token: str = ""
    #: Digest of the configured one it came from.
    of: str = ""
    expires_at: datetime | None = None


def read_kept(path: Path) -> Kept:
    """What was kept; nothing where the file is missing or damaged: the configured token is tried then."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        ends = found["expires_at"]
        return Kept(
            refresh_token=str(found["refresh_token"]), of=str(found["of"]), expires_at=datetime.fromisoformat(ends) if ends else None
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Kept()


def write_kept(path: Path, kept: Kept) -> None:
    """Put it there whole, on the disk, for its owner only."""
    content = {"refresh_token": kept.refresh_token, "of": kept.of, "expires_at": kept.expires_at.isoformat() if kept.expires_at else ""}
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
