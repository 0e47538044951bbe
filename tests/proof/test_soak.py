"""A sample of the days with a fault every thirty seconds."""

from tests.proof import soak


async def test_an_hour_of_faults() -> None:
    """After an hour with a fault every thirty seconds everyone is acknowledged once or in doubt, and every message is filed."""
    verdict = await soak.soak(120, seed=3)
    assert verdict.clean, verdict.details()
    assert verdict.faults == 120
    assert verdict.messages == verdict.acknowledged + verdict.uncertain > 20
    assert len(set(verdict.descriptors)) == 1
