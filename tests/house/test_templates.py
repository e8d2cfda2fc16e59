"""A template is the finished file with holes: wherever it wants logic, its view gets a field."""

from collections.abc import Iterator

import jinja2
import pytest
from jinja2 import nodes

from layergen.emit.render import environment
from layergen.spec.bundled import templates

OTHER_WAYS = "package"  # a cookiecutter template follows cookiecutter's ways
PLAIN = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const)
FILTERS = ("join", "indent")


def names() -> list[str]:
    paths = sorted(templates().rglob("*.jinja"))
    spelled = [path.relative_to(templates()).as_posix() for path in paths]
    return [name for name in spelled if not name.startswith(f"{OTHER_WAYS}/")]


def offences(text: str) -> Iterator[str]:
    """Find what is neither {{ a.b }}, for, if flag, include, join nor indent."""
    tree = environment().parse(text)
    for node in (tree, *tree.find_all(nodes.Node)):
        if not allowed(node):
            yield f"line {node.lineno}: {type(node).__name__}"


def allowed(node: nodes.Node) -> bool:
    match node:
        case nodes.For():
            plain = is_name(node.iter) and not (
                node.test or node.else_ or node.recursive
            )
            return plain and isinstance(node.target, nodes.Name | nodes.Tuple)
        case nodes.If():
            return is_name(node.test)
        case nodes.Include():
            return isinstance(node.template, nodes.Const) and not node.ignore_missing
        case nodes.Filter():
            return node.name in FILTERS and is_name(node.node)
        case nodes.Tuple():
            return node.ctx == "store"
        case _:
            return is_name(node) or isinstance(node, PLAIN)


def is_name(node: nodes.Node | None) -> bool:
    """Whether it is `a`, `a.b` or `a.b.c`."""
    if isinstance(node, nodes.Getattr):
        return is_name(node.node)
    return isinstance(node, nodes.Name)


@pytest.mark.parametrize("name", names())
def test_a_template_holds_no_logic(name: str) -> None:
    assert list(offences((templates() / name).read_text())) == []


@pytest.mark.parametrize("name", names())
def test_a_template_compiles(name: str) -> None:
    environment().get_template(name)


def test_there_are_templates() -> None:
    assert names()


def test_what_no_view_has_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ view.field }}").render(view=object())


@pytest.mark.parametrize(
    "text",
    [
        "{% set x = 1 %}",
        "{% macro m() %}{% endmacro %}",
        "{{ a.b() }}",
        "{{ a.b[0] }}",
        "{{ a + 1 }}",
        "{{ a ~ b }}",
        "{{ a | upper }}",
        "{{ a | default('x') }}",
        "{{ (a | join) | upper }}",
        "{{ 'x' if a else 'y' }}",
        "{% if a == b %}{% endif %}",
        "{% if not a %}{% endif %}",
        "{% if a and b %}{% endif %}",
        "{% if a or b %}{% endif %}",
        "{% if a is defined %}{% endif %}",
        "{% if a %}{% elif a in b %}{% endif %}",
        "{% for x in [1, 2] %}{% endfor %}",
        "{% for x in a if x.b %}{% endfor %}",
        "{% for x in a %}{% else %}none{% endfor %}",
        "{% include a.b %}",
        "{% include 'a' ignore missing %}",
        "{% extends 'a' %}",
        "{% block b %}{% endblock %}",
        "{% import 'a' as b %}",
        "{% filter indent %}{% endfilter %}",
        "{% with a = b %}{% endwith %}",
    ],
)
def test_logic_is_found(text: str) -> None:
    assert list(offences(text))


def test_holes_are_left_alone() -> None:
    text = """
    {% include "a.jinja" %}{% for x in a.b %}{{ x.c | join(", ") }}{% endfor %}
    {% if a.flag %}{{ a.text | indent(4) }}{% else %}{{ a.b.c }}{% endif %}
    """

    assert list(offences(text)) == []
