"""The outcomes of an indicator as arrays of cells x years x units: quick to carry and to sum."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from kgge.analysis.bounds import NOT_APPLICABLE, ROW, Array, Block, GroupSex, block_of
from kgge.analysis.scope import (
    as_read,
    check_span,
    made_from,
    part_with,
    reports,
    scope,
    terms,
    whole_of,
    with_codes,
)
from kgge.analysis.verdict import check_targets
from kgge.files import DataError
from kgge.labels import about
from kgge.tables.schemas import needs

KEY = ["unit", "year", "indicator", "group", "sex"]
CENSUS_GROUP = "residents"
_SAMPLE = 1000  # rows that mostly hold every group and sex there is


def lay_out(outcomes: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame,
            years: Any = None) -> tuple[list[int], range, pd.DataFrame, dict[Any, Any]]:
    """Return the years and attrs of the result, all years to look at, targets to be judged.

    Raises
    ------
    DataError
        If a column is missing, or `outcomes` were filtered so that the result would change
        unseen: earlier years, which are carried, or units, which would count as missing.
    """
    needs("outcomes", outcomes, [*KEY, "eligible", "reached"])
    needs("units", units, ("unit", "indicators", "residents"))
    check_targets(targets := with_codes(targets))
    outcomes = as_read(outcomes)
    attrs, whole = made_from(outcomes), whole_of(outcomes)
    part, told = attrs["part"], outcomes["year"].to_numpy(dtype=float, na_value=np.nan)
    first, latest = np.fmin.reduce(told, initial=np.inf), np.fmax.reduce(told, initial=-np.inf)
    returned = [first, latest] if first <= latest else []
    # Only a table that was filtered tells so; one made by hand may begin where it likes.
    if part and whole and any(year < latest for year in {*whole.rows["year"]}.difference(told)):
        raise DataError("the outcomes were filtered to some years, but earlier returns are carried "
                        "forward: pass them whole and say which year (year=, or years=)")
    attrs["part"] = part_with("outcomes were", outcomes, part, units)
    if "indicator" in part:
        targets = targets[targets["indicator"].isin(part["indicator"])]
    bases = targets["base_year"].dropna() if "base_year" in targets else pd.Series(dtype=float)
    begins = [bases.min() + 1] if len(bases) else []
    if whole:  # read from a plan's folder: its baseline may be older than it
        begins = [int(about("first_year"))]
    asked = scope(begins, returned, years)
    ends = [*targets["target_year"].dropna()] if "target_year" in targets else []
    if years is not None and ends:
        ends += [int(about("last_year"))] if whole else []
        check_span(asked, [*begins, *returned], [*ends, *returned])
    seen = [*asked, *map(int, returned)]
    return asked, range(min(seen), max(seen) + 1) if seen else range(0), targets, attrs


def blocks(outcomes: pd.DataFrame, units: pd.DataFrame, targets: pd.DataFrame,
           years: range) -> Iterator[tuple[Block, Mapping[Any, Any]]]:
    """Yield the cells of each indicator of `targets`, with its row there."""
    for name, key in (("units", units["unit"]), ("targets", targets["indicator"])):
        if key.duplicated().any():
            raise DataError(f"{name}: {', '.join(key[key.duplicated()])} stands twice")
    outcomes = with_codes(outcomes)
    at, texts = pd.factorize(reports(units))
    lists = [[code.strip() for code in text.split(";")] for text in texts]
    aside = {code for several in lists for code in several} - set(targets["indicator"])
    if aside and outcomes["indicator"].isin(aside).any():  # of an indicator not asked about
        outcomes = outcomes[~outcomes["indicator"].isin(aside)]
    names = units["unit"].to_numpy(dtype=object)
    known = {"unit": names.tolist(), "indicator": targets["indicator"].to_list()}
    codes = _key_codes(outcomes, known)
    expects = np.array([[indicator in several for several in lists] for indicator in
                        known["indicator"]], dtype=bool).reshape(len(targets), len(lists))[:, at]
    groups, sexes = known["group"], known["sex"]
    # A cell is a combination of indicator, group and sex. `pair` numbers all there could be, `cell`
    # those that occur, in their order, so that those of an indicator follow each other:
    #
    #   pair    1a·officials·female   1a·officials·male   …   4·persons·female
    #   cell    0                     1                       n
    pair = (codes["indicator"] * len(groups) + codes["group"]) * len(sexes) + codes["sex"]
    used = np.flatnonzero(np.bincount(pair))
    owner = used // max(1, len(groups) * len(sexes))
    cell = np.zeros(used.max(initial=-1) + 1, dtype=np.int64)
    cell[used] = np.arange(len(used))
    # Where each row stands in arrays of cells x years x units, laid out flat.
    codes["place"] = (cell * len(years) * len(units))[pair] + (
        codes["year"] - years.start) * len(units) + codes["unit"]
    cubes = _cubes(outcomes, codes, years, expects, owner)
    residents = units["residents"].to_numpy(dtype=float, na_value=np.nan)
    begun, ended = terms(units, years)
    always = begun.all() and not ended.any()
    for i, target in enumerate(targets.to_dict("records")):
        census = target["indicator"] == about("census")
        mine = slice(*np.searchsorted(owner, (i, i + 1)))
        cells: list[GroupSex] = [(groups[c // len(sexes) % len(groups)], sexes[c % len(sexes)])
                                 for c in used[mine]]
        cells += [(CENSUS_GROUP if census else None, None), (None, None)]
        who = expects[i]
        its = [cube[mine] if who.all() else cube[mine].compress(who, axis=2) for cube in cubes]
        yield block_of(
            target["indicator"], cells, names[who], its, target["accumulation"] == "cumulative",
            residents[who] if census else None,
            None if always else (begun[:, who], ended[:, who], _heirs(units[who]))), target


def _heirs(units: pd.DataFrame) -> Array:
    """Return the place of each unit's successor; -1: none."""
    place = {unit: at for at, unit in enumerate(units["unit"].to_list())}
    heirs = units["successor"].to_list() if "successor" in units else [None] * len(units)
    return np.array([place.get(heir, -1) for heir in heirs], dtype=int)


