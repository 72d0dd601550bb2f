"""What a template may say: print its fields, leave parts out, repeat a paragraph for each item. Nothing else.

No filter, no call, no arithmetic: what a paper costs to make is bounded by what fills it, whoever wrote its template.
"""

from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.For,
    nodes.Const,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
)
_OF_LOOP = frozenset({"index", "first", "last", "length"})
_MOST_NAMES = 500
_MOST_REPEATED = 200_000  # characters of markup in all loops together


class TemplateEnvironment(SandboxedEnvironment):
    """Where templates run; a name that is no field is an error. Remembers which names it has met."""

    def __init__(self, **options: Any) -> None:
        super().__init__(undefined=StrictUndefined, **options)
        self.globals.clear()
        self.met: set[str] = set()

    def from_string(self, source: Any, *args: Any, **named: Any) -> Template:
        tree = self.parse(source)
        _require_plain(tree)
        self.met |= meta.find_undeclared_variables(tree)
        return super().from_string(source, *args, **named)


class NotPlain(TemplateError):
    """The template says more than it may."""


def _require_plain(tree: nodes.Template) -> None:
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Getattr):
            is_loop = isinstance(node.node, nodes.Name) and node.node.name == "loop"
            if not is_loop or node.attr not in _OF_LOOP:
                raise NotPlain("an attribute")
        elif not isinstance(node, _ALLOWED):
            raise NotPlain(type(node).__name__)
    loops = list(tree.find_all(nodes.For))
    if any(loop.recursive or loop.test or loop.find(nodes.For) for loop in loops):
        raise NotPlain("a loop in a loop")
    repeated = sum(len(part.data) for loop in loops for part in loop.find_all(nodes.TemplateData))
    if repeated > _MOST_REPEATED or sum(1 for _ in tree.find_all(nodes.Name)) > _MOST_NAMES:
        raise NotPlain("too much")
