"""An .xlsx file of one sheet, row by row in bounded memory; standard library only.

Words are written as inline strings, which no spreadsheet program reads as a formula. Days and moments are real dates
(moments in UTC), numbers are numbers, NULL is an empty cell.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from records.errors import InputError

__all__ = ["MAX_ROWS", "write_sheet"]

MAX_ROWS = 1_048_576  # rows of a sheet, the head included
MAX_CELL = 32_767  # characters in a cell
_FIRST_DAY = date(1899, 12, 30)
_FIRST_MOMENT = datetime(1899, 12, 30, tzinfo=UTC)
_SECONDS_PER_DAY = 86_400
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    # cell styles: 0 plain, 1 day, 2 moment, 3 bold
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    "<fonts count=\"2\"><font/><font><b/></font></fonts>"
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/>'
    '<xf fontId="1" applyFont="1"/></cellXfs></styleSheet>',
}  # fmt: skip


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
    draft = path.with_name(path.name + ".tmp")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as book:
            for part, text in _PARTS.items():
                book.writestr(part, _HEAD + text)
            sheet_name = escape(re.sub(r"[\[\]:*?/\\]", "_", name)[:31], {'"': "&quot;"})
            book.writestr(
                "xl/workbook.xml",
                f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
                f'<sheet name="{sheet_name}" sheetId="1" r:id="r1"/></sheets></workbook>',
            )
            count = -1
            with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
                out.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
                out.write(f"<row>{''.join(_words(column, 3) for column in columns)}</row>".encode())
                for count, row in enumerate(rows):
                    if count + 2 > MAX_ROWS:
                        raise InputError(f"a sheet holds {MAX_ROWS - 1:,} rows; export to csv or parquet instead")
                    out.write(f"<row>{''.join(map(_cell, row))}</row>".encode())
                out.write(b"</sheetData></worksheet>")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return count + 1


def _cell(value: Any) -> str:
    match value:
        case None:
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{int(value)}</v></c>'
        case int():
            return f"<c><v>{value}</v></c>"
        case float():
            return f"<c><v>{value!r}</v></c>" if math.isfinite(value) else "<c/>"
        case datetime():
            days = (value - _FIRST_MOMENT).total_seconds() / _SECONDS_PER_DAY
            return f'<c s="2"><v>{days!r}</v></c>'
        case date():
            return f'<c s="1"><v>{(value - _FIRST_DAY).days}</v></c>'
        case _:
            return _words(str(value))


def _words(text: str, style: int = 0) -> str:
    said = escape(_NOT_XML.sub("\ufffd", text[:MAX_CELL]))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'
