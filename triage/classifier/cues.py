"""The hand-written vocabulary of support mail: which words stand for which concept, across languages."""

from pathlib import Path

#: Words by concept; how it is written is said at its head.
CUES = Path(__file__).with_name("cues.txt")


def read_cues(path: Path = CUES) -> dict[str, list[str]]:
    """Patterns by concept: `word`, `word*`, `*word*`, or a phrase of several words."""
    table: dict[str, list[str]] = {}
    concept = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            concept = line.rstrip(": ")
            continue
        phrases = [phrase.strip() for phrase in line.split("|")]
        patterns = phrases[1:] if line.lstrip().startswith("|") else phrases[0].split()
        table.setdefault(concept, []).extend(patterns)
    return table
