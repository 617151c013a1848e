"""The outcomes of an indicator as arrays of cells x years x units: quick to carry and to sum."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from kgge.analysis.bounds import EXTRA, NOT_APPLICABLE, ROW, Array, Block, GroupSex, block_of
from kgge.analysis.scope import check_span, filtered_to, needs, scope, terms, whole_of, with_codes
from kgge.analysis.verdict import check_targets
from kgge.files import DataError
from kgge.labels import about

KEY = ["unit", "year", "indicator", "group", "sex"]
CENSUS_GROUP = "residents"
_SAMPLE = 1000  # rows that mostly hold every group and sex there is


def lay_out(outcomes: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame,
            years: Any = None) -> tuple[list[int], range, pd.DataFrame]:
    """Return the years of the result, all years to look at, and the targets to be judged.

    Raises
    ------
    DataError
        If a column is missing, or `outcomes` were filtered so that the result would change
        unseen: earlier years, which are carried, or units, which would count as missing.
    """
    needs("outcomes", outcomes, [*KEY, "eligible", "reached"])
    needs("units", units, ("unit", "indicators", "residents"))
    check_targets(targets)
    returned, part = outcomes["year"].dropna().unique().tolist(), filtered_to(outcomes)
    # Only a table that was filtered tells so; one made by hand may begin where it likes.
    whole = whole_of(outcomes)
    earlier = {year for year in whole.rows["year"] if year < max(returned)} \
        if whole and part and returned else set()
    if earlier - set(returned):
        raise DataError("the outcomes were filtered to some years, but earlier returns are carried "
                        "forward: pass them whole and say which year (year=, or years=)")
    listed = units.loc[units["indicators"].fillna("").ne(""), "unit"]
    if "unit" in part and set(listed) - set(part["unit"]):
        raise DataError("the outcomes were filtered to some units, so that the others would count "
                        "as missing: pass a table of units with the same ones only")
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
    return asked, range(min(seen), max(seen) + 1) if seen else range(0), targets


def blocks(outcomes: pd.DataFrame, units: pd.DataFrame, targets: pd.DataFrame,
           years: range) -> Iterator[tuple[Block, Mapping[Any, Any]]]:
    """Yield the cells of each indicator of `targets`, with its row there."""
    for name, key in (("units", units["unit"]), ("targets", targets["indicator"])):
        if key.duplicated().any():
            raise DataError(f"{name}: {', '.join(key[key.duplicated()])} stands twice")
    outcomes, listed = with_codes(outcomes), units["indicators"].fillna("").to_list()
    lists = {text: [code.strip() for code in text.split(";")] for text in set(listed)}
    aside = {code for several in lists.values() for code in several} - set(targets["indicator"])
    if aside and outcomes["indicator"].isin(aside).any():  # of an indicator not asked about
        outcomes = outcomes[~outcomes["indicator"].isin(aside)]
    names = units["unit"].to_numpy(dtype=object)
    known = {"unit": names.tolist(), "indicator": targets["indicator"].to_list()}
    codes = _key_codes(outcomes, known)
    asks = {text: [i in several for i in known["indicator"]] for text, several in lists.items()}
    expects = np.array([asks[text] for text in listed], dtype=bool).reshape(
        len(listed), len(known["indicator"])).T
    _refuse(outcomes, ~expects[codes["indicator"], codes["unit"]],
            "the unit is not to report that indicator (see the table of units)")
    groups, sexes = known["group"], known["sex"]
    # Each indicator has its own run of cells: those (group, sex) it has rows of, in the order of
    # the codes, then the EXTRA ones. `pair` numbers all combinations, `cell` only those that occur:
    #
    #   pair    1a·officials·female   1a·officials·male   …   4·persons·female
    #   cell    0                     1                       n, after the EXTRA cells of others
    pair = (codes["indicator"] * len(groups) + codes["group"]) * len(sexes) + codes["sex"]
    used = np.flatnonzero(np.bincount(pair))
    owner = used // max(1, len(groups) * len(sexes))
    cell = np.zeros(used.max(initial=-1) + 1, dtype=np.int64)
    cell[used] = np.arange(len(used)) + EXTRA * owner
    cubes = _cubes(outcomes, codes, cell[pair],
                   (len(used) + EXTRA * len(targets), years, len(listed)))
    residents = units["residents"].to_numpy(dtype=float, na_value=np.nan)
    for i, target in enumerate(targets.to_dict("records")):
        census = target["indicator"] == about("census")
        cells: list[GroupSex] = [(groups[c // len(sexes) % len(groups)], sexes[c % len(sexes)])
                             for c in used[owner == i]]
        cells += [(CENSUS_GROUP if census else None, None), (None, None)]
        first = int((owner < i).sum()) + EXTRA * i
        mine = [cube[first:first + len(cells)].compress(expects[i], axis=2) for cube in cubes]
        yield block_of(
            target["indicator"], cells, names[expects[i]], mine,
            target["accumulation"] == "cumulative", residents[expects[i]] if census else None,
            _terms_and_heirs(units[expects[i]], years)), target


def _terms_and_heirs(units: pd.DataFrame, years: range) -> tuple[Array, Array, Array] | None:
    """Return `terms` and the place of each successor (-1: none); None where no unit has any."""
    begun, ended = terms(units, years)
    if begun.all() and not ended.any():
        return None
    place = {unit: at for at, unit in enumerate(units["unit"].to_list())}
    heirs = units["successor"].to_list() if "successor" in units else [None] * len(units)
    return begun, ended, np.array([place.get(heir, -1) for heir in heirs])


def _places(values: pd.Series, known: list[str] | None) -> tuple[Array, list[str]]:
    """Return where each value stands in `known` (-1: nowhere), or in the order they are found."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        place, known = _places(pd.Series(values.cat.categories), known)
        return np.append(place, -1)[values.cat.codes.to_numpy()], known
    # Looking values up is twice as fast as pd.factorize: what is new is looked for in
    # the first rows, then in those that are left.
    found = pd.unique(values.iloc[:_SAMPLE].dropna()).tolist() if known is None else known
    place = pd.Index(found).get_indexer(pd.Index(values))
    if known is None and (place < 0).any():
        found += pd.unique(values[place < 0].dropna()).tolist()
        place = pd.Index(found).get_indexer(pd.Index(values))
    return place, found


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


