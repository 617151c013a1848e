"""Which changes of the code does no test notice? Run: python tests/mutate.py annex.read

Makes one change at a time in a copy of the package, runs the tests of the module on it, and prints
every change they let pass, then the share they noticed. Without names: all modules.
`--sample 20 --seed 1` tries 20 changes a module. Tests that need another program or run all the
notebooks are left out. Changes that no test needs to notice stand in mutants.csv (module, line,
change, why) and are counted as explained.
"""

import argparse
import ast
import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(".".join(path.relative_to(ROOT / "kgge").with_suffix("").parts)
                 for path in (ROOT / "kgge").rglob("*.py"))
# The test files of a module; of those not here, the one of the same name, or of its folder.
TESTS = {
    "__init__": "style tables", "files": "tables", "plan": "labels progress",
    "tracing": "build returns", "xlsx": "faults returns",
    **dict.fromkeys(("annex.read", "annex.fields", "annex.header", "annex.headings", "annex.tree",
                     "annex.amounts"), "annex annex_layouts annex_files build"),
    "annex.reconcile": "ledger annex_layouts", "numbers": "cells annex_layouts",
    "returns.annotate": "returns", "returns.aside": "template",
    "returns.cells": "cells faults",
    "returns.form": "template returns", "returns.parse": "faults returns",
    "returns.collect": "returns faults", "tables.load": "tables", "tables.schemas": "tables",
    "analysis.blocks": "progress verdicts", "analysis.bounds": "progress verdicts simulation",
    "analysis.coverage": "progress verdicts", "analysis.progress": "progress verdicts",
    "analysis.gap": "verdicts", "analysis.tipping": "verdicts", "analysis.verdict": "verdicts",
    "analysis.scope": "verdicts spending", "analysis.prices": "spending",
    "analysis.reporting": "returns verdicts",
    "analysis.status_card": "cards", "charts.style": "style export",
    "publish.catalogue": "export document excel", "publish.word": "document",
    "publish.figures": "export", "publish.html": "report",
}
SLOW = ("libreoffice", "axe", "every_notebook", "every_table_and_chart")
SWAPS: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.And: ast.Or, ast.Or: ast.And,
}
Change = tuple[ast.AST, str, str, Any]  # the node it is about, its kind, a field, the new content


class Mutant(NamedTuple):
    """One change: number and text of its line, its kind, what is changed, the module with it."""

    number: int
    line: str
    kind: str
    what: str
    code: str


