"""Documents that lie as files in folders: what an order names is read only from below them."""

import asyncio
from collections.abc import Iterable
from pathlib import Path


async def beside(folders: Iterable[Path], where: str, *, largest: int) -> bytes | None:
    """The bytes of the file; None where there is none, or where it is larger or lies elsewhere."""
    return await asyncio.to_thread(_read, tuple(folders), where, largest)


def _read(folders: tuple[Path, ...], where: str, largest: int) -> bytes | None:
    for folder in folders:
        path = (folder / where).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file() and path.stat().st_size <= largest:
            return path.read_bytes()
    return None
