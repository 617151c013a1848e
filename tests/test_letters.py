"""`kgge check --year`: who has sent, who is late, who is missing, and a letter to each unit."""

import datetime
import shutil

import pytest
from forms import change, form, put, read, write
from second_plan import write_second_plan
from typer.testing import CliRunner

from kgge.cli import app
from kgge.returns.form import BANNER
from kgge.returns.letters import STATES, letters, sort_inbox, tell_inbox

SOUND = {("II.1.central", "amount"): 1.5}
LATE = datetime.date(2019, 2, 5)


def send(folder, unit, year=2018, received=datetime.date(2019, 1, 20), name=None, **values):
    write(folder / (name or f"{unit}.xlsx"), unit, year, received_on=received,
          values=SOUND | {tuple(k.split("/")): v for k, v in values.items()})


def kgge(*words):
    return CliRunner().invoke(app, [*map(str, words)])


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """Of 26 units: one on time, late, undated, blank, faulty, torn, twice; one of another year."""
    folder = tmp_path_factory.mktemp("sent")
    send(folder, "labour")
    send(folder, "justice", received=LATE)
    send(folder, "finance", received=None)
    write(folder / "p.xlsx", "planning", 2018, received_on=LATE)
    send(folder, "culture", **{"1a.officials.male/reached": "hơn 350", "I.2.local/amount": "1.234"})
    (folder / "BC 2018 - RẠCH GIÁ.xlsx").write_bytes(b"torn")
    (folder / "nothing.xlsx").write_bytes(b"torn")
    (folder / "2018-ha-tien.pdf").write_bytes(b"%PDF-1.4 a scan is no return")
    send(folder, "an-bien", name="a.xlsx")
    send(folder, "an-bien", name="b.xlsx", **{"I.2.local/amount": 2.5})
    send(folder, "hon-dat", 2017, datetime.date(2018, 1, 20))
    return folder


@pytest.fixture
def folder(sent, tmp_path):
    """Return a copy of them that a test may change."""
    return shutil.copytree(sent, tmp_path / "in")


def sorted_out(folder, year=2018):
    returns = read(folder)
    return returns, sort_inbox(returns, year, form()), form()


def test_each_unit_stands_once_with_what_became_of_its_return(folder):
    _, inbox, form = sorted_out(folder)
    states = inbox[inbox["state"].isin(STATES)]
    assert states["unit"].tolist() == form.reporting(2018)
    found = states.set_index("unit")["state"]
    assert found[found != "missing"].to_dict() == {
        "labour": "on_time", "justice": "late", "finance": "no_date", "planning": "empty",
        "culture": "on_time", "rach-gia": "refused", "an-bien": "refused"}
    assert inbox.query("unit == 'an-bien'")["files"].item() == ["a.xlsx", "b.xlsx"]
    others = inbox[~inbox.index.isin(states.index)]
    assert {*zip(others["unit"], others["state"], strict=True)} == {
        ("hon-dat", "other_year"), ("", "unknown")}


def test_what_is_told_counts_and_names_them(folder):
    _, inbox, form = sorted_out(folder)
    lines = tell_inbox(inbox, 2018, form, "vi")
    assert lines[0] == ("Năm 2018, hạn gửi 31/01/2019: 26 đơn vị phải báo cáo, 7 đơn vị đã gửi, "
                        "19 đơn vị chưa gửi")
    told = "\n".join(lines)
    assert "Gửi muộn (ngày nhận) (1): Sở Tư pháp (05/02/2019)" in told
    assert "Chưa gửi (19): " in told and "Hòn Đất" in told
    assert "Rạch Giá (BC 2018 - RẠCH GIÁ.xlsx)" in told and told.endswith("(1): nothing.xlsx")
    assert "năm khác, không tính (1): Hòn Đất (hon-dat.xlsx)" in told
    assert "Missing (19): " in "\n".join(tell_inbox(inbox, 2018, form, "en"))


