"""Ledgers as offices keep them, naming only what matters to a test."""

import csv
import io
from typing import Any

from shared.kit.spreadsheets import write_xlsx

Row = dict[str, Any]


def a_row(number: str = "杭政复〔2022〕1号", **what_matters: str) -> Row:
    """One case of 杭锦旗 that was upheld in 2022."""
    return {
        "案号": number,
        "复议机关所在地": "杭锦旗",
        "收到日期": "2022-03-01",
        "受理日期": "2022-03-03",
        "结案日期": "2022-04-20",
        "审结结果": "维持",
        **what_matters,
    }


def table_of(*rows: Row) -> list[list[str]]:
    header = list(dict.fromkeys(name for row in rows for name in row))
    return [header, *([str(row.get(name, "")) for name in header] for row in rows)]


def csv_of(*rows: Row, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(table_of(*rows))
    return text.getvalue().encode(encoding)


def xlsx_of(*rows: Row) -> bytes:
    header, *body = table_of(*rows)
    return write_xlsx([header], body)
