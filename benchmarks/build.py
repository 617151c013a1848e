"""What a cold `kgge build` costs beside `import pandas`, in processor time: at most 3 wanted.

Cold is a fresh interpreter. The modules of both are compiled before, in a round that does not
count, as those of an installed package are: pip compiles pandas, and Python what it imports, unless
PYTHONDONTWRITEBYTECODE forbids it.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from kgge.files import data_folder

ROUNDS = 7


def seconds(words: list[str], folder: Path) -> float:
    """Return the processor time of a fresh interpreter."""
    before = os.times()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL,
                   env=os.environ | {"KGGE_DATA": str(folder / "data"),
                                     "PYTHONDONTWRITEBYTECODE": "",
                                     "PYTHONPYCACHEPREFIX": str(folder / "compiled")})
    after = os.times()
    return (after.children_user + after.children_system
            - before.children_user - before.children_system)


def main() -> None:
    """Take turns, so that a busy moment meets both, and compare the medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(data_folder(), folder / "data")
        pairs = [(seconds(["-c", "import pandas"], folder),
                  seconds(["-m", "kgge", "build"], folder)) for _ in range(ROUNDS + 1)][1:]
    pandas, build = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"import pandas {pandas:.2f} s, kgge build {build:.2f} s, ratio {build / pandas:.1f} "
          "(at most 3 wanted)")


if __name__ == "__main__":
    main()
