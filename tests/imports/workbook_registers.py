"""Made-up registers in workbooks, as `registers` has them in CSV: Canadian, of a US state, and Chilean."""

from __future__ import annotations

from collections.abc import Sequence

from tests.imports import registers
from tests.imports.packages import open_sheet, rows, workbook
from tests.imports.registers import OTHER, Register


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "&#10;")


_CANADIAN = (
    *("AI Register ID / ID du registre", "Name of the AI system / Nom du système d'IA"),
    *("Government organization / Organisation gouvernementale", "Description (EN)", "Description (FR)"),
    *("AI system primary users / Principaux utilisateurs", "Developed by / Développé par"),
    *("AI system status / Statut du système", "Status date / Date du statut"),
    *("Involves personal information / Renseignements personnels", "Responsible official / Responsable"),
)


def _canadian_sheet(listed: Sequence[Sequence[str]]) -> str:
    titles = ["Federal AI Register / Registre fédéral de l'IA", "Published / Publié: 2026-02-11", ""]
    return rows(*titles, *("|".join(map(_escaped, row)) for row in (_CANADIAN, *listed)))


_CANADIAN_ENTRIES = """
AIR-0101|Ice Watch / Glaces|Finds ice jams.|In production / En production|2024-11-05|N / N|Mina Okafor
AIR-0102|Permit Sorter / Tri|Sorts letters.|In development / En développement|2025-06-30|Y / O|Sara Lind
air-0103 |Flow Forecast / Débit|Predicts flow.|Retired / Retiré|2023-03-31|N / N|Director, Hydrology
AIR-0104|Chat for Staff / Clavardage|Answers staff.|Pilot / Projet pilote|2026-01-15|N / N|Mina Okafor
"""


def canadian() -> Register:
    """A workbook with titles above two-language headers, a cover, words in two languages, blanks by ids."""

    def row(number: str, name: str, does: str, status: str, day: str, personal: str, whom: str) -> list[str]:
        return [
            *(number, name, "Agency of Rivers / Agence des rivières", does, "Traduction : " + does),
            *("Employees / Employés", "Vendor / Fournisseur", status, day, personal, whom),
        ]

    live = "In production / En production"
    first = [row(*line.split("|")) for line in _CANADIAN_ENTRIES.strip().splitlines()]
    again = [list(row) for row in first]
    again[1][3] += " A person decides."
    again[1][7], again[1][8] = live, "2026-08-01"
    again[2][0] = "AIR-0103"
    del again[3]
    again.append(
        row(
            "AIR-0105", "Weed Finder / Repérage", "Finds weeds in canals.", live, "2026-05-02", "N / N", OTHER
        )
    )
    cover = rows("About this register / À propos", "One row is one system / Une ligne par système")

    def book(listed: Sequence[Sequence[str]]) -> bytes:
        return workbook({"About": cover, "Register": _canadian_sheet(listed)})

    return Register(
        "canadian",
        "ai-register-registre-ia.xlsx",
        book(first),
        book(again),
        tuple(row[1] for row in first),
        "Permit Sorter / Tri",
        "Weed Finder / Repérage",
        "Chat for Staff / Clavardage",
    )


def state() -> Register:
    """A workbook of a US state: merged titles and agencies, two header rows, its own dates, a grand total."""
    first = [
        (
            "Dept. of Roads",
            "RD-1",
            "Pothole Finder",
            "Rates road damage on pictures.",
            "Implemented",
            45292,
            "Yes",
            "3",
        ),
        ("", "RD-2", "Sign Counter", "Counts signs on video.", "Planned", 0, "No", "0"),
        (
            "Dept. of Parks",
            "PK-1",
            "Fire Risk",
            "Estimates the risk of fire by day.",
            "Implemented",
            45000,
            "No",
            "11",
        ),
        ("", "pk-2", "Visitor Chat", "Answers questions of visitors.", "Discontinued", 44000, "Yes", "2"),
    ]
    again = [
        first[0],
        ("", "RD-2", "Sign Counter", "Counts signs on video.", "Implemented", 46000, "No", "4"),
        ("", "RD-3", "Snow Planner", "Plans the ways of ploughs.", "In Development", 0, "No", "0"),
        first[2],
    ]
    return Register(
        "state",
        "FY26 AI Inventory FINAL v2.xlsx",
        _state(first, (5, 6, 7, 8)),
        _state(again, (5, 7, 8, 8)),
        tuple(str(row[2]) for row in first),
        "Sign Counter",
        "Snow Planner",
        "Visitor Chat",
    )


