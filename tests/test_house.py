"""The figures of the house, measured on the code as it stands; raise a bar, never lower one to pass."""

import ast
import io
import re
import statistics
import subprocess
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "triage"
TESTS = ROOT / "tests"
#: The only files in which a library's untyped values may appear.
BORDERS = {"triage/parsing/parse.py", "triage/mailbox/imap.py", "triage/store/sqlite.py", "triage/classifier/model.py"}
#: An edge of a stage, a worker or a library that raises anything at all; each has its comment.
BROAD_EXCEPTS = 20

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources(folder: Path = PACKAGE) -> dict[str, str]:
    """Text by path."""
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))}


@cache
def trees() -> dict[str, ast.Module]:
    """Syntax tree by path."""
    return {path: ast.parse(text) for path, text in sources().items()}


@cache
def nodes() -> dict[str, list[ast.AST]]:
    """All that is in each tree."""
    return {path: list(ast.walk(tree)) for path, tree in trees().items()}


@cache
def functions() -> list[tuple[str, Function]]:
    """Every function with its path."""
    return [(path, node) for path, inside in nodes().items() for node in inside if isinstance(node, Function)]


@cache
def explained_tests() -> dict[str, bool]:
    """Whether each test says what it shows."""
    found = {}
    for path, text in sources(TESTS).items():
        top = ast.parse(text).body
        for node in [*top, *(inner for each in top if isinstance(each, ast.ClassDef) for inner in each.body)]:
            if isinstance(node, Function) and node.name.startswith("test_"):
                found[f"{path}:{node.lineno}:{node.name}"] = bool(ast.get_docstring(node))
    return found


