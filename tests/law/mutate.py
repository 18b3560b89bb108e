"""``make mutate``: change the law one small step at a time and show which mutants no case catches.

``arena`` tells what becomes of each. Known survivors stand in ``survivors.yaml`` with a reason.

Exit status 1: a listed survivor is caught or is no mutant any more.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from service.law.importer import ImporterLaw
from tests.law.arena import CAUGHT, SAME, SURVIVED, Arena
from tests.law.cases import HERE, read_cases, read_yaml
from tests.law.mutants import KINDS, Mutant, mutants, percent_of
from tests.shipped import laws

SURVIVORS = HERE / "survivors.yaml"


class Verdict(msgspec.Struct, frozen=True):
    """What became of a mutant; ``by``: the case, manifest or finding that caught it."""

    mutant: int
    fate: str
    by: str = ""


class Run(msgspec.Struct):
    """Mutants of one importer's law and what became of them, in order; ``folder``: as ``folder_of``."""

    mutants: list[Mutant]
    verdicts: list[Verdict]
    folder: str

    def of(self, *fates: str) -> list[Mutant]:
        return [self.mutants[v.mutant] for v in self.verdicts if v.fate in fates]


def listed() -> dict[str, str]:
    """Return the known survivors with their reasons; a name begins with the folder of the importer."""
    found = read_yaml(SURVIVORS) if SURVIVORS.exists() else None
    return dict(found or {})


def folder_of(law: ImporterLaw) -> str:
    """Return the folder of an importer's law with a slash: its programs and files are named by it."""
    return law.importer.base.partition("/")[0] + "/"


_arena: Arena
_chosen: list[Mutant]


def run(
    law: ImporterLaw,
    *,
    kinds: Sequence[str] = KINDS,
    program: str | tuple[str, ...] = "",
    sample: int | None = None,
    seed: int = 0,
    processes: int = 1,
    arena: Arena | None = None,
) -> Run:
    """Try the mutants of some kinds and programs (all: ""), or a sample that takes from every kind alike.

    ``arena``: that of the law and all cases unless given.
    """
    global _arena, _chosen  # noqa: PLW0603 -- what forked processes inherit instead of copying it through a pipe
    chosen = [m for m in mutants(law) if m.kind in kinds and m.program.startswith(program)]
    _chosen = chosen if sample is None else sampled(chosen, sample, seed)
    _arena = Arena(law, read_cases()) if arena is None else arena
    places = range(len(_chosen))
    if processes == 1 or len(_chosen) < 200:
        return Run(_chosen, [_verdict(at) for at in places], folder_of(law))
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        verdicts = pool.map(_verdict, places, chunksize=min(500, max(1, len(_chosen) // (8 * processes))))
    return Run(_chosen, verdicts, folder_of(law))


def _verdict(at: int) -> Verdict:
    return Verdict(at, *_arena.judge(_chosen[at]))


def sampled(chosen: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """Take one of each kind in turn, so that the many rows of lists do not crowd out the rest."""
    source = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    by_kind = {kind: [m for m in chosen if m.kind == kind] for kind in KINDS}
    for found in by_kind.values():
        source.shuffle(found)
    taken: list[Mutant] = []
    while len(taken) < size and any(by_kind.values()):
        taken += [found.pop() for found in by_kind.values() if found]
    return taken[:size]


def wrong(done: Run, *, whole: bool) -> list[str]:
    """Return what is wrong with the list of survivors; of a part of the mutants, only what is caught can be told."""
    reasons = {name: reason for name, reason in listed().items() if name.startswith(done.folder)}
    caught = {m.id for m in done.of(CAUGHT)}
    faults = [f"{name}: listed as a survivor, but it is caught" for name in reasons if name in caught]
    if whole:
        known = {m.id for m in done.mutants}
        faults += [
            f"{name}: listed as a survivor, but there is no such mutant" for name in reasons if name not in known
        ]
    return faults + [f"{name}: a survivor without a reason" for name, reason in reasons.items() if not reason]


def survivors(done: Run) -> list[Mutant]:
    """Return the survivors that are not listed."""
    reasons = listed()
    return [m for m in done.of(SURVIVED) if m.id not in reasons]


def report(done: Run) -> Iterator[str]:
    """Yield the survivors that are not listed, by file and line, and the totals by kind and by program."""
    for mutant in survivors(done):
        yield f"{mutant.file}:{mutant.line}: {mutant.kind}: {mutant.id}"
    yield ""
    reasons = listed()
    for title, key in (("kind", lambda m: m.kind), ("program", lambda m: m.program)):
        fates: Counter[tuple[str, str]] = Counter()
        for verdict in done.verdicts:
            mutant = done.mutants[verdict.mutant]
            fates[key(mutant), "listed" if verdict.fate == SURVIVED and mutant.id in reasons else verdict.fate] += 1
        yield f"{title:<32}{'caught':>8}{'survived':>10}{'listed':>8}{'same law':>10}{'percent':>9}"
        for name in sorted({name for name, _ in fates}):
            caught, left = fates[name, CAUGHT], fates[name, SURVIVED]
            yield (
                f"{name:<32}{caught:>8}{left:>10}{fates[name, 'listed']:>8}{fates[name, SAME]:>10}"
                f"{percent_of(caught, caught + left):>9}"
            )
        yield ""
    caught, left = len(done.of(CAUGHT)), len(survivors(done))
    yield f"{caught + left} mutants, {caught} caught ({percent_of(caught, caught + left)} percent), {left} survived"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="make mutate", description="Which mutants of the law does no case catch?")
    parser.add_argument("--importer", choices=sorted(laws()), help="only the law of this importer")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only this kind; may be repeated")
    parser.add_argument("--program", default="", help="only programs whose name begins so")
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants, of every kind alike")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(arguments)
    started = time.monotonic()
    chosen = [law for code, law in laws().items() if options.importer in (None, code)]
    folders = tuple(folder_of(law) for law in laws().values())
    faults = [f"{name}: listed as a survivor of no importer" for name in listed() if not name.startswith(folders)]
    for law in chosen:
        if not any(program.id.startswith(options.program) for program in law.programs):
            continue
        done = run(
            law,
            kinds=options.kind or KINDS,
            program=options.program,
            sample=options.sample,
            seed=options.seed,
            processes=options.processes,
        )
        sys.stdout.write(f"{law.importer.title}\n\n")
        for line in report(done):
            sys.stdout.write(line + "\n")
        faults += wrong(done, whole=not (options.kind or options.program or options.sample))
    sys.stdout.write(f"{time.monotonic() - started:.0f} seconds\n")
    for fault in faults:
        sys.stderr.write(fault + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
