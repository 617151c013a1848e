"""Draw the pictures of both READMEs: python docs/picture.py [FOLDER]."""

import sys
from pathlib import Path

from PIL import Image

import kgge
from kgge.publish.brief import write_brief

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
for lang, end in (("en", ".png"), ("vi", ".vi.png")):
    kgge.use(lang)
    ax = kgge.charts.planned_by_year_and_source(kgge.totals(kgge.load_budget(), ["year", "source"]))
    ax.figure.savefig(folder / f"planned-by-year-and-source{end}", dpi=150,
                      metadata={"Software": "kgge"})
    tables = kgge.load_outcomes(), kgge.load_targets(), kgge.load_units()
    state = kgge.progress(*tables)
    ax = kgge.charts.scorecard(state[state["year"] == state["year"].max()])
    ax.figure.savefig(folder / f"scorecard{end}", dpi=80, metadata={"Software": "kgge"})
for path in write_brief(folder, forms=["png"]):
    Image.open(path).quantize(32).save(path)  # a page of text: few colours, a third of the size