def _places(values: pd.Series, known: list[str] | None) -> tuple[Array, list[str]]:
    """Return where each value stands in `known` (-1: nowhere), or in the order they are found."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        place, known = _places(pd.Series(values.cat.categories), known)
        return np.append(place, -1)[values.cat.codes.to_numpy()], known
    # Looking values up is twice as fast as pd.factorize: what is new is looked for in
    # the first rows, then in those that are left.
    found = pd.unique(values.iloc[:_SAMPLE].dropna()).tolist() if known is None else known
    place = _look_up(values, found)
    if known is None and (place < 0).any():
        found += pd.unique(values[place < 0].dropna()).tolist()
        place = _look_up(values, found)
    return place, found


def _look_up(values: pd.Series, known: list[str]) -> Array:
    """Return where each value stands in `known` (-1: nowhere).

    Tables are in the order of their keys, so that a unit's rows follow each other: where the first
    rows are like that, only the first of each run is looked up.
    """
    index = pd.Index(known)
    if len(values) < _SAMPLE or values.dtype != "str":  # an NA of other types compares with nothing
        return index.get_indexer(pd.Index(values))
    text = values.to_numpy(dtype=object)
    if np.count_nonzero(text[1:_SAMPLE] != text[:_SAMPLE - 1]) > _SAMPLE / 10:
        return index.get_indexer(pd.Index(values))
    first = np.flatnonzero(np.append(True, text[1:] != text[:-1]))
    return index.get_indexer(pd.Index(values.iloc[first])).repeat(
        np.diff(first, append=len(text)))


def _key_codes(outcomes: pd.DataFrame, known: dict[str, list[str]]) -> dict[str, Array]:
    """Return the key columns as places in `known`; `known` gains the groups and sexes found."""
    codes, faults = {}, []
    for column in ("unit", "indicator", "group", "sex"):
        codes[column], allowed = _places(outcomes[column], known.get(column))
        known[column] = allowed
        if codes[column].min(initial=0) < 0:
            unknown = pd.unique(outcomes[column][codes[column] < 0].dropna()).tolist()
            faults += [f"unknown {column} {', '.join(map(str, unknown))} "
                       f"(allowed: {', '.join(allowed[:40])})"] * bool(unknown)
    years = outcomes["year"].to_numpy(dtype=float, na_value=-1)
    codes["year"] = years.astype(int)
    if min(code.min(initial=0) for code in codes.values()) < 0:
        bad = np.logical_or.reduce([code < 0 for code in codes.values()])
        raise DataError(f"outcomes: {'; '.join(faults) or 'a key is empty'}; first rows:\n"
                        f"{outcomes.loc[bad, KEY].head().to_string()}")
    _refuse(outcomes, codes["year"] != years, "the year is no whole number")
    return codes


def _cubes(outcomes: pd.DataFrame, codes: dict[str, Array], years: range, expects: Array,
           owner: Array) -> list[Array]:
    """Return eligible, reached and state of every cell; which are in doubt, if any is."""
    shape, place = (len(owner), len(years), expects.shape[1]), codes["place"]
    state = np.zeros(shape, dtype=np.int8)
    state.reshape(-1)[place] = ROW
    if (state.max(axis=1, initial=0) > expects[owner]).any():
        _refuse(outcomes, ~expects[codes["indicator"], codes["unit"]],
                "the unit is not to report that indicator (see the table of units)")
    many, some = (outcomes[column].to_numpy(dtype=float, na_value=np.nan)
                  for column in ("eligible", "reached"))
    # Impossible numbers would turn a share above 1, or a range round, without a word.
    ends = [end.reduce(n, initial=0) for end in (np.fmin, np.fmax) for n in (many, some)]
    if min(ends) < 0 or max(ends) == np.inf or (some > many).any():
        _refuse(outcomes, (some > many) | (np.fmin(many, some) < 0) | np.isinf(np.fmax(many, some)),
                "persons are counted from 0, and no more are reached than are eligible",
                ("eligible", "reached"))
    # Two rows of one cell leave fewer cells filled than there are rows.
    if np.count_nonzero(state) < len(place):
        _refuse(outcomes, outcomes.duplicated(KEY, keep=False).to_numpy(), "a key stands twice")
    eligible, reached = np.full((2, *shape), np.nan)
    eligible.reshape(-1)[place], reached.reshape(-1)[place] = many, some
    states = [c for c in ("eligible_state", "reached_state") if c in outcomes]
    if len(states) == 2:
        unfit = (outcomes[states] == "not_applicable").all(axis=1).to_numpy(dtype=bool)
        state.reshape(-1)[place[unfit]] = NOT_APPLICABLE
    if "doubt" not in outcomes:
        return [eligible, reached, state]
    doubt = outcomes["doubt"].notna() & outcomes["doubt"].ne("")
    doubted = np.zeros(shape, dtype=bool)
    doubted.reshape(-1)[place] = doubt
    return [eligible, reached, state, doubted]


def _refuse(outcomes: pd.DataFrame, bad: Array, why: str, more: tuple[str, ...] = ()) -> None:
    """Raise with the first bad rows, if there are any."""
    if bad.any():
        rows = outcomes.loc[bad, [*KEY, *more]].head(20).to_string()
        raise DataError(f"outcomes: {why}:\n{rows}")