def _text(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{_escaped(text)}</t></is></c>'


def _state(listed: Sequence[tuple[str, str, str, str, str, int, str, str]], groups: tuple[int, ...]) -> bytes:
    lines = [
        _text("A1", "STATE OF FRANKLIN — Inventory of Automated Decision Systems (FY 2026)"),
        _text("A2", "Prepared by the Office of Technology. Do not edit."),
        _text("A3", "Agency") + _text("B3", "System") + _text("E3", "Deployment") + _text("G3", "Data"),
        _text("B4", "Inventory ID")
        + _text("C4", "Name")
        + _text("D4", "What it does")
        + _text("E4", "Stage")
        + _text("F4", "Date")
        + _text("G4", "PII?")
        + _text("H4", "# of staff"),
    ]
    for line, row in enumerate(listed, 5):
        agency, number, name, does, stage, day, personal, staff = row
        made = _text(f"A{line}", agency) if agency else ""
        made += _text(f"B{line}", number) + _text(f"C{line}", name) + _text(f"D{line}", does)
        made += _text(f"E{line}", stage) + (f'<c r="F{line}" s="1"><v>{day}</v></c>' if day else "")
        lines.append(made + _text(f"G{line}", personal) + f'<c r="H{line}"><v>{staff}</v></c>')
    last = len(listed) + 5
    lines.append(_text(f"A{last}", "Grand Total") + f'<c r="H{last}"><v>16</v></c>')
    data = "".join(f'<row r="{number}">{line}</row>' for number, line in enumerate(lines, 1))
    merged = ["A1:H1", "A2:H2", "A3:A4", "B3:D3", "E3:F3", "G3:H3"]
    merged += [
        f"A{groups[0]}:A{groups[1]}",
        *([f"A{groups[2]}:A{groups[3]}"] if groups[3] > groups[2] else []),
    ]
    cells = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    sheet = f'<sheetData>{data}</sheetData><mergeCells count="{len(merged)}">{cells}</mergeCells>'
    return workbook(
        {"Inventory": sheet, "Lists": rows("Implemented", "Planned", "Discontinued")},
        styles='<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>',
        hidden=("Lists",),
    )


_CHILEAN = (
    *("Código", "Nombre del sistema", "Institución", "Objetivo", "Estado", "Fecha de inicio"),
    *("Encargado", "Tipo de algoritmo", "Usa datos personales", "Proveedor"),
)


_CHILEAN_ENTRIES = """
CL-a1|Alerta de sequía|Avisa de sequías por comuna.|Operativo|07/08/2021|Aprendizaje profundo
CL-A2|Priorización de visitas|Ordena las visitas de inspección.|En desarrollo||Reglas
CL-A3|Lectura de medidores|Lee medidores en fotos.|Operativo|21/09/2022|Aprendizaje profundo
CL-A4|Asistente virtual|Responde consultas.|Descontinuado|02/03/2019|Modelo de lenguaje
"""


def chilean() -> Register:
    """An OpenDocument sheet in Spanish: a title over the table, ids that differ by case, days first."""

    def row(number: str, name: str, goal: str, state: str, day: str, kind: str) -> list[str]:
        return [number, name, "Servicio de Aguas", goal, state, day, OTHER, kind, "Sí", "No aplica"]

    first = [row(*line.split("|")) for line in _CHILEAN_ENTRIES.strip().splitlines()]
    again = [list(row) for row in first]
    again[0][0] = "CL-A1"
    again[1][4], again[1][5] = "Operativo", "30/06/2026"
    del again[3]
    again.append(row("CL-A5", "Mapa de fugas", "Muestra fugas.", "Piloto", "", "Otro"))

    def file(listed: Sequence[Sequence[str]]) -> bytes:
        wide = len(_CHILEAN)
        title = (
            f'<table:table-row><table:table-cell table:number-columns-spanned="{wide}"'
            ' office:value-type="string">'
            "<text:p>Repositorio de algoritmos públicos</text:p></table:table-cell>"
            f'<table:covered-table-cell table:number-columns-repeated="{wide - 1}"/></table:table-row>'
        )
        made = "".join(
            "<table:table-row>"
            + "".join(
                '<table:table-cell office:value-type="string"><text:p>'
                f"{_escaped(cell)}</text:p></table:table-cell>"
                if cell
                else "<table:table-cell/>"
                for cell in row
            )
            + "</table:table-row>"
            for row in (_CHILEAN, *listed)
        )
        return open_sheet(f'<table:table table:name="Algoritmos">{title}{made}</table:table>')

    return Register(
        "chilean",
        "repositorio.ods",
        file(first),
        file(again),
        tuple(row[1] for row in first),
        "Priorización de visitas",
        "Mapa de fugas",
        "Asistente virtual",
    )


def every() -> tuple[Register, ...]:
    """All registers, those of `registers` too."""
    return (registers.dutch(), canadian(), registers.french(), state(), registers.british(), chilean())
