"""Addresses that only look like others, by the way they are made to."""

from tests.rows import rows
from triage.orders.look_alike import looks_like

REAL = "clara.miller@woodmill.example"


@rows(
    ("forged", "alike"),
    [
        ("c1ara.miller@woodmill.example", True),
        ("clara.mi11er@woodmill.example", True),
        ("clara.miller@woodrnill.example", True),
        ("clara.miller@vvoodmill.example", True),
        ("dara.miller@woodmill.example", True),
        ("clara-miller@woodmill.example", False),
        ("clara.miller@wood-mill.example", True),
        ("clara_.miller@woodmill.example", True),
        ("сlara.miller@woodmill.example", True),
        ("clara.miller@wοοdmill.example", True),
        ("clárá.miller@woodmill.example", True),
        ("clara.miller@woodmill.example.org", False),
        ("miller.clara@woodmill.example", False),
        ("clara.miller@mill.example", False),
        ("clara@woodmill.example", False),
        (REAL, False),
    ],
)
def test_how_addresses_are_forged(forged: str, alike: bool) -> None:
    """Digits, pairs of letters, other scripts, accents and dashes are seen through; another name or domain is just another one."""
    assert looks_like(forged, REAL) is alike
    assert looks_like(REAL, forged) is alike
