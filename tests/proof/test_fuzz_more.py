"""More of the sample of the fuzzing proof, in a file of its own so that another core reads it."""

import pytest

from tests.proof import fuzz


@pytest.mark.timeout(600)
def test_ten_thousand_other_mutants_are_read() -> None:
    """No mutant of another seed raises, takes a second, needs the last resort or breaks a promise."""
    fuzz.ready()
    assert fuzz.read_chunk(2, 0, 10_000, shared=False).details() == []
