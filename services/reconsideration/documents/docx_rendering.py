"""Fills a DOCX template with the fields of a paper."""

import io
from collections.abc import Mapping
from typing import Any

from docxtpl import DocxTemplate
from markupsafe import Markup, escape

from services.reconsideration.documents.docx_building import built_template, settled
from services.reconsideration.documents.kinds import PaperKind
from services.reconsideration.documents.template_language import TemplateEnvironment
from services.reconsideration.documents.values import Fields, Paragraphs, Presented, presented
from services.reconsideration.terms import LawVersion


def render_docx(
    kind: PaperKind,
    fields: Fields,
    template: bytes | None = None,
    *,
    law: LawVersion = LawVersion.ACT2023,
) -> bytes:
    """The paper as DOCX; `template` is an office's own, as `check_template` let it in, else ours under this Act.

    Raises:
        RuleViolation: see `values.presented`
    """
    return filled(template or built_template(kind, law), presented(kind, fields))


def filled(template: bytes, words: Presented, environment: TemplateEnvironment | None = None) -> bytes:
    """The template with these words in it. Equal words give equal bytes."""
    document = DocxTemplate(io.BytesIO(template))
    document.render(_literal(words), jinja_env=environment or TemplateEnvironment(), autoescape=True)
    buffer = io.BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue())


def _literal(words: Presented) -> Mapping[str, Any]:
    return {
        name: _Lines(value)
        if isinstance(value, Paragraphs)
        else (_escaped(value) if isinstance(value, str) else value)
        for name, value in words.items()
    }


class _Lines(Paragraphs):
    """Paragraphs whose lines are already escaped."""

    def __init__(self, plain: Paragraphs) -> None:
        super().__init__([_escaped(line) for line in plain])

    def __html__(self) -> str:
        return str(self)


def _escaped(text: str) -> Markup:
    """The text as XML. After rendering, docxtpl turns what looks like its own `{_{` into a brace: not in a value."""
    return Markup(str(escape(text)).replace("_", "&#95;"))  # noqa: S704 - escaped on this very line