def test_a_letter_names_each_cell_or_reminds_and_who_is_fine_gets_none(folder):
    returns, inbox, form = sorted_out(folder)
    texts = letters(returns, inbox, 2018, form)
    assert len(texts) == 19 + 4 and not {"labour", "justice", "finance"} & set(texts)
    text = texts["culture"]
    problems = returns.problems[returns.problems["file"] == "culture.xlsx"]
    assert len(problems) == 2 and "2 nội dung" in text
    for row in problems.itertuples():
        assert f"{row.sheet}!{row.cell}" in text and row.message_vi in text
    assert ("Kính gửi: Sở Văn hóa, Thể thao và Du lịch" in text and "(culture.xlsx)" in text
            and "1a – Cán bộ, công chức, viên chức – Nam: [Phải sửa]" in text)
    assert "chưa nhận được" in texts["hon-dat"] and "31/01/2019" in texts["hon-dat"]
    assert "hon-dat.xlsx, nhưng đó là báo cáo của năm khác" in texts["hon-dat"]
    assert not any("năm khác" in text for unit, text in texts.items() if unit != "hon-dat")
    assert "a.xlsx" in texts["an-bien"] and "b.xlsx" in texts["an-bien"]
    assert "[Phải sửa] Tệp không phải bảng tính" in texts["rach-gia"]
    english = letters(returns, inbox, 2018, form, "en")
    assert "To: Department of Culture" in english["culture"] and "[To mend]" in english["culture"]
    assert not any(BANNER in text for text in texts.values())


def test_letters_of_illustrative_returns_say_so(illustrative_data):
    returns, inbox, form = sorted_out(illustrative_data / "raw" / "returns" / "2018")
    texts = letters(returns, inbox, 2018, form)
    assert texts and all(text.startswith(BANNER) for text in texts.values())


@pytest.mark.slow
def test_the_command_writes_the_letters_and_removes_those_not_due_any_more(folder, tmp_path):
    out = tmp_path / "letters"
    found = kgge("check", folder, "--year", 2018, "--letters", out, "--lang", "vi")
    assert found.exit_code == 1 and "23 công văn đã được ghi" in found.output
    assert "7 đơn vị đã gửi" in found.output
    names = sorted(path.name for path in out.iterdir())
    assert len(names) == 23 and names[0] == "2018-an-bien.txt"
    content = (out / "2018-culture.txt").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\n") == content.count(b"\r\n")
    send(folder, "culture")
    for name in ("BC 2018 - RẠCH GIÁ.xlsx", "nothing.xlsx", "b.xlsx"):
        (folder / name).unlink()
    found = kgge("check", folder, "--year", 2018, "--letters", out)
    assert found.exit_code == 0, found.output  # missing returns are no error
    assert not {"2018-culture.txt", "2018-an-bien.txt"} & {path.name for path in out.iterdir()}
    letter = (out / "2018-rach-gia.txt").read_text(encoding="utf-8-sig")
    assert "Kính gửi: UBND thành phố Rạch Giá" in letter  # in Vietnamese unless --lang says en


SLIPS = {  # what is wrong on the cover, or with the file: its name, the change, what is told
    "unit code": ("gq.xlsx", {"B10": "gq-01"}, "Bìa!B10: [Phải sửa]"),
    "code of another": ("gq.xlsx", {"B10": "hon-dat"}, "Bìa!B9: [Phải sửa]"),
    "year": ("gq.xlsx", {"B12": 2030}, "Bìa!B12: [Phải sửa]"),
    "year of another": ("gq.xlsx", {"B12": 2019}, "Bìa!B13: [Phải sửa]"),
    "no year": ("gq.xlsx", {"B12": "năm nay", "B13": None}, "Bìa!B12: [Phải sửa]"),
    "no cover": ("Go Quao 2018.xlsx", {"C10": None}, "[Phải sửa] Không tìm thấy trang bìa"),
    "kind of file": ("GoQuao.ods", {}, "[Phải sửa]"), "torn": ("bc-goquao2018.xlsx", {}, "bị mất"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_unit_is_told_the_slip_and_not_that_nothing_came(slip, tmp_path):
    name, cells, told = SLIPS[slip]
    send(tmp_path, "go-quao", name="a.xlsx")
    change(tmp_path / "a.xlsx", put("Bìa", **cells))
    (tmp_path / "a.xlsx").rename(tmp_path / name)
    if not cells:
        (tmp_path / name).write_bytes(b"torn")
    returns, inbox, form = sorted_out(tmp_path)
    assert inbox.set_index("unit")["state"]["go-quao"] == "refused"
    text = letters(returns, inbox, 2018, form)["go-quao"]
    assert told in text and "chưa nhận được" not in text
    assert "Thay thế báo cáo đã gửi ngày" in text, "without it both would be refused"


@pytest.mark.parametrize("name", ["Bản biên soạn 2018.xlsx", "An Biên (Rạch Giá).xlsx"])
def test_a_name_that_holds_no_unit_or_two_is_nobodys(name, tmp_path):
    (tmp_path / name).write_bytes(b"torn")
    inbox = sorted_out(tmp_path)[1]
    assert inbox.query("state == 'unknown'")["files"].tolist() == [[name]]


@pytest.mark.slow
def test_a_return_that_was_replaced_is_in_no_letter(tmp_path):
    send(tmp_path, "labour", **{"1a.officials.male/reached": "hơn 350"})
    send(tmp_path, "labour", received=LATE, name="2.xlsx")
    change(tmp_path / "2.xlsx", put("Bìa", B22="20/01/2019"))
    found = kgge("check", tmp_path, "--year", 2018, "--letters", tmp_path.with_name("letters"),
                 "--annotate", tmp_path.with_name("copies"))
    assert found.exit_code == 0 and not tmp_path.with_name("copies").exists()
    assert not tmp_path.with_name("letters").joinpath("2018-labour.txt").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "copies", "unmarked", "none"), [
    ("vi", "bản đánh dấu đã", "Không đánh dấu được", "Không tìm thấy báo cáo nào"),
    ("en", "copies written", "Not marked", "No return was found")])
