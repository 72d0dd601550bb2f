"""By which plan a database answers: every statement of a piece of work, those inside functions included."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlmodel import Session

from shared.kit.acting import Acting
from shared.kit.database import Database

Work = Callable[[Session], object]
# A table read from its first row to its last: SQLite says SCAN without an index, PostgreSQL says Seq Scan.
WHOLE_TABLE = re.compile(
    r"SCAN (?:case_file|clock|case_text|case_link|case_handler|part|whole)(?! USING)"
    r"|Seq Scan on (?:case_file|clock|case_text|case_link|case_handler)"
)


def plans_of(database: Database, acting: Acting, work: Work) -> list[str]:
    """Without running anything twice that changes: the work only reads."""
    other = Database(database.url.render_as_string(hide_password=False), database.metadata)
    try:
        with other.reading(acting) as session:
            return (_of_sqlite if other.is_sqlite else _of_postgresql)(session, work)
    finally:
        other.dispose()


def _of_sqlite(session: Session, work: Work) -> list[str]:
    asked: list[tuple[str, Any]] = []
    connection = session.connection()

    def keep(_: Connection, __: Any, statement: str, given: Any, *___: Any) -> None:
        asked.append((statement, given))

    event.listen(connection, "before_cursor_execute", keep)
    work(session)
    event.remove(connection, "before_cursor_execute", keep)
    return [
        "\n".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given))
        for statement, given in asked
    ]


def _of_postgresql(session: Session, work: Work) -> list[str]:
    """PostgreSQL's own auto_explain tells, as of the application's role behind the second wall."""
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    told: list[str] = []
    role = connection.exec_driver_sql("SELECT current_user").scalar_one()
    for statement in (
        "RESET ROLE",
        "LOAD 'auto_explain'",
        "SET auto_explain.log_min_duration = 0",
        "SET auto_explain.log_nested_statements = on",
        f'SET ROLE "{role}"',
        "SET client_min_messages = log",
    ):
        connection.exec_driver_sql(statement)
    driver.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))
    work(session)
    connection.exec_driver_sql("SELECT 1")  # a statement is told of when the next one follows
    return [text.partition("\n")[2] for text in told if "plan:" in text and "auto_explain" not in text]
