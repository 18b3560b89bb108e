"""Properties of deciding cell by cell, on programs made at random, against a plain retelling of the rules."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from service.engine.amounts import Charge
from service.engine.cells import METALS, Cell, Cells, partition
from service.engine.compose import Composer
from service.engine.conditions import Surroundings
from service.engine.facts import merge
from service.engine.index import Entry, Index
from service.engine.outcome import BaseOutcome, Part, tally
from service.engine.parts import Parts
from service.engine.reach import Setting
from service.engine.trials import Trials
from service.engine.walk import walk
from service.law.conditions import FactIs
from service.law.facts import Facts
from service.law.periods import EVER
from service.law.rates import EXEMPT, FREE, SILENT, SUSPENDED, Exempt, Form, Rate, Silent, Total
from service.law.terms import AllGoods, Measure, Origins, Patch, Program, Terms, Version
from tests.engine.zed import law

ONE = Decimal(1)
EVERYONE = Origins(("*",))
BASES = ("full", "steel", "aluminum", "copper", "rest", "us_content", "non_us_content")

rates: st.SearchStrategy[Rate] = st.one_of(
    st.integers(1, 60).map(lambda n: Form(Decimal(n))),
    st.sampled_from((EXEMPT, FREE, SILENT, SUSPENDED, Total(Decimal(15)))),
)
lines = st.tuples(st.sampled_from(BASES), rates, st.sampled_from((None, True, False)))
programs = st.lists(st.lists(lines, min_size=1, max_size=6), min_size=1, max_size=4)
hundredths = st.integers(0, 100).map(lambda n: Decimal(n) / 100)


@st.composite
def contents(draw: st.DrawFn) -> Facts:
    """Metal shares that add up to one at most, and own content."""
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)))
    shares = [cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1]]
    facts: Facts = {f"{m}_content": Decimal(n) / 100 for m, n in zip(METALS, shares, strict=True)}
    facts["us_content"] = draw(hundredths)
    facts["gift"] = draw(st.booleans())
    return facts


def entries_of(made: list[list[tuple[str, Rate, bool | None]]]) -> list[Entry]:
    """Entries of some programs, whose measures ask at most whether the goods are a gift."""
    found: list[Entry] = []
    for number, measures in enumerate(made):
        program = Program(f"zz/made-{number}", "Made", "Made", number, ())
        for position, (basis, rate, gift) in enumerate(measures):
            when = None if gift is None else FactIs("gift", gift)
            measure = Measure(f"m{position}", f"{number}.{position}", Patch(), ())
            terms = Terms(rate, AllGoods(), EVERYONE, when)
            version = Version(program.id, measure.id, "collected", EVER, EVER, terms, ("levy-act",))
            bit = len(found)
            found.append(Entry(bit, EVER, EVER, EVERYONE, program, measure, version, rate, basis, None))
    return found


def takes(basis: str, cell: Cell) -> bool:
    metal, own = cell
    return basis in {"full", metal, "us_content" if own else "non_us_content"}


def retold(entries: list[Entry], cells: Cells, gift: bool) -> dict[Cell, str]:
    """For each cell, the first measure that speaks, whose condition holds, and whose basis takes it."""
    found: dict[Cell, str] = {}
    for cell in cells:
        for entry in entries:
            when = entry.version.terms.when
            held = when is None or (isinstance(when, FactIs) and when.value == gift)
            if held and not isinstance(entry.rate, Silent) and takes(entry.basis, cell):
                found[cell] = entry.measure.id
                break
    return found


def surroundings(facts: Facts) -> Surroundings:
    return Surroundings(facts, law().facts, "XA", "normal", Decimal(5), False, {}, Decimal(5))


@given(contents())
def test_cells_add_up_to_the_value(facts: Facts) -> None:
    cells = partition(facts, {})
    assert sum(cells.values()) == ONE
    assert all(share > 0 for share in cells.values())
    for metal in METALS:
        assert sum(s for (m, _), s in cells.items() if m == metal) == facts[f"{metal}_content"]
    assert sum(s for (_, own), s in cells.items() if own) == facts["us_content"]


@given(st.lists(lines, min_size=1, max_size=8), contents())
def test_every_cell_is_decided_once_by_the_first_measure_that_takes_it(
    made: list[tuple[str, Rate, bool | None]], facts: Facts
) -> None:
    entries = entries_of([made])
    cells = partition(facts, {})
    found = walk(entries, cells, surroundings(facts))
    decided = {cell: d.entry.measure.id for d in found.decisions for cell in d.cells}
    assert sum(len(d.cells) for d in found.decisions) == len(decided)
    assert decided == retold(entries, cells, facts["gift"] is True)
    undecided = sum((s for c, s in cells.items() if c not in decided), Decimal(0))
    assert sum((d.share for d in found.decisions), Decimal(0)) == ONE - undecided
    for decision in found.decisions:
        assert decision.share == sum(cells[c] for c in decision.cells)


@given(st.lists(lines, min_size=1, max_size=8), contents())
def test_every_measure_that_speaks_decides_or_is_told_or_would_have_changed_nothing(
    made: list[tuple[str, Rate, bool | None]], facts: Facts
) -> None:
    entries = entries_of([made])
    found = walk(entries, partition(facts, {}), surroundings(facts))
    deciding = {d.entry.bit for d in found.decisions}
    told = {s.entry.bit for s in found.skipped}
    assert not deciding & told
    for entry in entries:
        when = entry.version.terms.when
        held = when is None or (isinstance(when, FactIs) and when.value == facts["gift"])
        if held and isinstance(entry.rate, Form | Total):
            assert entry.bit in deciding | told
    for skipped in found.skipped:
        if skipped.by is not None:
            assert skipped.kind == ("exempt" if isinstance(skipped.by.rate, Exempt) else "preempted")
            assert skipped.by.entry.bit < skipped.entry.bit


def composer() -> Composer:
    return Composer(law().importer, law().facts, law().acts)


class Made:
    """Stands in for the index: some entries in an order of ours, all of which are composed together."""

    def __init__(self, entries: list[Entry]) -> None:
        self.ordered = entries
        self.mask = sum(1 << entry.bit for entry in entries)

    def listed(self, mask: int) -> list[Entry]:
        return self.measures(mask)

    def measures(self, mask: int) -> list[Entry]:
        return [entry for entry in self.ordered if mask >> entry.bit & 1]

    def components(self, mask: int) -> tuple[int, ...]:
        return (mask,)


def parts_of(entries: list[Entry]) -> tuple[Parts, int]:
    made = Made(entries)
    return Parts(cast("Index", made), composer(), 100), made.mask


def setting() -> Setting:
    return Setting("XA", None, base(), 1)


def compose(entries: list[Entry], facts: Facts) -> Part:
    """Compose some entries over a base duty of five percent."""
    parts, mask = parts_of(entries)
    return parts.composition(mask, setting(), facts).part


def base() -> BaseOutcome:
    five = Charge(Decimal(5))
    return BaseOutcome("normal", five, five, Decimal(5), Decimal(5), (), (), (), five, ONE)


@given(programs, contents())
def test_programs_without_relations_may_be_composed_in_any_order(
    made: list[list[tuple[str, Rate, bool | None]]], facts: Facts
) -> None:
    entries = entries_of(made)
    groups = [[e for e in entries if e.program.order == n] for n in range(len(made))]
    outcomes = []
    for order in permutations(groups):
        part = compose([e for group in order for e in group], facts)
        outcomes.append((part.charge, sorted(part.layers, key=lambda x: x[0]), part.replaced))
    assert all(o == outcomes[0] for o in outcomes)


@given(programs, contents())
def test_programs_without_relations_may_be_composed_apart(
    made: list[list[tuple[str, Rate, bool | None]]], facts: Facts
) -> None:
    """With all content declared nothing passes from one program to another."""
    entries = entries_of(made)
    whole = compose(entries, facts)
    apart = [compose([e for e in entries if e.program.order == n], facts) for n in range(len(made))]
    assert tally(apart).charge == whole.charge
    assert [x for p in apart for x in p.layers] == sorted(whole.layers, key=lambda x: x[0])
    assert {c.fact for c in merge([c for p in apart for c in p.consulted])} == {c.fact for c in whole.consulted}


@given(programs, contents())
def test_the_charge_is_the_sum_of_the_layers(made: list[list[tuple[str, Rate, bool | None]]], facts: Facts) -> None:
    part = compose(entries_of(made), facts)
    summed = sum(((layer.percent or 0) * layer.share for _, layer in part.layers), Decimal(0))
    assert part.charge.percent == summed


@given(programs, contents(), st.booleans())
def test_a_fact_that_is_tried_comes_to_what_it_comes_to_when_declared(
    made: list[list[tuple[str, Rate, bool | None]]], facts: Facts, gift: bool
) -> None:
    entries = entries_of(made)
    undeclared = {name: value for name, value in facts.items() if name != "gift"}
    tried = Trials(*parts_of(entries), setting(), undeclared)({"gift": gift})
    assert tried == tally([compose(entries, {**undeclared, "gift": gift})])
