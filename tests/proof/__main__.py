"""`make proof`: all proofs, or those named; `--sample` for the short form."""

import argparse
import sys
from time import monotonic

from tests.proof import kills

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("which", nargs="*", choices=["kills"], default="kills")
parser.add_argument("--sample", action="store_true", help="the short form, a few minutes")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--kills", type=int, default=0, help="how many, instead of 200 (sample: 20)")
arguments = parser.parse_args()
begun = monotonic()
verdict = kills.run(arguments.kills or (20 if arguments.sample else 200), arguments.seed)
print(f"kills (seed {arguments.seed}): {verdict} [{monotonic() - begun:.0f} s]")
for line in (*verdict.lost, *verdict.twice, *verdict.silent, *verdict.problems):
    print(f"  {line}")
sys.exit(0 if verdict.clean else 1)