def length(node: Function) -> int:
    """Lines from the signature to the end."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def arguments(node: Function) -> list[ast.arg]:
    """What a function takes."""
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def public() -> Iterator[tuple[str, ast.ClassDef | Function]]:
    """Public classes, functions and methods."""
    for path, tree in trees().items():
        bodies: list[list[ast.stmt]] = [tree.body]
        while bodies:
            for node in bodies.pop():
                if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
                    yield path, node
                    if isinstance(node, ast.ClassDef):
                        bodies.append(node.body)


def imports() -> dict[str, set[str]]:
    """Modules of ours by the module that imports them, also inside functions and for types only."""
    modules = {path.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in sources()}
    arrows: dict[str, set[str]] = defaultdict(set)
    for path, inside in nodes().items():
        name = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for node in inside:
            wanted = []
            if isinstance(node, ast.Import):
                wanted = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                wanted = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module]
            for target in wanted:
                if target in modules and target != name:
                    arrows[name].add(target)
    return arrows


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """A circle of imports, or nothing."""
    done: set[str] = set()

    def visit(module: str, trail: list[str]) -> list[str]:
        if module in trail:
            return [*trail[trail.index(module) :], module]
        if module in done:
            return []
        for target in sorted(arrows.get(module, ())):
            # A package's own docstring file is no arrow of its modules.
            if found := visit(target, [*trail, module]):
                return found
        done.add(module)
        return []

    return next((found for module in list(arrows) if (found := visit(module, []))), [])


@cache
def comments_per_100() -> float:
    """Comment lines per 100 lines of code."""
    code = comments = 0
    for path, text in sources().items():
        lines = text.splitlines()
        marked = {token.start[0] for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT}
        only = {number for number in marked if lines[number - 1].lstrip().startswith("#")}
        documented = set()
        for node in nodes()[path]:
            if isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node) is not None:
                first = node.body[0]
                documented |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
        comments += len(only)
        code += sum(bool(line.strip()) and number not in only and number not in documented for number, line in enumerate(lines, 1))
    return 100 * comments / code


def test_no_file_is_long() -> None:
    """No file has more than 300 lines; the median file has at most 120."""
    lengths = {path: len(text.splitlines()) for path, text in sources().items()}
    assert {path: lines for path, lines in lengths.items() if lines > 300} == {}
    real = [lines for path, lines in lengths.items() if not path.endswith("__init__.py")]
    assert 50 <= statistics.median(real) <= 120


def test_functions_are_short() -> None:
    """Median at most 8 lines, 90th percentile at most 25, none above 50."""
    lengths = sorted(length(node) for _path, node in functions())
    assert statistics.median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 25
    assert [(path, node.name) for path, node in functions() if length(node) > 50] == []


def test_there_are_no_import_circles() -> None:
    """No module imports itself by way of others, also not inside functions."""
    assert circle(imports()) == []


def test_rooms_do_not_import_each_other() -> None:
    """Arrows run downward: the import contracts hold."""
    found = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout


def test_everything_is_annotated() -> None:
    """Every function says what it takes and gives."""
    bare = [
        (path, node.name)
        for path, node in functions()
        if node.returns is None or any(argument.annotation is None for argument in arguments(node) if argument.arg not in ("self", "cls"))
    ]
    assert bare == []


def test_any_stays_at_the_borders() -> None:
    """`Any` stands only where a library without types begins, and every `type: ignore` says what it ignores."""
    used = {path for path, inside in nodes().items() for node in inside if isinstance(node, ast.Name) and node.id == "Any"}
    assert used <= BORDERS
    assert [path for path, text in sources().items() if "type: ignore\n" in text or "type: ignore #" in text] == []


def test_everything_public_is_explained() -> None:
    """Every module, and at least 95 % of public names, have a docstring."""
    assert [path for path, tree in trees().items() if not ast.get_docstring(tree)] == []
    names = list(public())
    explained = sum(ast.get_docstring(node) is not None for _path, node in names)
    missing = [f"{path}:{node.name}" for path, node in names if ast.get_docstring(node) is None]
    assert explained / len(names) >= 0.95, missing


def swallows(handler: ast.ExceptHandler) -> bool:
    """True for a handler of everything that does not pass it on."""
    names = {name.id for name in ast.walk(handler.type) if isinstance(name, ast.Name)} if handler.type else {"BaseException"}
    passes_on = isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None
    return bool(names & {"Exception", "BaseException"}) and not passes_on


def test_broad_excepts_are_few_and_explained() -> None:
    """`except Exception` stands only at an edge, with a comment beside it that says why."""
    broad = []
    for path, inside in nodes().items():
        lines = sources()[path].splitlines()
        for node in inside:
            if isinstance(node, ast.ExceptHandler) and swallows(node):
                beside = lines[max(0, node.lineno - 3) : node.lineno + 2]
                broad.append((f"{path}:{node.lineno}", any(line.lstrip().startswith("#") for line in beside)))
    assert [where for where, explained in broad if not explained] == []
    assert len(broad) <= BROAD_EXCEPTS


def test_comments_are_measured() -> None:
    """Between 3 and 10 comment lines for 100 lines of code, and nothing is left to do."""
    assert 3 <= comments_per_100() <= 10
    assert [path for path, text in sources().items() if "TODO" in text or "FIXME" in text] == []


def test_production_does_not_lean_on_tests() -> None:
    """The package imports nothing of the tests and asserts nothing."""
    asserted = [path for path, inside in nodes().items() for node in inside if isinstance(node, ast.Assert)]
    assert asserted == []
    assert [path for path, text in sources().items() if "from tests" in text or "import tests" in text] == []


def test_tests_are_as_much_as_they_should_be() -> None:
    """Between 1.5 and 2.5 lines of test for a line of the package, and at most 3 mocks in 100 tests."""
    package = sum(len(text.splitlines()) for text in sources().values())
    tested = sum(len(text.splitlines()) for text in sources(TESTS).values())
    assert 1.5 <= tested / package <= 2.5, tested / package
    # Spelled apart, so that this line does not count itself.
    words = ["Magic" + "Mock(", "Async" + "Mock(", " patch" + "(", "mocker" + ".", "monkeypatch" + ".setattr"]
    mocks = sum(text.count(word) for text in sources(TESTS).values() for word in words)
    assert 100 * mocks / len(explained_tests()) <= 3


def test_every_test_says_what_it_shows() -> None:
    """Each test has a docstring of one sentence or more."""
    silent = [name for name, says in explained_tests().items() if not says]
    assert silent == []


def test_no_test_measures_short_times() -> None:
    """What must be quick is measured by its effort; a clock may only tell that something ended at all, however busy the machine is."""
    limit = re.compile(r"(?:perf_counter|process_time|thread_time|monotonic|time)\(\) - \w+ <=? ([\d.]+)")
    found = {f"{path}: {hit[0]}": float(hit[1]) for path, text in sources(TESTS).items() for hit in limit.finditer(text)}
    assert len(found) > 5
    assert [name for name, seconds in found.items() if seconds < 10] == []


def test_no_address_of_a_registry_and_no_machine_path_is_kept() -> None:
    """Locks name packages and hashes only; no file names a registry or somebody's home."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    locks = [ROOT / name for name in listed if name.startswith("requirements/")]
    assert all("://" not in path.read_text(encoding="utf-8") for path in locks)
    mentioned = "/" + "work/"
    texts = [
        ROOT / name for name in listed if name.endswith((".py", ".md", ".toml", ".txt", ".html", "Makefile")) and (ROOT / name).exists()
    ]
    assert [str(path) for path in texts if mentioned in path.read_text(encoding="utf-8")] == []


def test_the_figures_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The table of the house, for whoever runs the tests with -s."""
    lengths = [len(text.splitlines()) for text in sources().values()]
    spans = sorted(length(node) for _path, node in functions())
    package, tested = sum(lengths), sum(len(text.splitlines()) for text in sources(TESTS).values())
    names = list(public())
    table = [
        ("files; longest; median", f"{len(lengths)}; {max(lengths)}; {statistics.median(lengths):.0f}"),
        ("functions: median / 90th / longest", f"{statistics.median(spans):.0f} / {spans[int(len(spans) * 0.9)]} / {spans[-1]}"),
        ("public names explained", f"{100 * sum(ast.get_docstring(node) is not None for _path, node in names) / len(names):.0f} %"),
        ("comment lines per 100 of code", f"{comments_per_100():.1f}"),
        ("tests ÷ code", f"{tested / package:.2f} ({tested} ÷ {package})"),
    ]
    with capsys.disabled():
        print("\nthe house:")
        for name, value in table:
            print(f"  {name:36}{value}")
    assert package > 0
