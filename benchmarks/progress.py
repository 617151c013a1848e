"""Time and memory of `kgge.progress` on all 11,162 communes of the country, five years.

837,150 generated rows (fixed seed), against one bare groupby-sum of the same frame. Run:
``python benchmarks/progress.py``. Memory is traced by `tracemalloc` (numpy and pandas report
to it) in a run of its own, because tracing costs time.
"""

import statistics
import time
import tracemalloc

import numpy as np
import pandas as pd

from kgge.analysis.progress import progress

COMMUNES, YEARS, REPEATS = 11_162, range(2016, 2021), 7
CELLS = (
    [("1a", g, s) for g in ("officials", "workers", "armed_forces", "students")
     for s in ("female", "male")]
    + [(i, g, s) for i, g in (("1b", "residents"), ("2", "ge_staff"), ("4", "persons_in_need"))
       for s in ("female", "male")]
    + [("3", "leaders", "female")])
TEXT = ["unit", "indicator", "group", "sex"]


def generate() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return outcomes, targets and units; a tenth of the figures is not reported."""
    random = np.random.default_rng(2016)
    names = np.array([f"commune-{i:05d}" for i in range(COMMUNES)], dtype=object)
    unit, year, cell = np.indices((COMMUNES, len(YEARS), len(CELLS))).reshape(3, -1)
    codes = np.array(CELLS, dtype=object)[cell]
    eligible = random.integers(10, 5000, (COMMUNES, 1, len(CELLS)))
    rise = np.cumsum(random.random((COMMUNES, len(YEARS), len(CELLS))) * 0.2, axis=1)
    reached = np.floor(eligible * rise).ravel()
    reached[random.random(len(reached)) < 0.1] = np.nan
    outcomes = pd.DataFrame({
        "unit": names[unit], "year": year + YEARS[0], "indicator": codes[:, 0],
        "group": codes[:, 1], "sex": codes[:, 2], "reached": reached,
        "eligible": np.broadcast_to(eligible, rise.shape).ravel().astype(float)})
    outcomes.attrs["illustrative"] = True
    indicators = ["1a", "1b", "2", "3", "4"]
    targets = pd.DataFrame({
        "indicator": indicators, "target": [0.7, 0.5, 0.8, 1.0, 1.0], "target_year": 2020,
        "baseline": [0, 0, 0, 0, np.nan], "base_year": [2015] * 4 + [None],
        "accumulation": ["cumulative"] * 4 + ["latest"]})
    units = pd.DataFrame({"unit": names, "indicators": ";".join(indicators), "residents": 5000})
    return outcomes.astype(dict.fromkeys(TEXT, "str")), targets, units


def seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    outcomes, targets, units = generate()
    print(f"{len(outcomes):,} rows, {REPEATS} repeats, medians")
    for name, frame in (("text columns", outcomes),
                        ("categoricals", outcomes.astype(dict.fromkeys(TEXT, "category")))):
        bare, full = [], []
        for _ in range(REPEATS):  # in turn, so that a busy machine slows both
            bare.append(seconds(lambda f=frame: f.groupby(
                ["indicator", "year"], observed=True)[["reached", "eligible"]].sum()))
            full.append(seconds(lambda f=frame: progress(f, targets, units)))
        one, other = statistics.median(bare), statistics.median(full)
        print(f"{name}: bare groupby {one:.3f} s, progress {other:.3f} s, ratio {other / one:.2f} "
              "(at most 2 wanted)")
    tracemalloc.start()
    progress(outcomes, targets, units)
    print(f"peak memory of progress: {tracemalloc.get_traced_memory()[1] / 2**20:.0f} MiB "
          f"(tracemalloc; the outcomes before it: "
          f"{outcomes.memory_usage(deep=True).sum() / 2**20:.0f} MiB with their text)")


if __name__ == "__main__":
    main()
