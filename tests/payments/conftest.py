"""A world on the embedded servers."""

from tests.cli.conftest import shop
from tests.spine.conftest import readers, world

__all__ = ["readers", "shop", "world"]