def test_the_command_speaks_the_language_asked_for(folder, tmp_path, lang, copies, unmarked, none):
    found = kgge("check", folder, "--lang", lang, "--annotate", tmp_path / "copies")
    assert copies in found.output and unmarked in found.output
    assert none not in found.output
    (tmp_path / "empty").mkdir()
    for words in ([], ["--year", 2018]):
        found = kgge("check", tmp_path / "empty", "--lang", lang, *words)
        assert found.exit_code == 1 and none in found.output
    (tmp_path / "empty" / "a.docx").write_bytes(b"PK")
    (tmp_path / "empty" / "b.pdf").write_bytes(b"%PDF")
    found = kgge("check", tmp_path / "empty", "--lang", lang)
    assert found.exit_code == 0 and none in found.output, "noise is no error"


@pytest.mark.parametrize(("words", "said"), [
    (["--letters", "out"], "say by --year"), (["--year", 2031], "2016 to 2020"),
    (["--year", 2018, "--letters", "in/letters"], "apart from the returns")])
def test_what_cannot_be_asked_for_is_said(folder, monkeypatch, words, said):
    monkeypatch.chdir(folder.parent)
    found = kgge("check", folder, *words)
    assert said in str(found.exception) and not (folder / "letters").exists()


def test_units_that_have_ended_are_not_missing(tmp_path, monkeypatch):
    write_second_plan(tmp_path / "plan")
    monkeypatch.setenv("KGGE_DATA", str(tmp_path / "plan"))
    (tmp_path / "in").mkdir()
    for year, due in (2022, ["home", "north", "south", "port"]), (2023, ["home", "north", "south"]):
        returns, inbox, form = sorted_out(tmp_path / "in", year)
        assert inbox["unit"].tolist() == due and set(inbox["state"]) == {"missing"}
        texts = letters(returns, inbox, year, form)
        assert [*texts] == due and f"15/02/{year + 1}" in texts["home"]
        assert "Kiên Giang" not in "".join(texts.values())


CALLED = {
    "Ban Dân tộc 2018.xls": "ethnic-affairs", "Sở LĐTBXH 2018.xls": "labour",
    "LĐTBXH.xls": "labour", "Sở TTTT.xls": "information", "MTTQ tỉnh.xls": "fatherland-front",
    "stp_2018.xls": "justice", "Nội vụ 2018.xls": "home-affairs", "Đài PTTH KG.xls": "broadcasting",
    "KH&ĐT.xls": "planning",
    "Sở LĐ-TB&XH.xls": "labour", "Kiên Giang 2018.xls": "", "Báo cáo tài chính 2018.xls": "",
    "Hòn Đất/bc.xls": "hon-dat", "HonDat_2018/a/1.xls": "hon-dat", "Nội vụ/1.xls": "home-affairs",
    "2018/UBND huyện Hòn Đất - 15.01/BC.ods": "hon-dat", "Hòn Đất/Hà Tiên.xls": "ha-tien",
    "Hòn Đất/An Biên - Rạch Giá.xls": "",
    "Kế hoạch 27.xls": "", "Báo cáo KG 2018.xls": "", "Sở Tư pháp - Sở Tài chính.xls": ""}


