"""A world on the embedded servers."""

from tests.spine.conftest import readers, world

__all__ = ["readers", "world"]