def in_expression(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Constant(value=bool() as value):
            yield node, "truth", "value", not value
        case ast.Constant(value=int() | float() as value):
            yield node, "number", "value", value + 1
        case ast.Constant(value=str() as value):
            yield node, "text", "value", "" if value else "x"
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in SWAPS:
            yield node, "operator", "op", SWAPS[type(op)]()
        case ast.UnaryOp(op=op, operand=operand):
            yield node, "operator", "operand", ast.UnaryOp(op, operand)
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                yield node, "comparison", "ops", [*ops[:at], SWAPS[type(op)](), *ops[at + 1:]]
        case ast.comprehension(ifs=[first, *others]):
            yield first, "condition", "ifs", [ast.UnaryOp(ast.Not(), first), *others]


def in_statement(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            pass
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield test, "condition", "test", ast.UnaryOp(ast.Not(), test)
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield value, "return", "value", ast.Constant(None)
    for at, decorator in enumerate(getattr(node, "decorator_list", [])):
        left = node.decorator_list[:at] + node.decorator_list[at + 1:]
        yield decorator, "decorator", "decorator_list", left
    for name in ("body", "orelse", "finalbody"):
        lines = getattr(node, name, None)
        for at, line in enumerate(lines if isinstance(lines, list) else []):
            if is_effect(line):
                yield line, "statement", name, [*lines[:at], ast.Pass(), *lines[at + 1:]]


def is_effect(line: ast.AST) -> bool:
    """Whether a statement can be left out without a name missing further down."""
    match line:
        case ast.Expr(value=ast.Constant()):
            return False  # a docstring
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
    return isinstance(line, ast.Expr | ast.AugAssign | ast.Raise | ast.Delete | ast.Continue
                      | ast.Break)


def run_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk through what is run: neither annotations nor docstrings."""
    yield tree
    for name, value in ast.iter_fields(tree):
        for node in value if isinstance(value, list) else [value]:
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if isinstance(node, ast.AST) and not docstring and name not in (
                    "annotation", "returns"):
                yield from run_nodes(node)


def mutants(source: str) -> Iterator[Mutant]:
    tree, lines = ast.parse(source), source.splitlines()
    for node in list(run_nodes(tree)):
        for about, kind, name, new in [*in_expression(node), *in_statement(node)]:
            what, old = ast.unparse(about).splitlines()[0], getattr(node, name)
            setattr(node, name, new)
            yield Mutant(about.lineno, lines[about.lineno - 1].strip(), kind, what,
                         ast.unparse(tree))
            setattr(node, name, old)


def passes(copy: Path, files: list[str], limit: float) -> bool:
    """Whether the tests pass in the copy, in `limit` seconds."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-o",
               "addopts=", "--doctest-modules", "-k", " and ".join(f"not {s}" for s in SLOW)]
    env = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1",
           "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "KGGE_DATA": str(copy / "data")}
    try:
        done = subprocess.run([*command, *files], cwd=copy, env=env, capture_output=True,
                              timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def try_module(module: str, sample: int | None, seed: int, copy: Path) -> bool:
    """Try the changes of one module and print what was noticed; whether every one was."""
    path = copy / "kgge" / f"{module.replace('.', '/')}.py"
    source = (ROOT / path.relative_to(copy)).read_text(encoding="utf-8")
    names = (TESTS.get(module) or next(name for name in module.split(".")[::-1] if (
        ROOT / "tests" / f"test_{name}.py").is_file())).split()
    files = [str(path), *(f"tests/test_{name}.py" for name in names)]
    with (ROOT / "tests" / "mutants.csv").open(encoding="utf-8", newline="") as table:
        explained = {(r["module"], r["line"], r["change"]) for r in csv.DictReader(table)}
    start = monotonic()
    if not passes(copy, files, 900):
        sys.exit(f"{module}: the tests fail without any change: {' '.join(files)}")
    limit = 10 + 3 * (monotonic() - start)
    todo = list(mutants(source))
    todo = random.Random(seed).sample(todo, min(sample or len(todo), len(todo)))
    left = [m for m in todo if (module, m.line, m.kind) not in explained]
    survivors = 0
    for mutant in left:
        path.write_text(mutant.code, encoding="utf-8")
        if passes(copy, files, limit):
            survivors += 1
            print(f"  kgge/{path.relative_to(copy / 'kgge')}:{mutant.number}: {mutant.kind} "
                  f"{mutant.what[:60]}\n      {mutant.line}", flush=True)
    path.write_text(source, encoding="utf-8")
    killed = len(left) - survivors
    print(f"{module}: {len(todo)} changes, {len(todo) - len(left)} explained, {killed} noticed "
          f"({killed / max(1, len(left)):.0%} of the others)", flush=True)
    return survivors == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", metavar="module", help=", ".join(MODULES))
    parser.add_argument("--sample", type=int, help="how many changes a module; default all")
    parser.add_argument("--seed", type=int, default=27)
    given = parser.parse_args()
    if unknown := set(given.modules) - set(MODULES):
        parser.error(f"no such module: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("kgge", "tests", "data", "notebooks"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        whole = [try_module(module, given.sample, given.seed, copy)
                 for module in given.modules or MODULES]
    return 0 if all(whole) else 1


if __name__ == "__main__":
    sys.exit(main())
