"""What `import kgge` costs beside `import pandas`: the ratio of processor time, at most 1.1."""

import os
import statistics
import subprocess
import sys


def seconds(module: str) -> float:
    """Return the processor time of a fresh interpreter that imports one module."""
    before = os.times()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    after = os.times()
    return (after.children_user + after.children_system
            - before.children_user - before.children_system)


def main() -> None:
    """Take turns, so that a busy moment meets both, and compare the medians."""
    pairs = [(seconds("pandas"), seconds("kgge")) for _ in range(21)]
    pandas, kgge = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"import pandas {pandas:.2f} s, import kgge {kgge:.2f} s, ratio {kgge / pandas:.2f} "
          "(at most 1.1 wanted)")


if __name__ == "__main__":
    main()
