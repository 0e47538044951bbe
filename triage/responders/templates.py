"""Templates: compiled when first used, in a sandbox; html escaped, a missing name an error; what is wrong comes out as TemplateError."""

from collections.abc import Mapping
from types import CodeType

from jinja2 import BytecodeCache, DictLoader, StrictUndefined, Template
from jinja2 import TemplateError as JinjaError
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment

from triage.errors import TemplateError


class _CompiledBefore(BytecodeCache):
    """What this process has compiled: the writers of replies and of drafts share it, and those that follow a SIGHUP."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket from what was compiled of the same source, if any."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _CompiledBefore()


class Templates:
    """The texts of templates/emails, by name such as acknowledgment/order.de.txt."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(sources),
            autoescape=lambda name: bool(name) and str(name).endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=-1,
            auto_reload=False,
            bytecode_cache=_COMPILED,
        )
        self._names = frozenset(sources)
        self._environment = environment
        self._compiled: dict[str, Template] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def problems(self) -> list[str]:
        """One line for each template that does not compile."""
        return [problem for name in sorted(self._names) if (problem := self._problem(name))]

    def _problem(self, name: str) -> str:
        try:
            self._template(name)
        except TemplateError as error:
            return str(error)
        return ""

    def _template(self, name: str) -> Template:
        # Compiled at first use: a start does not wait for all of them, and the two or three of a reply take milliseconds.
        if name not in self._compiled:
            self._compiled[name] = self._compile(name)
        return self._compiled[name]

    def _compile(self, name: str) -> Template:
        if name not in self._names:
            raise TemplateError(f"{name}: there is no such template")
        try:
            template = self._environment.get_template(name)
        except JinjaError as error:
            raise TemplateError(f"{name}: {error}") from error
        # Copied for each text that is rendered, which a plain dictionary makes four times as quick as the library's own.
        template.globals = dict(template.globals)
        return template

    def render(self, name: str, context: Mapping[str, object]) -> str:
        """The text; TemplateError where the template is missing, broken, or asks for what nobody knows."""
        template = self._template(name)
        try:
            return template.render(context)
        # A template is a small program: besides jinja's own errors it raises whatever Python does, such as TypeError or ZeroDivisionError.
        except Exception as error:
            raise TemplateError(f"{name}: {error}") from error