def _cubes(outcomes: pd.DataFrame, codes: dict[str, Array], cell: Array,
           shape: tuple[int, range, int]) -> list[Array]:
    """Return eligible, reached and state of every cell; which are in doubt, if any is."""
    cells, years, units = shape
    place = (cell * len(years) + codes["year"] - years.start) * units + codes["unit"]
    eligible, reached = np.full((2, cells, len(years), units), np.nan)
    state = np.zeros((cells, len(years), units), dtype=np.int8)
    # Written into flat views by place: one pass over the rows.
    many, some = (outcomes[column].to_numpy(dtype=float, na_value=np.nan)
                  for column in ("eligible", "reached"))
    # Impossible numbers would turn a share above 1, or a range round, without a word.
    _refuse(outcomes, (many < 0) | (some < 0) | (some > many) | np.isinf(many) | np.isinf(some),
            "persons are counted from 0, and no more are reached than are eligible",
            ("eligible", "reached"))
    eligible.reshape(-1)[place], reached.reshape(-1)[place] = many, some
    state.reshape(-1)[place] = ROW
    # Two rows of one cell leave fewer cells filled than there are rows.
    if np.count_nonzero(state) < len(place):
        _refuse(outcomes, outcomes.duplicated(KEY, keep=False).to_numpy(), "a key stands twice")
    states = [c for c in ("eligible_state", "reached_state") if c in outcomes]
    if len(states) == 2 and np.isnan(reached).any():
        unfit = (outcomes[states] == "not_applicable").all(axis=1).to_numpy(dtype=bool)
        state.reshape(-1)[place[unfit]] = NOT_APPLICABLE
    if "doubt" not in outcomes:
        return [eligible, reached, state]
    doubt = outcomes["doubt"].notna() & outcomes["doubt"].ne("")
    doubted = np.zeros(state.shape, dtype=bool)
    doubted.reshape(-1)[place] = doubt
    return [eligible, reached, state, doubted]


def _refuse(outcomes: pd.DataFrame, bad: Array, why: str, more: tuple[str, ...] = ()) -> None:
    """Raise with the first bad rows, if there are any."""
    if bad.any():
        rows = outcomes.loc[bad, [*KEY, *more]].head(20).to_string()
        raise DataError(f"outcomes: {why}:\n{rows}")
