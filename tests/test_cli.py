"""The command line: exit codes, one sentence a fault, help for each command."""

import os
import shutil
from importlib.metadata import version

import commands
import pytest

import kgge as package
from kgge.files import data_folder


def kgge(*words, data=None, **env):
    """Run `kgge` as a terminal does: for how it starts and ends."""
    return commands.kgge(*words, env={
        **os.environ, **({"KGGE_DATA": str(data)} if data else {}), **env})


def here(*words, data=None, **env):
    """Run `kgge` in this process: for what it does and says."""
    return commands.here(*words, env={**({"KGGE_DATA": str(data)} if data else {}), **env})


@pytest.mark.parametrize("command", ["build", "template", "check", "example", "export", "report"])
def test_help_of_each_command(command):
    found = here(command, "--help")
    assert found.returncode == 0 and f"Usage: kgge {command}" in found.stdout
    assert here(command, "-h").stdout == found.stdout


def test_version():
    """Of the code that runs; an installation in place learns of a new one when it is renewed."""
    assert kgge("--version").stdout == f"kgge {package.__version__}\n"
    assert version("kgge") == package.__version__


def test_completion():
    shown = kgge("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert shown.returncode == 0 and "complete -o default -F _kgge_completion kgge" in shown.stdout
    found = kgge(_KGGE_COMPLETE="complete_bash", COMP_WORDS="kgge ex", COMP_CWORD="1")
    assert found.stdout.split() == ["example", "export"]


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory):
    """A plan, a folder with a file that is no workbook, and what is said of it in each language."""
    plan, folder = (tmp_path_factory.mktemp(name) for name in ("plan", "spoilt"))
    shutil.copytree(data_folder() / "raw", plan / "raw", ignore=shutil.ignore_patterns("returns"))
    (folder / "a.xlsx").write_bytes(b"no workbook")
    said = {lang: here("check", folder, "--lang", lang, data=plan) for lang in ("en", "vi")}
    assert said["en"].stdout != said["vi"].stdout
    return plan, folder, said


@pytest.mark.slow
@pytest.mark.parametrize(("asked", "lang"), [
    ({"KGGE_LANG": "en"}, "en"), ({"KGGE_LANG": " VI "}, "vi"), ({"LANG": "vi_VN.UTF-8"}, "vi"),
    ({"LANG": "fr_FR.UTF-8"}, "en"),
    ({"KGGE_LANG": "en", "LANG": "vi_VN.UTF-8"}, "en"),
    ({"LC_ALL": "en_GB.UTF-8", "LANG": "vi_VN.UTF-8"}, "en")])
def test_messages_are_in_the_language_asked_for(spoilt, asked, lang):
    plan, folder, wanted = spoilt
    found = here("check", folder, data=plan, **{
        "KGGE_LANG": "", "LC_ALL": "", "LC_MESSAGES": "", **asked})
    assert found.stdout == wanted[lang].stdout and found.returncode == 1


@pytest.mark.slow
def test_build_says_what_it_did(data):
    found = kgge("build", data=data)
    assert found.returncode == 0, found.stderr
    assert "ILLUSTRATIVE returns" in found.stdout and "101 checks, 0 differ" in found.stdout


@pytest.mark.slow
def test_build_says_what_it_took_the_columns_for_and_how_many_checks_there_are(few):
    """Where a parent prints nothing, less can be checked; what is left out is named."""
    path = next((few / "raw").glob("*annex.tsv"))
    lines = path.read_text(encoding="utf-8").split("\n")
    numbers = lines[10].split("\t")
    lines[10] = "\t".join([*numbers[:2], *[""] * 11])
    lines.insert(21, "\tTrong đó: hội nghị\t10\t10" + "\t0" * 8 + "\t20")
    path.write_text("\n".join(lines), encoding="utf-8")
    beside = next((few / "raw").glob("*.corrections.csv"))
    beside.write_text(beside.read_text(encoding="utf-8").replace("38,12", "39,12"), "utf-8")
    found = kgge("build", "-v", data=few)
    assert found.returncode == 0, found.stderr
    assert "101 checks, 0 differ, 12 cannot be made (not printed), 89 agree" in found.stdout
    assert "column 2 label, column 3 2016 central" in found.stdout
    assert "line 22: 'Trong đó: hội nghị' is part of line 21" in found.stdout
    assert "column 3 2016 central" not in kgge("build", data=few).stdout


