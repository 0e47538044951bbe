"""`triage train` and `triage evaluate`: the model from the corpus, and how good it is."""

from pathlib import Path

import click
