"""What the README tells a newcomer to type does what it says."""

import csv
import os
import re
import shlex
from pathlib import Path

import commands
import pytest

import kgge

ROOT = Path(kgge.__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
VIETNAMESE = (ROOT / "README.vi.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"\| `kgge ([^`]+)`[^|]*\|$", README, re.MULTILINE)
# Each of the others is run by a test of its own.
QUICK = [c for c in COMMANDS if c.split()[0] not in ("report", "export", "example")]


def sections(page):
    """Return what a page tells to type or to open, section by section, without the comments."""
    for section in page.split("\n## "):
        blocks = re.findall(r"^```\w+\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
        typed = [re.sub(r'"[^"]*"', '""', re.split(" +#", line)[0])
                 for block in blocks for line in block.splitlines()]
        spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", section,
                                                flags=re.MULTILINE | re.DOTALL))
        yield typed, sorted(spans), len(re.findall(r"^(?:- |\d\. |\|)", section, re.MULTILINE))


def test_both_languages_hold_the_same_commands_and_names():
    assert list(sections(VIETNAMESE)) == (english := list(sections(README)))
    assert sum(bool(typed) for typed, _, _ in english) == 4


@pytest.mark.slow
def test_the_table_names_every_command():
    page = commands.here("--help").stdout
    offered = re.findall(r"^  (\w+)  ", page.split("Commands:")[1], re.MULTILINE)
    assert sorted({c.split()[0] for c in COMMANDS}) == sorted(offered)


@pytest.mark.slow
@pytest.mark.parametrize("command", QUICK)
def test_commands_run_as_written(command, data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if command.startswith("check"):
        (tmp_path / "returns").symlink_to(data / "raw" / "returns" / "2016")
    done = commands.here(*shlex.split(command))
    assert done.returncode == 0, done.stderr


def test_options_of_the_long_commands_are_known():
    for command in set(COMMANDS) - set(QUICK):
        name, *options = shlex.split(command)
        page = commands.here(name, "--help").stdout
        assert all(option in page for option in options if option.startswith("--")), command


@pytest.mark.slow
@pytest.mark.parametrize("page", [README, VIETNAMESE], ids=["en", "vi"])
def test_the_python_of_the_readme_runs(page, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = kgge.labels.current_lang()
    try:
        for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
            exec(compile(code, "README.md", "exec"), {})
    finally:
        kgge.labels.set_lang(before)
    assert "Verdict" in capsys.readouterr().out
    assert {p.name for p in (tmp_path / "figures").iterdir()} == {
        f"by-year.{end}" for end in ("png", "svg", "pdf", "csv", "txt")}


def test_make_targets_and_folders_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in (README, VIETNAMESE, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        for targets in re.findall(r"(?:^|`)make ([a-z -]+?)(?:`|  |$)", page, re.MULTILINE):
            for target in targets.split():
                assert f"\n{target}:" in makefile, target
    for folder in re.findall(r"^(\S+)/ ", README.split("## Layout")[1], re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README + VIETNAMESE)
    assert links and all((ROOT / link).exists() for link in links)


@pytest.mark.parametrize("module", [kgge, kgge.charts], ids=lambda module: module.__name__)
def test_each_public_name_shows_an_example(module):
    """An exception and a module have none; the examples run as doctests."""
    names = [n for n in module.__all__ if n not in ("DataError", "charts")]
    assert [n for n in names if ">>>" not in (getattr(module, n).__doc__ or "")] == []


def test_the_list_of_commands_is_not_cut():
    found = commands.kgge("--help", env={**os.environ, "COLUMNS": "80"}).stdout
    listed = found.split("Commands:")[1]
    assert "..." not in listed and len(listed.strip().splitlines()) == 7


def test_each_explained_change_is_of_a_line_that_stands():
    with (ROOT / "tests" / "mutants.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code = (ROOT / "kgge" / f"{row['module'].replace('.', '/')}.py").read_text("utf-8")
            assert row["line"] in map(str.strip, code.splitlines()), row
