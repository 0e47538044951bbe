"""Models kept side by side, one file a version, and a pointer to the one in use that is switched in one step."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from triage.errors import ModelError

#: In the state folder: the models that were trained here.
MODELS = "models"
#: The name of the model that came with the program.
SHIPPED = "shipped"
#: So many that are not in use are kept, to roll back to.
_KEPT = 10
_VERSION = re.compile(r"[0-9a-f]{12}")
_POINTER = "in-use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A model on the shelf."""

    version: str
    path: Path
    in_use: bool
    #: What its card says; empty where it has none.
    card: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of models beside the one that was shipped."""

    folder: Path
    shipped: Path

    @property
    def pointer(self) -> Path:
        """The file that names the version in use."""
        return self.folder / _POINTER

    @property
    def own(self) -> Path:
        """Labelled messages of the user's own that every further lesson builds on; perhaps not there."""
        return self.folder / "own.jsonl"

    def chosen(self) -> str:
        """The version that is to be used; the shipped one where nobody chose another."""
        try:
            named = self.pointer.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return SHIPPED
        return named if _VERSION.fullmatch(named) else SHIPPED

    def in_use(self) -> Path:
        """The file of the version that is to be used."""
        return self.path_of(self.chosen())

    def path_of(self, version: str) -> Path:
        """Where a version lies."""
        return self.shipped if version == SHIPPED else self.folder / f"{version}.npz"

    def kept(self) -> list[Kept]:
        """All there are: the shipped one, then the others, oldest first."""
        files = sorted(self.folder.glob("*.npz"), key=lambda path: path.stat().st_mtime)
        names = [SHIPPED, *(path.stem for path in files if _VERSION.fullmatch(path.stem))]
        chosen = self.chosen()
        return [Kept(version=name, path=path, in_use=name == chosen, card=_card(path)) for name in names for path in [self.path_of(name)]]

    def take_in(self, candidate: Path, said: Mapping[str, object]) -> str:
        """Put a model on the shelf with what is said of it on its card; its version. ModelError where it is none."""
        version = _whole(candidate)
        self.folder.mkdir(parents=True, exist_ok=True)
        card = {**_card(candidate), **said}
        target = self.path_of(version)
        candidate.replace(target)
        target.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        candidate.with_suffix(".json").unlink(missing_ok=True)
        self._make_room()
        return version

    def use(self, version: str) -> None:
        """From now on this one; ModelError where it is not there or not whole, and nothing has changed."""
        if version != SHIPPED and not _VERSION.fullmatch(version):
            raise ModelError(f"{version!r}: expected {SHIPPED!r} or a version as `triage model list` shows them")
        _whole(self.path_of(version))
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.pointer.with_suffix(".new")
        draft.write_text(version, encoding="ascii")
        draft.replace(self.pointer)

    def _make_room(self) -> None:
        others = [kept for kept in self.kept() if kept.version != SHIPPED and not kept.in_use]
        for kept in others[:-_KEPT]:
            kept.path.unlink(missing_ok=True)
            kept.path.with_suffix(".json").unlink(missing_ok=True)


def _whole(path: Path) -> str:
    # Loaded here: the daemon asks which model is in use, and needs no more of it.
    from triage.classifier.model import Model

    return Model.load(path).version


def _card(path: Path) -> Mapping[str, object]:
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}
