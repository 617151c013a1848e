"""Draw the picture of the README: python docs/picture.py [FILE]."""

import sys
from pathlib import Path

import kgge

kgge.use("en")
ax = kgge.charts.planned_by_year_and_source(kgge.totals(kgge.load_budget(), ["year", "source"]))
path = Path(__file__).with_name("planned-by-year-and-source.png")
ax.figure.savefig(sys.argv[1] if len(sys.argv) > 1 else path, dpi=150,
                  metadata={"Software": "kgge"})
