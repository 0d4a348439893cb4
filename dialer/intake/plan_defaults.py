"""Builds the compact tables the product ships, from the open files of the regulator and of the post.

    python -m dialer.intake.plan_defaults --out dialer/core/numbering/data \\
        --plan Kody_ABC-3kh.2015-10-08.csv.gz --plan DEF-9xx.2026-08-19.csv.gz … \\
        --postcodes pindx_2026-06-22.csv.gz --postcodes-published 2026-06-22

The date of a plan file is taken from its name (YYYY-MM-DD). Same files in, same bytes out.
"""

import argparse
import gzip
import re
import sys
from datetime import date
from pathlib import Path

from dialer.core.numbering.defaults import PLAN_FILE, POSTCODES_FILE, default_regions
from dialer.core.numbering.planfile import pack_gazetteer, pack_plan
from dialer.intake.plan_build import SourceFile, compile_plan
from dialer.intake.postcode_build import compile_gazetteer

PLAN_SOURCE = "Минцифры России, реестр российской системы и плана нумерации (открытые данные)"
OLD_PLAN_SOURCE = "Россвязь, выписка из реестра системы и плана нумерации (открытые данные)"
POSTCODES_SOURCE = "Почта России, эталонный справочник почтовых индексов"
_MINISTRY_SINCE = date(2021, 1, 1)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_source(path: Path) -> SourceFile:
    """A published file, unpacked when gzipped; its date from its name. Exits with a word when the name has none."""
    found = _DATE.search(path.name)
    if found is None:
        sys.exit(f"{path.name}: the name must hold the date of publication, YYYY-MM-DD")
    published = date.fromisoformat(found.group())
    source = PLAN_SOURCE if published >= _MINISTRY_SINCE else OLD_PLAN_SOURCE
    return SourceFile(path.name, read_bytes(path), published, source)


def read_bytes(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def main() -> None:
    options = _options()
    data, report = compile_plan([read_source(path) for path in options.plan], default_regions())
    (options.out / PLAN_FILE).write_bytes(pack_plan(data))
    for line in (*report.refused, *report.implausible):
        print(line, file=sys.stderr)
    print(f"{PLAN_FILE}: {report.ranges} ranges, {len(data.places)} places")
    if options.postcodes:
        gazetteer = compile_gazetteer(
            options.postcodes.name,
            read_bytes(options.postcodes),
            options.postcodes_published,
            POSTCODES_SOURCE,
            default_regions(),
        )
        (options.out / POSTCODES_FILE).write_bytes(pack_gazetteer(gazetteer))
        print(f"{POSTCODES_FILE}: {len(gazetteer.postcodes)} postcodes, {len(gazetteer.localities)} localities")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--plan", type=Path, action="append", required=True)
    parser.add_argument("--postcodes", type=Path)
    parser.add_argument("--postcodes-published", type=date.fromisoformat, default=date.min)
    return parser.parse_args()


if __name__ == "__main__":
    main()
