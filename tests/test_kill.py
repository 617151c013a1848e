"""Whatever kills a writer, a file is the old one or the new one; a full disk is one sentence."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kgge.files import data_folder, write_bytes

pytestmark = pytest.mark.slow

HARNESS = Path(__file__).with_name("kill_writers.py")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_each_step(tmp_path):
    jobs = ["annotate", "export", "build"]
    done = subprocess.run([sys.executable, HARNESS, tmp_path, *jobs], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    steps = re.findall(r"(\w+): killed at (\d+) steps, (\d+) .* (\d+) files", done.stdout)
    assert [job for job, *_ in steps] == jobs
    for _, killed, mixed, files in steps:  # each file is opened and then put in place
        assert int(killed) >= 2 * int(files) > 9 and int(mixed) > 5, done.stdout


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    write_bytes(path, b"old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_leftovers_are_cleared_and_nothing_else(tmp_path):
    for name in (".a[1].csv.x1y2.part", ".b.csv.x.part", ".hidden", "a[1].csv"):
        (tmp_path / name).write_bytes(b"x")
    write_bytes(tmp_path / "a[1].csv", b"new")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".b.csv.x.part", ".hidden", "a[1].csv"]


def mounted(folder, options):
    """Mount a small disk in a namespace of its own and run `kgge build` on it; None if refused."""
    folder.mkdir()
    script = (f'mount -t tmpfs -o {options} none "$1" && cp -r "$2"/. "$1"/ '
              '|| exit 99; [ -z "$3" ] || mount -o remount,"$3" "$1" || exit 99; '
              'KGGE_DATA="$1" exec "$4" -m kgge.cli build')
    return script


@pytest.mark.parametrize(("size", "remount", "message"), [
    ("6m", "", "No space left on device"), ("50m", "ro", "Read-only file system")])
def test_full_disk_and_read_only_folder(tmp_path, size, remount, message):
    if not shutil.which("unshare"):
        pytest.skip("needs unshare to mount a disk of its own")
    place = tmp_path / "đĩa"
    script = mounted(place, f"size={size}")
    if not remount:  # fill the disk up to the last page
        script = script.replace("KGGE_DATA=", 'head -c 99m /dev/zero > "$1"/fill 2>/dev/null; '
                                'KGGE_DATA=')
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", str(place), str(data_folder()), remount,
         sys.executable], capture_output=True, text=True, check=False)
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip(f"this machine mounts no disk for a test: {done.stderr.strip()[:100]}")
    assert done.returncode == 1, done.stderr
    assert message in done.stderr and done.stderr.startswith("kgge: ")
    assert len(done.stderr.splitlines()) == 1
