"""Install what the pip part of environment.yml says into a clean environment; run the notebooks.

Run: make test-environment
"""

import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    text = (ROOT / "environment.yml").read_text()
    lines = re.findall(r"^ {6}- (.+)$", text.split("- pip:\n")[1], re.MULTILINE)
    print("pip part of environment.yml:", "; ".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as place:
        # conda writes the pip part to one file beside environment.yml and hands it to pip
        listed = ROOT / "build" / "environment-pip.txt"
        listed.parent.mkdir(exist_ok=True)
        listed.write_text("".join(f"{x.replace('-r ', '-r ../').replace('-e .', '-e ..')}\n"
                                  for x in lines))
        venv.create(place, with_pip=True)
        python = str(Path(place) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                        "-r", str(listed)], check=True, cwd=listed.parent)
        return subprocess.run([python, "-m", "pytest", "-q", "notebooks"], cwd=ROOT,
                              check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
