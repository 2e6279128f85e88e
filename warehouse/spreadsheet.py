"""Rows as a spreadsheet (.xlsx), row by row in bounded memory, written by XlsxWriter.

Words are written as words, which no spreadsheet program reads as a formula or a link. Days and moments are real dates
(moments in UTC), numbers are numbers, NULL is an empty cell.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from records.errors import InputError

__all__ = ["MAX_ROWS", "write_sheet"]

MAX_ROWS = 1_048_576  # rows of a sheet, the head included
MAX_CELL = 32_767  # characters in a cell


def write_sheet(path: Path, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows below a head of column names; return how many rows.

    Args:
        path: the file, replaced if there is one; what was begun goes on an error.
        name: of the sheet.
        columns: the head.
        rows: str, bool, int, float, date, aware datetime or None; anything else is written as its words.

    Raises:
        InputError: more rows than a sheet can hold.
    """
    from xlsxwriter import Workbook

    draft = path.with_name(path.name + ".tmp")
    settings = {"constant_memory": True, "tmpdir": str(path.parent), "remove_timezone": True}
    row_no = 0
    try:
        with Workbook(str(draft), settings) as book:
            sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", "_", name)[:31])
            bold, day, moment = (
                book.add_format(look)
                for look in ({"bold": True}, {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm:ss"})
            )
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(columns):
                sheet.write_string(0, place, column, bold)
            for row_no, row in enumerate(rows, start=1):
                if row_no >= MAX_ROWS:
                    raise InputError(f"a sheet holds {MAX_ROWS - 1:,} rows; export to csv or parquet instead")
                for place, value in enumerate(row):
                    match value:  # the general `write` would make formulas and links of words
                        case None:
                            continue
                        case bool():
                            sheet.write_boolean(row_no, place, value)
                        case int() | float():
                            if math.isfinite(value):
                                sheet.write_number(row_no, place, value)
                        case date():
                            look = moment if isinstance(value, datetime) else day
                            sheet.write_datetime(row_no, place, value, look)
                        case _:
                            sheet.write_string(row_no, place, str(value)[:MAX_CELL])
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return row_no