@pytest.mark.slow
def test_build_of_an_annex_that_does_not_add_up(few):
    path = next((few / "raw").glob("*annex.tsv"))
    path.write_text(path.read_text(encoding="utf-8").replace("\t1,150", "\t1,151"),
                    encoding="utf-8")
    found = here("build", data=few)
    assert found.returncode == 1
    assert "line 17: row total of II: printed 1151, computed 1150" in found.stderr


def test_build_of_an_unreadable_annex_is_one_sentence(few):
    next((few / "raw").glob("*annex.tsv")).write_bytes(b"\xff\xfe")
    found = here("build", data=few)
    assert found.returncode == 1 and found.stderr.startswith("kgge: ")
    assert "Traceback" not in found.stderr and len(found.stderr.splitlines()) == 1


@pytest.mark.slow
def test_wrong_use_is_2():
    assert kgge("bild").returncode == 2
    assert here("template", "--out", "x").returncode == 2
    assert here("export", "--lang", "fr").returncode == 2
    assert here("check", "no-such-folder").returncode == 2
    assert here("--data", "no-such-folder", "build").returncode == 2
    found = here("build", data=data_folder() / "raw")  # the folder above is meant
    assert found.returncode == 2 and found.stderr.count("\n") == 1 and "no raw/" in found.stderr
    found = here("check", data_folder() / "raw" / "returns", KGGE_LANG="fr")
    assert found.returncode == 2 and "allowed are en, vi" in found.stderr


@pytest.mark.parametrize("words", [
    ["template", "--year", "2018", "--out"], ["example"], ["export", "--out"], ["report", "--out"]])
def test_a_file_where_a_folder_belongs_is_wrong_use(tmp_path, words):
    (tmp_path / "file").touch()
    found = here(*words, tmp_path / "file")
    assert found.returncode == 2 and "is a file" in found.stderr


@pytest.mark.slow
def test_copies_among_the_returns_are_wrong_use(few):
    found = here("check", few / "raw" / "returns", "--annotate", few / "raw" / "returns" / "2016")
    assert found.returncode == 2 and "choose a folder apart" in found.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("unit", "year"), [
    ("nowhere", "2018"), ("rach-gia", "2031"), (None, "2031")])
def test_template_of_an_unknown_unit_or_year(few, tmp_path, unit, year):
    asked = ["--unit", unit] if unit else []
    found = here("template", "--year", year, "--out", tmp_path / "out", *asked)
    wrong = "nowhere" if unit == "nowhere" else "2031"
    assert found.returncode == 2 and wrong in found.stderr and not (tmp_path / "out").exists()


@pytest.mark.slow
def test_templates_of_all_units_are_read_back(few, tmp_path):
    found = here("template", "--year", "2018", "--out", tmp_path / "mẫu phiếu")
    assert found.returncode == 0 and len(found.stdout.splitlines()) == 26
    checked = here("check", tmp_path / "mẫu phiếu", "--lang", "en")
    assert "0 rejected" in checked.stdout


@pytest.mark.slow
def test_check_of_the_committed_returns():
    found = here("check", data_folder() / "raw" / "returns")
    assert found.returncode == 0 and "0 of them errors" in found.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("env", "said"), [
    ({"KGGE_LANG": "vi"}, "báo cáo minh họa và báo cáo thật để lẫn với nhau"),
    ({"KGGE_LANG": "", "LC_ALL": "vi_VN.UTF-8"}, "báo cáo minh họa và báo cáo thật"),
    ({"KGGE_LANG": "en"}, "illustrative and real returns stand together")])
def test_build_refuses_a_mix_of_illustrative_and_real_returns(few, env, said):
    package.write_template("labour", 2020, few / "raw" / "returns" / "real.xlsx")
    found = here("build", data=few, **env)
    assert found.returncode == 1 and said in found.stderr and "real.xlsx" in found.stderr
