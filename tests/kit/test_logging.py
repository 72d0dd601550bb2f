"""Logs are JSON lines of names and values; a failure is told by type and place, never in its own words."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from shared.kit.logging import configure


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_own_events_are_json_lines(stream: io.StringIO) -> None:
    configure("INFO", stream)

    structlog.get_logger().info("case.filed", service="复议", count=3)

    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "case.filed", "service": "复议", "count": 3, "level": "info"}


def test_the_events_of_libraries_are_json_lines_too(stream: io.StringIO) -> None:
    configure("INFO", stream)

    logging.getLogger("uvicorn.error").warning("port %s is taken", 8000)

    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == (
        "port 8000 is taken",
        "warning",
        "uvicorn.error",
    )


def test_what_is_below_the_level_is_left_out(stream: io.StringIO) -> None:
    configure("WARNING", stream)

    structlog.get_logger().info("quiet")
    logging.getLogger("uvicorn.access").info("quiet")

    assert lines(stream) == []


def test_a_failure_is_told_without_its_words(stream: io.StringIO) -> None:
    configure("INFO", stream)

    try:
        raise ValueError("Failing row contains (金丝雀)")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")

    (line,) = lines(stream)
    assert line["failure"] == "ValueError"
    assert line["places"][-1].endswith("test_a_failure_is_told_without_its_words")
    assert "金丝雀" not in stream.getvalue()


def test_a_text_with_a_line_break_stays_one_line(stream: io.StringIO) -> None:
    configure("INFO", stream)

    structlog.get_logger().info("odd", value="a\nb\r\nc")

    assert [line["value"] for line in lines(stream)] == ["a\nb\r\nc"]
