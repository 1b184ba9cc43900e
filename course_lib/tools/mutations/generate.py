"""Make a sample of alterations with the operators of cosmic-ray, and write them down as data.

uv run --with cosmic-ray python -m course_lib.tools.mutations.generate

Left out: what is no code (annotations, which are text here, docstrings, what is raised), assertions made for the type
checker, __repr__, and what is deprecated. The sample is the same each time: the first by a hash of what they alter.
"""

import ast
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from itertools import count
from typing import Any

from course_lib.tools.mutations.altered import GENERATED, Alteration, NotApplicable, definitions, task_source

SAMPLE = 80
TAUGHT = ("LoopingCall", "CooperativeTask", "Cooperator", "Clock", "deferLater", "react", "_Timer", "_defaultScheduler")
UNTAUGHT = ("__repr__", "deferred")
HEAD = """\
# Alterations of twisted.internet.task, made with the operators of {tool} and one that deletes a statement:
# uv run --with cosmic-ray python -m course_lib.tools.mutations.generate
"""


def main() -> None:
    """Write the sample."""
    from cosmic_ray.operators.provider import OperatorProvider  # asked for by this command alone

    source, operators = task_source(), OperatorProvider()
    found: dict[str, Alteration] = {}
    for name in sorted(operators):
        for changed in [*mutants(source, operators[name])]:
            note(found, source, changed, name)
    for changed in without_a_statement(source):
        note(found, source, changed, "DeleteStatement")
    chosen = sorted(found.values(), key=lambda a: sha256(repr(a[1:]).encode()).hexdigest())[:SAMPLE]
    print(f"{len(found)} alterations, {len(chosen)} of them kept")
    GENERATED.write_text(as_toml(chosen), encoding="utf-8")


def mutants(source: str, operator: Any) -> Iterator[str]:
    """Yield the source with each place altered that an operator of cosmic-ray can alter."""
    from cosmic_ray.mutating import mutate_code

    if operator.arguments():  # it asks for names, and puts random numbers in their place
        return
    for occurrence in count():
        if (changed := mutate_code(source, operator(), occurrence)) is None:
            return
        yield changed


def without_a_statement(source: str) -> Iterator[str]:
    """Yield the source with each statement of one line in turn replaced by `pass`: cosmic-ray has no such operator."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr | ast.Assign | ast.AugAssign | ast.Return) and node.lineno == node.end_lineno:
            at = node.lineno - 1
            indent = " " * node.col_offset
            yield "".join([*lines[:at], f"{indent}pass\n", *lines[at + 1 :]])


def note(found: dict[str, Alteration], source: str, changed: str, operator: str) -> None:
    """Keep an alteration if it is one of code that is taught, as the least text that can be told apart."""
    old, new = source.splitlines(), changed.splitlines()
    if len(old) != len(new) or meaning(source) == meaning(changed):
        return
    differ = [k for k, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
    where = next((n for n, d in all_definitions(source) if d.lineno <= differ[0] + 1 <= (d.end_lineno or 0)), "")
    if not where.startswith(TAUGHT) or where.endswith(UNTAUGHT):
        return
    for before in range(8):
        part = slice(differ[0] - before, differ[-1] + 1)
        alteration = Alteration("", where, "\n".join(old[part]), "\n".join(new[part]), operator=operator)
        try:
            made = alteration.of(source)
        except NotApplicable:
            continue
        if meaning(made) == meaning(changed):
            found.setdefault(made, alteration)
        return


def all_definitions(source: str) -> list[tuple[str, ast.stmt]]:
    """List the definitions, the innermost first."""
    return [*definitions(ast.parse(source))][::-1]


def meaning(source: str) -> str:
    """Return what is run of a source: no annotation, no docstring, no assertion for the type checker, no message."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ""
    return ast.dump(Meaning().visit(tree))


class Meaning(ast.NodeTransformer):
    """Takes out of a module what is not run, or not taught."""

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Drop the annotation of an argument."""
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Drop the annotation of a variable."""
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Drop the annotation of a result."""
        node.returns = None
        return self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        """Drop an assertion about None: it is there for the type checker."""
        return ast.Pass() if "None" in ast.unparse(node.test) else self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Drop a docstring."""
        return ast.Pass() if isinstance(node.value, ast.Constant) else self.generic_visit(node)


def as_toml(chosen: list[Alteration]) -> str:
    """Write alterations as TOML, named by operator and number."""
    text = HEAD.format(tool=f"cosmic-ray {version('cosmic-ray')}")
    for number, alteration in enumerate(chosen, 1):
        text += f"\n[generated-{number:02d}]\n"
        for field in ("operator", "where", "old", "new"):
            value = getattr(alteration, field)
            text += f"{field} = {chr(39) * 3}{value}{chr(39) * 3}\n"
    return text


if __name__ == "__main__":
    main()
