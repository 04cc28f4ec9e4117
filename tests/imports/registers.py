"""Registers of public authorities as they are published in several countries, made up: shapes, not contents.

Each has a first and a next edition, as bytes. None of them is a copy of a published one, and nothing in the
product knows any of them: headers, words, dates and defects are what such files usually have.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

OWNER, OTHER = "Mina Okafor", "Sara Lind"


@dataclass(frozen=True)
class Register:
    """A register with its next edition; ``titles`` are those of the entries of the first one."""

    name: str
    file_name: str
    first: bytes
    next: bytes
    titles: tuple[str, ...]
    changed: str
    """The title of the entry that the next edition says something new of."""
    added: str
    gone: str


def _delimited(rows: Sequence[Sequence[str]], encoding: str, delimiter: str, end: str = "\r\n") -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, lineterminator=end).writerows(rows)
    return target.getvalue().encode(encoding)


_DUTCH = (
    *(
        "Naam",
        "Organisatie",
        "Afdeling",
        "Korte beschrijving",
        "Type",
        "Categorie",
        "Status",
        "Doel",
        "Impact",
    ),
    *("Afwegingen", "Menselijke tussenkomst", "Risicobeheer", "Wettelijke basis", "Gegevens"),
    *("Technische werking", "Leverancier", "Contactgegevens", "Begindatum", "Einddatum", "Lars"),
)


_DUTCH_ROWS_ENTRIES = """
Parkeerscan|Herkent kentekens zonder parkeerrecht.|In gebruik|01-03-2021||10001
Meldingen Openbare Ruimte|Zet meldingen door naar het juiste team.|In gebruik|15-06-2020||10002
Adreskwaliteit|Schat welke inschrijvingen niet kloppen.|Buiten gebruik|04-02-2019|09-10-2024|10003
Wachttijd Loket|Voorspelt de drukte aan het loket.|In ontwikkeling|||10004|Delft Software B.V.
"""


def _dutch_rows() -> list[list[str]]:
    def row(
        name: str, goal: str, status: str, begun: str, ended: str, lars: str, supplier: str = ""
    ) -> list[str]:
        return [
            *(name, "Gemeente Waterland", "Publiekszaken", f"{name} helpt medewerkers; een mens beslist."),
            *("Zelflerend", "Openbare orde en veiligheid", status, goal, "Burgers merken het resultaat."),
            *(
                "Afgewogen in het college.\r\n\r\nZie bijlage 2; nota van 3 mei.",
                "Een medewerker beoordeelt elk voorstel.",
            ),
            *(
                "Jaarlijkse toets.",
                "Gemeentewet, art. 172",
                "Persoonsgegevens",
                "Beslisboom\nmet 40 kenmerken",
            ),
            *(supplier, f"{OWNER} <algoritmen@waterland.example>", begun, ended, lars),
        ]

    return [row(*line.split("|")) for line in _DUTCH_ROWS_ENTRIES.strip().splitlines()]


def dutch() -> Register:
    """Semicolons, a byte order mark, Dutch headers and words, several lines in a cell, days first."""
    first = _dutch_rows()
    again = [list(row) for row in first]
    again[3][6], again[3][17] = "In gebruik", "05-01-2026"
    del again[2]
    more = list(first[0])
    more[0], more[7], more[19] = "Boomcontrole", "Ziet zieke bomen op foto's.", "10005"
    again.insert(0, more)
    return Register(
        "dutch",
        "algoritmen-waterland.csv",
        _delimited([_DUTCH, *first], "utf-8-sig", ";"),
        _delimited([_DUTCH, *again], "utf-8-sig", ";"),
        tuple(row[0] for row in first),
        "Wachttijd Loket",
        "Boomcontrole",
        "Adreskwaliteit",
    )


_FRENCH = (
    *("N°", "Intitulé du traitement", "Direction", "Finalité", "Données utilisées", "État d'avancement"),
    *(
        "Date de mise en service",
        "Responsable",
        "Coût annuel (k€)",
        "Taux d'erreur",
        "Effet sur les personnes",
    ),
)


_FRENCH_ENTRIES = """
1|Prévision des crues|Prévoit le niveau des rivières.|En service|03/04/2022|12,5|0,031
2|Tri du courrier|Oriente le courrier vers le bon service.|En cours de développement|n.c.|8,0|n.c.
3|Détection de fuites|Signale les fuites d’eau « probables ».|En service|05/11/2023|1 240,75|0,2
4|Traduction assistée|Propose une traduction.|Abandonné|01/02/2020|0,9|n.c.
"""


def french() -> Register:
    """Windows-1252, semicolons, accents, decimal commas, days first, n.c. for not known, a total below."""

    def row(number: str, name: str, does: str, state: str, day: str, cost: str, rate: str) -> list[str]:
        return [
            *(
                number,
                name,
                "Direction de l’eau",
                does,
                "Données publiques ; données personnelles",
                state,
                day,
            ),
            *("Okafor, Mina", cost, rate, "n.c."),
        ]

    first = [row(*line.split("|")) for line in _FRENCH_ENTRIES.strip().splitlines()]
    again = [list(row) for row in first]
    again[1][5], again[1][6] = "En service", "09/02/2026"
    del again[3]
    again.append(
        row("5", "Comptage des cygnes", "Compte les oiseaux sur photo.", "À l’étude", "n.c.", "2,0", "n.c.")
    )

    def file(listed: Sequence[Sequence[str]], total: str) -> bytes:
        ending = ["Total", *[""] * 7, total, "", ""]
        return _delimited([_FRENCH, *listed, ending], "cp1252", ";")

    return Register(
        "french",
        "inventaire_algorithmes.csv",
        file(first, "1 262,15"),
        file(again, "1 263,25"),
        tuple(row[1] for row in first),
        "Tri du courrier",
        "Comptage des cygnes",
        "Traduction assistée",
    )


_BRITISH = (
    *("Name", "Record ID", "Organisation", "Phase", "Tier 1: description", "Tier 1: URL"),
    *("Senior responsible owner", "Supplier or developer", "Scope", "Benefits", "Human decisions and review"),
    *("Risks", "Model type", "Date of publication", "Date last updated"),
)


_BRITISH_ENTRIES = """
EM-1|Bin Rounds|Production|Plans the rounds of bin lorries.|Mina Okafor; Head of Waste|12 May 2023|3 June 2025
EM-2|Housing Letters|Beta/Pilot|Drafts answers to letters.|Sara Lind / Mina Okafor|1 Feb 2025|3 June 2025
EM-3|School Places|Production|Forecasts demand for places.|Head of Education|March 2024|3 June 2025
EM-4|Noise Sorter|Retired|Sorted complaints by noise.|Sara Lind|2021|9 Sept 2024
"""


def british() -> Register:
    """Commas, UTF-8, texts of several lines, tiers in headers, words for months, owners joined."""

    def row(number: str, name: str, phase: str, text: str, owner: str, day: str, updated: str) -> list[str]:
        return [
            *(name, number, "Borough of Eastmere", phase, text, f"https://eastmere.example/{number}", owner),
            *(
                "In house",
                f"- {text}\n- not for decisions about people",
                "Saves time, so that\nstaff can help.",
            ),
            *("An officer reads every result.", "Bias: see DPIA", "Random forest", day, updated),
        ]

    first = [row(*line.split("|")) for line in _BRITISH_ENTRIES.strip().splitlines()]
    again = [list(row) for row in first]
    again[1][3], again[1][14] = "Production", "10 January 2026"
    again[1][4] += " A person decides."
    del again[3]
    again.append(
        row(
            "EM-5",
            "Tree Survey",
            "Idea",
            "Finds trees from the air.",
            OTHER,
            "4 August 2026",
            "4 August 2026",
        )
    )
    return Register(
        "british",
        "atr-records-export.csv",
        _delimited([_BRITISH, *first], "utf-8", ",", "\n"),
        _delimited([_BRITISH, *again], "utf-8", ",", "\n"),
        tuple(row[0] for row in first),
        "Housing Letters",
        "Tree Survey",
        "Noise Sorter",
    )
