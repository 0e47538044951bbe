"""Charts: PNG of a known size, the same each time, that say the same without colour."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image

from tests.reports.making import EVIL, empty, full, group
from triage.figures import Day, Report
from triage.reports.charts import charts

WIDTH = 1520


@pytest.fixture(scope="module")
def drawn() -> dict[str, tuple[bytes, str]]:
    """All charts of the full month."""
    return charts(full())


def image(png: bytes) -> Image.Image:
    """The picture."""
    return Image.open(io.BytesIO(png)).convert("RGB")


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance (WCAG 2)."""
    red, green, blue = ((value / 255 / 12.92) if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Contrast ratio (WCAG 2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def large_areas(picture: Image.Image) -> Iterator[tuple[int, int, int]]:
    """Colours that fill more than half a hundredth of the picture, the background left out."""
    total = picture.width * picture.height
    for many, colour in picture.getcolors(1 << 24) or []:
        if many > total / 200 and isinstance(colour, tuple) and min(colour) < 250:
            yield colour[0], colour[1], colour[2]


def test_all_charts(drawn: dict[str, tuple[bytes, str]]) -> None:
    """Each chart is there, twice as dense as it is shown, small enough for mail, with words of its own."""
    assert sorted(drawn) == ["days", "matters", "ratings", "resolution", "rises", "waiting"]
    for png, said in drawn.values():
        assert image(png).width == WIDTH
        assert len(png) < 120_000
        assert "November 2026" in said
    assert sum(len(png) for png, _said in drawn.values()) < 400_000


def test_on_a_card_of_their_own(drawn: dict[str, tuple[bytes, str]]) -> None:
    """The background is white and not transparent, so that dark mode and paper leave the chart as it is."""
    for png, _said in drawn.values():
        picture = Image.open(io.BytesIO(png))
        corners = [picture.convert("RGBA").getpixel(place) for place in ((0, 0), (picture.width - 1, picture.height - 1))]
        assert corners == [(255, 255, 255, 255)] * 2


def test_without_colour(drawn: dict[str, tuple[bytes, str]]) -> None:
    """What stands beside each other differs in lightness, and stands out from the background."""
    areas = list(large_areas(image(drawn["days"][0])))
    assert len(areas) >= 2
    blue, orange = (0, 114, 178), (230, 159, 0)
    assert {blue, orange} <= set(areas)
    assert contrast(blue, orange) > 2
    for colour in (blue, orange):
        assert contrast(colour, (255, 255, 255)) > 2, colour


def test_the_same_each_time(drawn: dict[str, tuple[bytes, str]]) -> None:
    """The same figures give the same octets."""
    assert charts(full())["days"][0] == drawn["days"][0]


def test_nothing_to_draw() -> None:
    """A month in which nothing happened has no chart."""
    assert charts(empty()) == {}


def test_hostile_names() -> None:
    """Names that are formulas, markup or scripts of other directions are drawn as they are, and very many are cut."""
    groups = tuple(group(f"{EVIL} $x_{number}$ {{}} \\frac") for number in range(40))
    found = charts(replace(full(), by={**full().by, "matter": groups}))
    assert image(found["matters"][0]).height < 1000


@pytest.mark.parametrize("days", [7, 92])
def test_short_and_long_periods(days: int) -> None:
    """A week and a quarter are drawn in the same size."""
    report: Report = replace(
        full(), days=tuple(Day(day=date.fromordinal(739000 + number), received=3, resolved=2) for number in range(days))
    )
    assert image(charts(report)["days"][0]).size == (WIDTH, 520)