@pytest.mark.parametrize("name", CALLED)
def test_a_file_is_its_units_by_the_name_that_offices_give_it(name, tmp_path):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(b"torn")
    returns, inbox, form = sorted_out(tmp_path)
    files = inbox.set_index("unit")["files"]
    assert files[files.str.len() > 0].to_dict() == {CALLED[name]: [name]}
    told = letters(returns, inbox, 2018, form)
    assert not CALLED[name] or "chưa nhận được" not in told[CALLED[name]]


@pytest.mark.parametrize(("name", "told"), [
    *((name, True) for name in ("Hòn Đất.zip", "BC Hòn Đất 2018.pdf", "Hòn Đất.docx",
                                "hon-dat.gsheet", "Hòn Đất/bản quét.pdf", "2018/HonDat/1.jpg")),
    *((name, False) for name in ("Hòn Đất 2017.pdf", "Hòn Đất/Thumbs.db", "Hòn Đất/.DS_Store"))])
def test_a_reminder_names_the_file_that_lies_there_and_is_no_return(name, told, tmp_path):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(b"%PDF-1.4")
    returns, inbox, form = sorted_out(tmp_path)
    assert inbox.set_index("unit")["state"]["hon-dat"] == "missing"
    text = letters(returns, inbox, 2018, form)
    assert ("Có nhận được tệp" in text["hon-dat"]) == told and "Có nhận" not in text["ha-tien"]
    assert not told or f"Có nhận được tệp {name.rpartition('/')[2]}, nhưng" in text["hon-dat"]


def test_many_points_of_one_kind_are_one_with_its_cells(tmp_path):
    send(tmp_path, "culture", **{f"{code}/reached": "hơn 350" for code in form().asked(
        "indicators", "culture") if code != "1a.workers.male"}, **{"I.2.local/amount": "1.234"})
    returns, inbox, _ = sorted_out(tmp_path)
    rows = returns.problems.query("code == 'approximate'")
    text = letters(returns, inbox, 2018, form())["culture"]
    assert len(rows) > 6 and "2 nội dung" in text and text.count("350 không phải số") == 1
    assert f"{len(rows) - 1} ô khác" in text and "F9:F10, F12:F" in text
    send(tmp_path, "culture", **{f"{code}/reached": "hơn 350" for code in [*form().asked(
        "indicators", "culture")][:5]})
    returns, inbox, _ = sorted_out(tmp_path)
    assert "5 nội dung" in letters(returns, inbox, 2018, form())["culture"], "so few one by one"


def test_where_the_office_keeps_a_file_is_in_no_letter(tmp_path):
    known, folder = tmp_path / "known", tmp_path / "in"
    send(known, "labour", name="Lưu/2018/lao động.xlsx")
    send(folder, "labour", name="Đợt 2/hòm thư/a.xlsx", received=LATE)
    send(folder, "an-bien", name="Đợt 1/b.xlsx")
    send(folder, "an-bien", name="Đợt 2/c.xlsx", **{"I.2.local/amount": 2.5})
    returns = read(folder, known)
    texts = letters(returns, sort_inbox(returns, 2018, form()), 2018, form())
    assert "(tệp lao động.xlsx)" in texts["labour"] and "(a.xlsx)" in texts["labour"]
    assert "các tệp khác: c.xlsx" in texts["an-bien"] and "b.xlsx, c.xlsx" in texts["an-bien"]
    assert not any(word in text for text in texts.values() for word in ("Đợt", "hòm thư", "Lưu"))


def test_a_dash_is_zero_only_where_figures_are_entered(tmp_path):
    send(tmp_path, "labour", **{"1a.officials.male/eligible": "-", "1a.officials.male/reached": 5})
    change(tmp_path / "labour.xlsx", put("Bìa", B13="-"))
    said = read(tmp_path).problems.set_index("cell")["message_vi"]
    assert said["E9"].startswith("- (0) người")
    assert "(0)" not in said["B13"] and '"-"' in said["B13"]


