"""What `kgge` with its tables and analysis costs to load beside `import pandas`: at most 1.1.

Processor time. `import kgge` alone loads next to nothing, so the names are asked for too.
"""

import os
import statistics
import subprocess
import sys

OURS = "kgge; kgge.load_budget, kgge.totals, kgge.coverage, kgge.progress, kgge.status_card"


def seconds(module: str) -> float:
    """Return the processor time of a fresh interpreter that imports one module."""
    before = os.times()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    after = os.times()
    return (after.children_user + after.children_system
            - before.children_user - before.children_system)


def main() -> None:
    """Take turns, so that a busy moment meets both, and compare the medians."""
    pairs = [(seconds("pandas"), seconds(OURS)) for _ in range(21)]
    pandas, kgge = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"import pandas {pandas:.2f} s, kgge {kgge:.2f} s, ratio {kgge / pandas:.2f} "
          "(at most 1.1 wanted)")


if __name__ == "__main__":
    main()
