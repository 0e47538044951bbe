"""Templates: compiled once in a sandbox, html escaped, a missing name an error; what is wrong with them comes out as TemplateError."""

from collections.abc import Mapping

from jinja2 import DictLoader, StrictUndefined, Template, TemplateNotFound
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from triage.errors import TemplateError


class Templates:
    """The texts of templates/emails, by name such as acknowledgment/order.de.txt."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._names = frozenset(sources)
        self._environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(sources),
            autoescape=lambda name: bool(name) and str(name).endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=-1,
            auto_reload=False,
        )

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def problems(self) -> list[str]:
        """One line for each template that does not compile."""
        found = []
        for name in sorted(self._names):
            try:
                self._compiled(name)
            except TemplateError as error:
                found.append(str(error))
        return found

    def render(self, name: str, context: Mapping[str, object]) -> str:
        """The text; TemplateError where the template is missing, broken, or asks for what nobody knows."""
        template = self._compiled(name)
        try:
            return template.render(context)
        # A template is a small program: besides jinja's own errors it raises whatever Python does, such as TypeError or ZeroDivisionError.
        except Exception as error:
            raise TemplateError(f"{name}: {error}") from error

    def _compiled(self, name: str) -> Template:
        try:
            return self._environment.get_template(name)
        except TemplateNotFound as error:
            raise TemplateError(f"{error.name}: there is no such template") from error
        except JinjaError as error:
            raise TemplateError(f"{name}: {error}") from error
