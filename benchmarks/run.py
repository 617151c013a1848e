"""All figures of speed and memory, as ratios measured in one run, and what limits each.

Run on a machine that does nothing else: make benchmarks (see annex.py for what pyam needs)
"""

import subprocess
import sys
from pathlib import Path

LIMITS = {
    "imports.py": "pandas itself; matplotlib, openpyxl, python-docx and Babel are loaded where "
                  "they are used",
    "build.py": "reading the returns, then checking every table against its schema; pandas itself",
    "annex.py": "checking both tables against their schema, half of it; pandas, a fixed cost "
                "for each of its operations, which 264 cells do not lower",
    "returns.py": "unpacking and parsing the sheets' XML, the same work as bare python-calamine; "
                  "then one Python object a cell, so that each doubt can name it",
    "progress.py": "turning four text columns into codes; the sums themselves are a few "
                   "milliseconds, and categorical columns make the bare groupby cheaper, not this",
    "export.py": "drawing text twice (once to measure it), and PDF fonts, about a second a "
                 "figure, which bare savefig pays too; both cores draw",
}


def main() -> None:
    """Run each script in a process of its own and print what it says."""
    for name, limit in LIMITS.items():
        print(f"== {name[:-3]}", flush=True)
        subprocess.run([sys.executable, str(Path(__file__).with_name(name)), *sys.argv[1:2]
                        * (name == "returns.py")], check=False)
        print(f"limited by: {limit}", flush=True)


if __name__ == "__main__":
    main()