@pytest.mark.parametrize(("others", "owner"), [
    ([], "chau-thanh"), (["chau-thanh"], "tan-hiep"), (["tan-hiep"], "chau-thanh"),
    (["chau-thanh", "tan-hiep"], "chau-thanh")])
def test_a_file_under_the_name_of_a_unit_that_has_sent_its_own_is_the_codes(
        others, owner, tmp_path):
    send(tmp_path, "tan-hiep", name="x.xlsx")
    change(tmp_path / "x.xlsx", put("Bìa", B9="UBND huyện Châu Thành"))
    for unit in others:
        send(tmp_path, unit)
    returns, inbox, form = sorted_out(tmp_path)
    assert "x.xlsx" in inbox.set_index("unit")["files"][owner]
    texts = letters(returns, inbox, 2018, form)
    assert "Bìa!B9: [Phải sửa]" in texts[owner]
    assert "chau-thanh" not in texts or owner == "chau-thanh", "its own return is sound"


def test_what_was_taken_in_before_is_sent(tmp_path):
    known, folder = tmp_path / "known", tmp_path / "in"
    send(known, "labour")
    send(known, "justice", received=LATE)
    send(known, "finance", received=None)
    send(known, "an-bien", received=None)
    send(known, "hon-dat", 2017)
    send(known, "culture")
    (known / "receipts.csv").write_text("unit,year,received_on\nfinance,2018,20/01/2019\n")
    send(folder, "rach-gia")
    (folder / "receipts.csv").write_text("unit,year,received_on\nan-bien,2018,5/2/2019\n")
    (folder / "Sở Văn hóa, Thể thao và Du lịch.xlsx").write_bytes(b"torn")
    returns = read(folder, known)
    inbox = sort_inbox(returns, 2018, form())
    states = inbox.set_index("unit")["state"]
    assert states[states != "missing"].to_dict() == {
        "labour": "on_time", "justice": "late", "finance": "on_time", "an-bien": "late",
        "rach-gia": "on_time", "culture": "refused"}
    lines = tell_inbox(inbox, 2018, form(), "vi")
    assert "6 đơn vị đã gửi, 20 đơn vị chưa gửi" in lines[0]
    texts = letters(returns, inbox, 2018, form())
    assert not {"labour", "justice", "finance", "an-bien", "rach-gia"} & set(texts)
    assert "chưa nhận được" in texts["hon-dat"] and "[Phải sửa]" in texts["culture"]
    assert returns.reporting["received"].sum() == 1


@pytest.mark.slow
def test_one_illustrative_return_stops_no_check(folder, tmp_path):
    change(folder / "labour.xlsx", put("Bìa", B18="Có / Yes"))
    out = tmp_path / "letters"
    found = kgge("check", folder, "--year", 2018, "--letters", out, "--lang", "vi")
    assert found.exit_code == 1
    assert 'error: labour.xlsx: Bìa!B18: Ở đây ghi "Có / Yes"' in found.output
    assert "7 đơn vị đã gửi" in found.output and "MINH HỌA" not in found.output.upper()[-400:]
    text = (out / "2018-labour.txt").read_text(encoding="utf-8-sig")
    assert "Bìa!B18: [Phải sửa]" in text and len([*out.iterdir()]) == 24


@pytest.mark.slow
def test_the_offices_own_files_are_neither_marked_nor_asked_for(folder, tmp_path):
    (folder / "receipts.csv").write_text("unit,year,received_on\nlabour,2018,1/20/2019\n")
    (folder / "receipts (1).csv").write_text("unit,year,received_on\n")
    found = kgge("check", folder, "--year", 2018, "--lang", "vi", "--annotate", tmp_path / "copies")
    said = [line for line in found.output.splitlines() if line.startswith("Không đánh dấu được")]
    assert len(said) == 2 and not any("receipts" in line or "labour" in line for line in said)
    assert {*(tmp_path / "copies").iterdir()} == {
        tmp_path / "copies" / name for name in ("a.xlsx", "b.xlsx", "culture.xlsx", "p.xlsx")}
    assert "receipts" not in found.output.partition("hạn gửi")[2]
