"""Opens a paper with a reader that had no part in making it."""

import io
import re

from docx import Document
from docx.document import Document as Docx
from pypdf import PdfReader


def opened_docx(content: bytes) -> Docx:
    return Document(io.BytesIO(content))


def words_of_docx(content: bytes) -> str:
    """All its text: paragraphs, then cells of tables."""
    document = opened_docx(content)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def words_of_pdf(content: bytes) -> str:
    """All its text without blanks: where a line breaks is the page's affair."""
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def lines_of_pdf(content: bytes) -> list[str]:
    """Its lines as they stand on the page."""
    return [
        line for page in PdfReader(io.BytesIO(content)).pages for line in page.extract_text().splitlines()
    ]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
