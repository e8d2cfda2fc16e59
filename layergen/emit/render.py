"""The Jinja environment: strict, and with no more than the templates may use."""

from collections.abc import Mapping
from functools import cache

import jinja2

from layergen.spec import bundled
from layergen.spec.forward import body_indented

__all__ = ["environment", "render"]


@cache
def environment() -> jinja2.Environment:
    """Set Jinja up over templates/, whether in the checkout or in the wheel."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(bundled.templates()),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    # Jinja's own would also move the lines inside a user's multi-line string.
    made.filters["indent"] = indent
    return made


def indent(text: str, width: int) -> str:
    """Indent every line but the first, and no line that lies inside a string."""
    return body_indented(text, width).lstrip(" ")


def render(template: str, views: Mapping[str, object]) -> str:
    """Render a template with the views it names."""
    return environment().get_template(template).render(views)
