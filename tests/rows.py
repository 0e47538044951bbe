"""A long table of examples as one test: every row is tried, and each that fails is named with what was wrong about it."""

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence


def rows(names: str | Sequence[str], table: Iterable[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As `pytest.mark.parametrize`, and also stacked like it, at a thousandth of the cost for a row; for tables of more than fifty."""
    names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    table = [row if len(names) > 1 else (row,) for row in table]

    def as_one(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def every_row(**fixtures: object) -> None:
            failed = []
            for row in table:
                values = dict(zip(names, row, strict=True))
                try:
                    test(**values, **fixtures)
                # Whatever one row raises, the others are tried as well.
                except Exception as error:
                    failed += _named(error, ", ".join(f"{name}={value!r}" for name, value in values.items()))
            if failed:
                # Python prints the first fifteen of a group; the message names them all.
                told = "\n".join(error.__notes__[-1] for error in failed)
                raise ExceptionGroup(f"{len(failed)} rows failed:\n{told}\n", failed)

        signature = inspect.signature(test)
        fixtures = [parameter for name, parameter in signature.parameters.items() if name not in names]
        every_row.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return every_row

    return as_one


def _named(error: Exception, row: str) -> list[Exception]:
    """The error with its row as a note; of stacked tables each inner one, with both rows."""
    if not isinstance(error, ExceptionGroup):
        error.add_note(row)
        return [error]
    for inner in error.exceptions:
        inner.add_note(f"{row}, {inner.__notes__.pop()}")
    return list(error.exceptions)
