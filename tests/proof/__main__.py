"""`make proof`: all proofs, or those named; `--sample` for the short form."""

import argparse
import sys
from collections.abc import Callable
from time import monotonic
from typing import Protocol

from tests.proof import backlog, flood, fuzz, kills, model, outage, quarter, soak, syscalls


class _Verdict(Protocol):
    """What a proof has found."""

    @property
    def clean(self) -> bool: ...
    def details(self) -> list[str]: ...


#: Each proof with its size and that of its sample; the size is asked for by the option of its unit.
_PROOFS: dict[str, tuple[Callable[[int, int], _Verdict], int, int, str]] = {
    "model": (model.run, 3, 2, "at_once"),
    "flood": (flood.run, 10_000, 300, "writers"),
    "outage": (outage.run, 20_000, 500, "customers"),
    "kills": (lambda kill, seed: kills.run(kill, seed, receipts=arguments.receipts), 10_000, 20, "kills"),
    "syscalls": (syscalls.run, 10_000, 12, "points"),
    "soak": (soak.run, 72, 1, "hours"),
    "backlog": (backlog.run, 100_000, 2_000, "waiting"),
    "quarter": (lambda cases, seed: quarter.run(cases, seed, arguments.keep), 20_000, 100, "cases"),
    "fuzz": (fuzz.run, 1_000_000, 20_000, "messages"),
}

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("which", nargs="*", metavar="|".join(_PROOFS), help="default: all")
parser.add_argument("--sample", action="store_true", help="the short form, a few minutes")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument(
    "--receipts", choices=("half", "all", "none"), default="half", help="for which kills receipt copies are asked (default: half)"
)
for _name, (_run, size, small, unit) in _PROOFS.items():
    parser.add_argument(f"--{unit}", type=int, default=0, help=f"how many, instead of {size} (sample: {small})")
parser.add_argument("--keep", default="", metavar="FOLDER", help="the quarter is written down there now and then, and goes on from there")
arguments = parser.parse_args()
if unknown := set(arguments.which) - set(_PROOFS):
    parser.error(f"{', '.join(sorted(unknown))}: expected {', '.join(_PROOFS)}")
clean = True
for name in arguments.which or _PROOFS:
    run, size, small, unit = _PROOFS[name]
    begun = monotonic()
    verdict = run(getattr(arguments, unit) or (small if arguments.sample else size), arguments.seed)
    print(f"{name} (seed {arguments.seed}): {verdict} [{monotonic() - begun:.0f} s]")
    for line in verdict.details():
        print(f"  {line}")
    clean = clean and verdict.clean
sys.exit(0 if clean else 1)
