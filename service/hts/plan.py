"""Which editions the schedule is made of, from which files, and from which day their texts apply.

The day an edition was posted is not the day its rates apply. The dates here are those of the acts: staged
preferential rates change on January 1, statistical numbers under section 484(f) of the Tariff Act of 1930 on
January 1 and July 1 unless a notice says otherwise. For 2018 to 2023 only one file of each year could be had,
mostly the last one; it stands in for the whole year under the name and day of the year's first edition.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from service.law.schedule import Edition

_PUBLISHER: Final = "US International Trade Commission, public domain"

DATABASE: Final = "tariff-database-2017.txt.gz"


def _edition(
    release: str,
    published: str,
    start: str,
    title: str,
    *files: str,
    note: str = "",
) -> Edition:
    return Edition(release, date.fromisoformat(published), date.fromisoformat(start), title, note, files)


BASIC_2018: Final = _edition(
    "2018-basic",
    "2017-12-22",
    "2018-01-01",
    "Harmonized Tariff Schedule 2018, Basic Edition",
    DATABASE,
    "hts-2019-rev-20.csv.gz",
    note=(
        "No file of 2018 was found. General and special rates are those of the annual tariff database of "
        "2017 as they stood on 2018-01-01, so preferential rates staged in 2018 are one step high; column 2, "
        "units and statistical numbers are those of 2019 Revision 20. The last step of the information "
        "technology expansion (Proclamation 9466, 2018-07-01 to 2019-06-30) is computed and so marked."
    ),
)
WOOD_2018: Final = _edition(
    "2018-rev-13",
    "2018-10-01",
    "2018-10-01",
    "Harmonized Tariff Schedule 2018, Revision 13",
    "hts-2019-rev-20.csv.gz",
    note=(
        "Renumbering of chapters 44 and 63; texts from 2019 Revision 20. The goods lists of section 301 show "
        "the day for most of the lines; it is taken for 4412.31.41 and 6304.91.00 too."
    ),
)
BASIC_2019: Final = _edition(
    "2019-basic",
    "2019-02-14",
    "2019-01-01",
    "Harmonized Tariff Schedule 2019, Basic Edition",
    "hts-2019-rev-20.csv.gz",
    note="Revision 20 stands in for the year.",
)
BASIC_2020: Final = _edition(
    "2020-basic",
    "2020-01-14",
    "2020-01-01",
    "Harmonized Tariff Schedule 2020, Basic Edition",
    "hts-2020-rev-18.csv.gz",
    note=(
        "Revision 18 stands in for the first half of the year, without the symbols S and S+ of the USMCA. "
        "Statistical numbers that ended in the year are kept until 2020-07-01."
    ),
)
USMCA_2020: Final = _edition(
    "2020-rev-14",
    "2020-07-07",
    "2020-07-01",
    "Harmonized Tariff Schedule 2020, Revision 14",
    "hts-2020-rev-18.csv.gz",
    note=(
        "Entry into force of the USMCA (Proclamation 10053): symbols S and S+ in, CA and MX out. "
        "Revision 18 stands in; it still prints both."
    ),
)
PRELIMINARY_2021: Final = _edition(
    "2021-prelim",
    "2020-12-16",
    "2021-01-01",
    "Harmonized Tariff Schedule 2021, Preliminary Edition",
    "hts-2021-rev-12.csv.gz",
    note=(
        "Revision 12 stands in for the year, with the general rates of 2020 where Proclamation 10128 changed "
        "them. Statistical numbers that ended in the year are kept until 2021-07-01."
    ),
)
EU_2021: Final = _edition(
    "2021-prelim-rev-1",
    "2021-01-05",
    "2020-08-01",
    "Harmonized Tariff Schedule 2021, Preliminary Revision 1",
    "hts-2021-rev-12.csv.gz",
    note=(
        "Reductions agreed with the European Union (Proclamation 10128 of 2020-12-22), retroactive to "
        "2020-08-01. Revision 12 stands in; that this edition was the first to print them is inferred."
    ),
)
BASIC_2022: Final = _edition(
    "2022-basic",
    "2022-01-04",
    "2022-01-27",
    "Harmonized Tariff Schedule 2022, Basic Edition",
    "hts-2022-rev-12.csv.gz",
    note=(
        "Changeover to the Harmonized System of 2022 (Proclamation 10326, effective 2022-01-27); "
        "preferential rates of lines that stayed change on 2022-01-01. Revision 12 stands in for the year."
    ),
)
BASIC_2023: Final = _edition(
    "2023-basic",
    "2022-12-08",
    "2023-01-01",
    "Harmonized Tariff Schedule 2023, Basic Edition",
    "hts-2023-rev-11.csv.gz",
    note=(
        "Revision 11 stands in for the year. Statistical numbers that ended in the year are kept until 2023-07-01."
    ),
)
BASIC_2024: Final = _edition(
    "2024-basic",
    "2023-12-11",
    "2024-01-01",
    "Harmonized Tariff Schedule 2024, Basic Edition",
    "hts-2024-rev-4.csv.gz",
    note="Revision 4 stands in, without the statistical numbers that changed on 2024-07-01.",
)
JULY_2024: Final = _edition(
    "2024-rev-4",
    "2024-06-20",
    "2024-07-01",
    "Harmonized Tariff Schedule 2024, Revision 4",
    "hts-2024-rev-4.csv.gz",
    note="Statistical changes of July 1; those whose old numbers still had imports in 2024.",
)

JULY_2024_LINES: Final = frozenset(
    (
        "07049040",
        "08119080",
        "20079965",
        "29159018",
        "39269099",
        "73063050",
        "83099000",
        "85423100",
        "85423900",
        "94016120",
        "94016940",
    )
)
"""Lines whose ended numbers appear in the import statistics of 2024: they ended in the middle of the year."""

EU_LINES: Final = ("16042005", "32149050", "36010000", "70134150", "96131000", "96139080")
"""Lines that Proclamation 10128 reduced."""

NEW_2018_10: Final = ("44", "63")
"""Chapters renumbered on 2018-10-01."""

JULY: Final = {
    "2020-basic": date(2020, 7, 1),
    "2021-prelim": date(2021, 7, 1),
    "2023-basic": date(2023, 7, 1),
}
"""Until when ended statistical numbers are kept in years whose changes of January and July look alike."""

STARTS: Final = {
    "2024-rev-10": date(2024, 11, 22),
    "2025-basic": date(2025, 1, 1),
    "2025-rev-16": date(2025, 7, 1),
    "2026-basic": date(2026, 1, 1),
    "2026-rev-2": date(2026, 2, 1),
}
"""First day of the texts of the editions from 2024 Revision 10 on that changed something."""

NOTES: Final = {
    "2024-rev-10": "Symbol D restored on eight lines; taken from the day the edition became current.",
    "2025-basic": (
        "Staged preferential rates, statistical changes of January 1, and 6505.00.01 at 9.4% and 90%. "
        "4420.19.00 and 9401.69.60.31, left out by this edition only, are kept."
    ),
    "2025-rev-16": "Statistical changes of July 1. 9401.99.30.30, printed by this edition only, is left out.",
    "2026-basic": "Staged preferential rates.",
    "2026-rev-2": (
        "Statistical changes of January 2026, in force 2026-02-01. 7602.00.00.35, left out by this edition "
        "only, is kept. General and column 2 texts of Revision 15 (2026-08-03) are the same; 35 lines were "
        "split into new statistical numbers on 2026-07-01, which are not known here."
    ),
}


def running(release: str, published: date, file: str) -> Edition:
    """Return the edition for a release from 2024 Revision 10 on, of which every file is at hand."""
    year, _, revision = release.partition("-")
    name = "Basic Edition" if revision == "basic" else f"Revision {revision.removeprefix('rev-')}"
    return Edition(
        id=release,
        published=published,
        start=STARTS.get(release, published),
        title=f"Harmonized Tariff Schedule {year}, {name}",
        note=NOTES.get(release, ""),
        files=(file,),
    )


SOURCE: Final = f"{_PUBLISHER}; exports of hts.usitc.gov"
