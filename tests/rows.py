"""A long table of examples as one test: every row is tried, and each that fails is named with what was wrong about it."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence


def rows(names: str | Sequence[str], table: Iterable[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As `pytest.mark.parametrize`, and also stacked like it, at a thousandth of the cost for a row; for tables of more than fifty."""
    names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    examples = [dict(zip(names, row if len(names) > 1 else (row,), strict=True)) for row in table]  # type: ignore[call-overload]

    def as_one(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def every_row(**fixtures: object) -> None:
            failed: list[Exception] = []
            for values in examples:
                # Whatever one row raises, the others are tried as well.
                try:
                    test(**values, **fixtures)
                except Exception as error:
                    failed += _named(error, values)
            _raise(failed)

        @functools.wraps(test)
        async def every_row_awaited(**fixtures: object) -> None:
            failed: list[Exception] = []
            for values in examples:
                try:
                    await test(**values, **fixtures)  # type: ignore[misc]
                except Exception as error:
                    failed += _named(error, values)
            _raise(failed)

        # A test that is a coroutine does nothing until it is awaited.
        made = every_row_awaited if inspect.iscoroutinefunction(test) else every_row
        signature = inspect.signature(test)
        fixtures = [parameter for name, parameter in signature.parameters.items() if name not in names]
        made.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return made

    return as_one


def _named(error: Exception, values: Mapping[str, object]) -> list[Exception]:
    """The error with its row as a note; of stacked tables each inner one, with both rows."""
    row = ", ".join(f"{name}={value!r}" for name, value in values.items())
    if not isinstance(error, ExceptionGroup):
        error.add_note(row)
        return [error]
    for inner in error.exceptions:
        inner.add_note(f"{row}, {inner.__notes__.pop()}")
    return list(error.exceptions)


def _raise(failed: Sequence[Exception]) -> None:
    if failed:
        # Python prints the first fifteen of a group; the message names them all.
        told = "\n".join(error.__notes__[-1] for error in failed)
        raise ExceptionGroup(f"{len(failed)} rows failed:\n{told}\n", failed)
