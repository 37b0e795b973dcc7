"""The calendar feeds, through the server that ships, held against a bare Flask application behind the very same one.

Both are polled turn by turn, and medians compared. Only what was answered as it must be counts: each round asks once by
hand (status, ETag, length), and a round with any other answer fails its case. `--only` and `--rounds` make it short.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from bench.cases import CASES, Case, Effort, Setting
from bench.databases import engines
from bench.load import MISSING, there_is_wrk
from bench.servers import Failed
from bench.subjects import SUBJECTS


def asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What is to be measured."""
    options = argparse.ArgumentParser(prog="python -m bench.feeds", description=__doc__)
    options.add_argument("--only", action="append", metavar="CASE", choices=CASES, help="one of " + ", ".join(CASES))
    options.add_argument("--engine", choices=("SQLite", "PostgreSQL"), help="one database instead of both")
    options.add_argument("--subject", choices=SUBJECTS, help="one kind of feed instead of all")
    options.add_argument("--rounds", type=int, default=7, help="how often each of both is measured (7)")
    options.add_argument("--seconds", type=int, default=2, help="how long a round takes (2)")
    options.add_argument("--requests", type=int, default=1_000_000, help="how many the case of memory takes (1000000)")
    return options.parse_args(arguments)


def report(case: Case, setting: Setting) -> bool:
    """Measure a case and say what came out; whether it falls short."""
    limit = case.limits.get(setting.engine)
    print(f"  {case.text:40}", end="", flush=True)
    try:
        this, other = case.measure(setting)
    except Failed as error:
        print(f"   FAILS: {error}", flush=True)
        return True
    short = limit is not None and not limit.holds(this / other)
    print(
        f"{this:10,.1f} {case.unit:2} {other:10,.1f} {case.unit:2} {this / other:7.3f}   {limit or '(information)'}"
        f"{'   FALLS SHORT' if short else ''}",
        flush=True,
    )
    return short


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every case on every database; 1 where one misses what it must reach."""
    options = asked(arguments)
    if not there_is_wrk():
        print(MISSING)
        return 1
    effort = Effort(options.rounds, options.seconds, options.requests)
    missed = 0
    for engine in engines():
        if options.engine not in (None, engine):
            continue
        for name, path in SUBJECTS.items():
            if options.subject not in (None, name):
                continue
            load = ", ".join(f"{figure:.1f}" for figure in os.getloadavg())
            print(f"\n{engine}, {name} feed; load of the machine before: {load}")
            print(f"  {'case':40}{'this':>10}    {'other':>10}      ratio   must reach")
            setting = Setting(engine, path, effort)
            missed += sum(report(case, setting) for key, case in CASES.items() if key in (options.only or CASES))
    print(f"\nFalls short: {missed}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
