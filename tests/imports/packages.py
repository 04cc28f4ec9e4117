"""Workbooks and Word files as their formats define them, made of the few parts that matter to a test."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OPEN = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """An archive of ``parts``."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def workbook(
    sheets: Mapping[str, str],
    *,
    texts: str = "",
    formats: str = "",
    styles: str = "",
    hidden: tuple[str, ...] = (),
    from_1904: bool = False,
    more: Mapping[str, str] | None = None,
) -> bytes:
    """An Excel workbook: the XML inside of each sheet, of the shared texts and of the styles."""
    listed, links, parts = "", "", {}
    for number, (name, inside) in enumerate(sheets.items(), 1):
        state = ' state="hidden"' if name in hidden else ""
        listed += f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"{state}/>'
        target = f"worksheets/sheet{number}.xml"
        links += f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="{target}"/>'
        parts[f"xl/worksheets/sheet{number}.xml"] = f'<worksheet xmlns="{_MAIN}">{inside}</worksheet>'
    links += f'<Relationship Id="t" Type="{_OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    links += f'<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    system = '<workbookPr date1904="1"/>' if from_1904 else ""
    return zipped(
        {
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{system}'
            f"<sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>',
            "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{texts}</sst>',
            "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts>{formats}</numFmts>'
            f"<cellStyleXfs><xf/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>",
            **parts,
            **(more or {}),
        }
    )


def rows(*listed: str) -> str:
    """The data of a sheet: each row as cells parted by ``|``, texts kept in the cells themselves."""
    made = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c t="inlineStr"><is><t>{cell}</t></is></c>' if cell else "<c/>" for cell in row.split("|")
        )
        + "</row>"
        for number, row in enumerate(listed, 1)
    )
    return f"<sheetData>{made}</sheetData>"


def open_sheet(content: str, styles: str = "", more: Mapping[str, str] | None = None) -> bytes:
    """An OpenDocument spreadsheet of the XML of its tables."""
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content {_OPEN}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:spreadsheet>{content}</office:spreadsheet>"
            "</office:body></office:document-content>",
            **(more or {}),
        }
    )


def word_file(body: str) -> bytes:
    """A Word file with this XML as its body."""
    return zipped(
        {"word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'}
    )


def paragraph(text: str) -> str:
    """A paragraph of a Word file."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_row(*cells: str) -> str:
    """A row of a table of a Word file; a cell may begin with the XML of its properties."""
    made = ""
    for cell in cells:
        properties, _, text = cell.rpartition(">")
        inside = f"<w:tcPr>{properties}></w:tcPr>" if properties else ""
        made += f"<w:tc>{inside}{paragraph(text)}</w:tc>"
    return f"<w:tr>{made}</w:tr>"
