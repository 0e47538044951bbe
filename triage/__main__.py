"""`python -m triage` is the command line."""

from triage.cli.main import main

main()
