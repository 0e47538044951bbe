"""`make bench`: all benchmarks, or those named."""

import argparse
from pathlib import Path

from tests.bench import classifier, latency, learning, orders, reading, reports, throughput

BENCHMARKS = {
    "throughput": (throughput.main, 2000),
    "latency": (latency.main, 200),
    "reading": (reading.main, 1000),
    "classifier": (lambda most: classifier.main(most, arguments.sentence_model), 5000),
    "orders": (orders.main, 1000),
    "learning": (learning.main, 2000),
    "reports": (lambda cases: reports.main([cases]), 100_000),
}
#: Take minutes: one trains six models, the other writes a log of so many cases (1,000,000 take a quarter of an hour).
ON_DEMAND = {"learning", "reports"}

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("which", nargs="*", metavar="|".join(BENCHMARKS), help="default: all but learning and reports")
parser.add_argument("--messages", type=int, default=0, help="how many, instead of each one's own number")
parser.add_argument("--sentence-model", type=Path, metavar="FOLDER", help="classifier: hear this one beside the words")
arguments = parser.parse_args()
if unknown := set(arguments.which) - set(BENCHMARKS):
    parser.error(f"{', '.join(sorted(unknown))}: expected {', '.join(BENCHMARKS)}")
for name in arguments.which or [name for name in BENCHMARKS if name not in ON_DEMAND]:
    run, messages = BENCHMARKS[name]
    run(arguments.messages or messages)
