"""What the verdicts of proofs have in common."""

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Judged:
    """A verdict that is clean as long as nothing is found against it."""

    problems: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Every promise held."""
        return not self.problems

    def details(self) -> list[str]:
        """What did not hold."""
        return self.problems
