"""Wall time of `kgge export` of everything, against bare `savefig` of the same figures.

Both draw every published figure in two languages and save it as PNG, SVG and PDF at 300 dpi.
`savefig` does it in one process and writes nothing else; the export uses every core and also
writes the numbers, the descriptions, two Word documents and two workbooks. Goal: at most 1.3.

Run: ``python benchmarks/export.py [repeats]``.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

LANGS = ("vi", "en")
GOAL = 1.3


def bare(folder: Path) -> None:
    from matplotlib import pyplot

    from kgge import charts
    from kgge.charts.style import drawn_in_style
    from kgge.publish.catalogue import figures
    from kgge.publish.figures import DPI, FORMATS

    for figure in figures():
        for lang in LANGS:
            ax = getattr(charts, figure.chart)(figure.table, lang=lang)
            with drawn_in_style():
                for kind in FORMATS:
                    ax.figure.savefig(folder / f"{figure.name}-{lang}.{kind}", dpi=DPI)
            pyplot.close(ax.figure)


def exported(folder: Path) -> None:
    from kgge.publish.figures import export

    export(folder, LANGS)


def seconds(what: str) -> float:
    """Time one of the two in a process of its own, imports included."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run([sys.executable, __file__, what, folder], check=True)
        return time.perf_counter() - start


def main(repeats: int) -> int:
    times = {"bare": [], "exported": []}
    for _ in range(repeats):
        for what, taken in times.items():
            taken.append(seconds(what))
    best = {what: min(taken) for what, taken in times.items()}
    ratio = best["exported"] / best["bare"]
    print(f"savefig {best['bare']:.1f} s, export {best['exported']:.1f} s, ratio {ratio:.2f} "
          f"(goal: at most {GOAL}; best of {repeats})")
    return int(ratio > GOAL)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        {"bare": bare, "exported": exported}[sys.argv[1]](Path(sys.argv[2]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
