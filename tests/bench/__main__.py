"""`make bench`: all benchmarks, or those named: throughput, latency, read."""

import argparse

from tests.bench import throughput

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("which", nargs="*", choices=["throughput", "latency", "read"], default="throughput")
parser.add_argument("--messages", type=int, default=2000)
arguments = parser.parse_args()
throughput.main(arguments.messages)
