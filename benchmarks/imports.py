"""What `import kgge` costs beside `import pandas`: the ratio, at most 1.1."""

import statistics
import subprocess
import sys
import time


def seconds(module: str) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return time.perf_counter() - begin


def main() -> None:
    pairs = [(seconds("pandas"), seconds("kgge")) for _ in range(15)]
    pandas, kgge = (min(times) for times in zip(*pairs, strict=True))
    middle = statistics.median(k / p for p, k in pairs)
    print(f"import kgge / import pandas: {kgge / pandas:.2f} (least of 15 each: {kgge:.2f} s / "
          f"{pandas:.2f} s; median of the pairs {middle:.2f}), goal 1.10")


if __name__ == "__main__":
    main()
