"""Our SQL engine beside its rivals: how often each is right, and how long each takes, in one run.

    python benchmarks/sql/_rivals.py                       once: the rivals' environments, outside the tree
    python benchmarks/sql/bench_sql.py [--only scores,speed,large,growth,torture,memory] [--quick]

Cases and scorer: `../shared/corpus/sql` (or $WHENCE_CORPUS/sql); what the figures mean: `../shared/facts/sql.md`, whose
goals are printed beside them. Engines are asked in turn, query by query, so that a busy minute meets all of them, and
twice each, of which the second counts: the first meets a processor's cache full of the others' work. Times are CPU,
medians per query; the unit of speed is what sqlglot's compiled parser takes for the same query. All of it
takes half an hour, most of it sqllineage's; --quick is a smoke test. An engine that is not installed is left out and
said.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import _shapes
from _rivals import CORPUS, ENGINES, HERE, ROOT, UNIT, EngineProcess, is_installed, python_of

sys.path.insert(0, str(CORPUS))

Case = dict[str, Any]
FOREIGN = ("sqllineage", "openlineage", "datahub", "bytebase", "macaw")
GOALS = {  # (profile, corpus) -> (tables, columns) in per cent
    ("default", "features"): (96, 95),
    ("default", "tpc"): (100, 100),
    ("sqllineage", "sqllineage"): (99, 97),
    ("openlineage", "openlineage"): (99, 100),
    ("datahub", "datahub"): (98, 93),
    ("bytebase", "bytebase"): (93, 85),
    ("macaw", "macaw"): (90, None),
    ("sqlglot", "sqlglot"): (None, 92),
}
PROBE_MS = {  # what the study's own resolver took on the compiled parser, same kind of machine: facts section 7
    "big-cte-chain-2000-lines": 89,
    "big-star-500-cols-10-ctes": 2,
    "big-insert-values-10k": 220,
    "big-in-list-10k": 65,
    "big-or-2000": 58,
    "big-case-300": 35,
    "big-union-300": 11,
    "big-script-200": 7,
    "big-diamond-24": 1,
    "big-nest-300": 6,
}
TIMES_PROBE = 1.7
GROWS = 2.3
TORTURE_S = 2.0
NONE = "-"


def main() -> int:
    """Measure what was asked for."""
    parts = {
        "scores": scores,
        "speed": speed,
        "large": large,
        "growth": growth,
        "torture": torture,
        "memory": memory,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help=f"some of {','.join(parts)}")
    parser.add_argument("--quick", action="store_true", help="a few cases each: a smoke test")
    parser.add_argument("--rounds", type=int, default=5, help="how often each query is asked; default: 5")
    args = parser.parse_args()
    if not CORPUS.is_dir():
        print(f"there are no cases in {CORPUS}: nothing to measure; name their folder with WHENCE_CORPUS")
        return 0
    absent = [name for name in ENGINES if not is_installed(name)]
    if absent:
        print(f"not installed, left out: {', '.join(absent)} (python benchmarks/sql/_rivals.py)")
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    for name in (args.only or ",".join(parts)).split(","):
        began = time.monotonic()
        print(f"## {name}\n", flush=True)
        parts[name](args)
        print(f"\n({time.monotonic() - began:.0f} s)\n", flush=True)
    return 0


def engines(*, without: tuple[str, ...] = ()) -> list[str]:
    return [name for name in ENGINES if is_installed(name) and name not in without]


def table(heads: list[str], rows: list[list[Any]]) -> None:
    """Print rows as a Markdown table."""
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)


# --- how often they are right


def scores(args: argparse.Namespace) -> None:
    """Score every profile of ours and every rival with the corpus's own scorer."""
    corpora = ["macaw"] if args.quick else [*FOREIGN, "sqlglot", "features", "tpc"]
    ours = {
        profile: (sys.executable, f"adapter:{profile}") for profile in dict.fromkeys(profile for profile, _ in GOALS)
    }
    rivals = {
        name: (python_of(ENGINES[name]), ENGINES[name].function)
        for name in engines()
        if not name.startswith(("parse", "whence", "sqlglot lineage, tuned"))
    }
    print("exact tables / columns (relaxed); silent: tables that are wrong without a warning, of the foreign corpora\n")
    rows: list[list[Any]] = []
    missed: list[str] = []
    for name, (python, function) in [*ours.items(), *([] if args.quick else rivals.items())]:
        report = scored(python, function, corpora)
        is_ours = function.startswith("adapter:")  # a profile of ours may bear a rival's name
        label = f"whence, {name}" if is_ours else name
        rows.append([label, *(_share(report.get(corpus)) for corpus in corpora), _away(report), _silent(report)])
        missed += _missed(name, report) if is_ours else []
    table(["engine", *corpora, "tables, foreign", "silent"], rows)
    print("\nmissed goals: " + ("; ".join(missed) or "none"))


def scored(python: str, function: str, corpora: list[str]) -> dict[str, Any]:
    """Run the scorer in an engine's environment; an engine that takes its process down scores nothing."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = [python, str(CORPUS / "score.py"), function, "--corpus", ",".join(corpora), "--json", str(out)]
        environment = {
            "PYTHONPATH": f"{CORPUS}:{HERE}:{ROOT / 'packages/whence/src'}",
            "HOME": folder,
            "PATH": "/usr/bin",
        }
        done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{function}: {(done.stderr.splitlines() or ['?'])[-1]}")
            return {}
        return dict(json.loads(out.read_text()))


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else NONE


def _share(found: dict[str, Any] | None) -> str:
    if not found:
        return NONE
    return f"{_percent(found['table'], found['table_n'])} / {_percent(found['col_relaxed'], found['col_n'])}"


def _sum(report: dict[str, Any], key: str) -> int:
    return sum(report[corpus][key] for corpus in FOREIGN if corpus in report)


def _away(report: dict[str, Any]) -> str:
    return _percent(_sum(report, "table"), _sum(report, "table_n"))


def _silent(report: dict[str, Any]) -> str:
    return _percent(_sum(report, "silent_table"), _sum(report, "table_n"))


def _missed(profile: str, report: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for (of, corpus), goals in GOALS.items():
        if of != profile or corpus not in report:
            continue
        for goal, part, whole in zip(goals, ("table", "col_relaxed"), ("table_n", "col_n"), strict=True):
            if goal is not None and 100 * report[corpus][part] < goal * report[corpus][whole]:
                found.append(f"{corpus} {part} {_percent(report[corpus][part], report[corpus][whole])} < {goal}")
    return found


# --- how long they take


def speed(args: argparse.Namespace) -> None:
    """Ask every engine for every TPC query, in turn; print medians of the ratio to the compiled parse."""
    cases = _cases("tpc")[: 3 if args.quick else None]
    rounds = 1 if args.quick else args.rounds
    times, errors, right = asked(cases, engines(), rounds)
    unit = times.get(UNIT, {})
    print(f"TPC-H and TPC-DS, {len(cases)} queries, {rounds} rounds; tables and columns; 1.0 = {UNIT}\n")
    rows = []
    for name, found in times.items():
        ratios = [found[case] / unit[case] for case in found if unit.get(case)]
        rows.append(
            [name, _median(ratios, "{:.2f}"), _median(list(found.values()), "{:.3f}"), right[name], errors[name]]
        )
    table(["engine", "times the parse", "ms, median", "columns right", "errors"], rows)


def asked(
    cases: list[Case], names: list[str], rounds: int
) -> tuple[dict[str, dict[str, float]], dict[str, int], dict[str, int]]:
    """Return, for each engine, ms by case (median of its rounds), how many failed, and how many had columns right."""
    import score  # noqa: PLC0415  the corpus's

    spent: dict[str, dict[str, list[float]]] = {name: {} for name in names}
    errors, right = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    with ExitStack() as stack:
        processes = [stack.enter_context(EngineProcess(name)) for name in names]
        for process in processes:
            process.ask(sql="SELECT a.x FROM a JOIN b ON a.i = b.i", dialect="", repeat=3)  # loads and warms
        for turn in range(rounds):
            for case in cases:
                for process in processes[turn % len(processes) :] + processes[: turn % len(processes)]:
                    told = process.ask(**_question(case), repeat=2, wants_result=turn == 0)
                    if "error" in told:
                        errors[process.name] += turn == 0
                        continue
                    spent[process.name].setdefault(case["id"], []).append(told["ms"][-1])  # warm
                    if turn == 0 and told["result"] and case.get("columns") is not None:
                        right[process.name] += score.score_case(case, told["result"]).get("colr") is True
    medians = {name: {case: statistics.median(ms) for case, ms in found.items()} for name, found in spent.items()}
    return medians, errors, right


def large(args: argparse.Namespace) -> None:
    """Ask for the large cases of the facts, section 7."""
    cases = _large_cases()[: 2 if args.quick else None]
    names = engines(without=("sqllineage",) if args.quick else ())
    times, _, _ = asked(cases, names, 1)
    unit = times.get(UNIT, {})
    print("CPU ms (times the compiled parse); - : no answer in 60 s or an error\n")
    rows: list[list[Any]] = []
    for case in cases:
        row: list[Any] = [case["id"].removeprefix("big-")]
        for name in names:
            ms = times[name].get(case["id"])
            ratio = f" ({ms / unit[case['id']]:.1f})" if ms and unit.get(case["id"]) else ""
            row.append(NONE if ms is None else f"{ms:,.1f}{ratio}")
        probe = PROBE_MS.get(case["id"])
        rows.append([*row, _right(case), f"{probe * TIMES_PROBE:.1f}" if probe else NONE])
    table(["case", *names, "ours right", "goal, compiled"], rows)


def _right(case: Case) -> str:
    import adapter  # noqa: PLC0415
    import score  # noqa: PLC0415  the corpus's

    question = _question(case)
    told = adapter.default(
        question["sql"], question["dialect"], question["default_db"], question["default_schema"], question["schema"]
    )
    found = score.score_case(case, told)
    return (
        "yes"
        if found.get("table") and found.get("colr")
        else f"tables {found.get('table')}, columns {found.get('colr')}"
    )


def growth(args: argparse.Namespace) -> None:
    """Double each shape; print by how much the time grows."""
    from whence.sql import Schema  # noqa: PLC0415
    from whence.sql._engine import Engine  # noqa: PLC0415

    def spend(text: str) -> float:
        engine = Engine()
        gc.collect()
        began = time.process_time()
        engine.lineage(text, "postgres", None, None, Schema())
        return (time.process_time() - began) * 1000

    spend("SELECT a FROM t")
    gc.freeze()  # what the modules hold: walking over it would come as a step of 30 ms, somewhere
    rows: list[list[Any]] = []
    for name, (shape, size) in _shapes.GROWTH.items():
        texts = [shape(size * step) for step in (1, 2, 4)]
        runs = [[spend(text) for text in texts] for _ in range(1 if args.quick else args.rounds)]
        times = [min(run[place] for run in runs) for place in range(3)]
        factors = [later / earlier for earlier, later in pairwise(times)]
        verdict = "" if max(factors) <= GROWS else f"more than {GROWS}"
        rows.append([name, size, *(f"{ms:.1f}" for ms in times), *(f"{factor:.2f}" for factor in factors), verdict])
    gc.unfreeze()
    print(f"CPU ms of our engine, pure Python, when a text is doubled twice; goal: at most {GROWS} x each\n")
    table(["shape", "size", "1", "2", "4", "1 to 2", "2 to 4", ""], rows)


def torture(args: argparse.Namespace) -> None:
    """Ask for what makes engines crash; each in a process that may die without taking the benchmark along."""
    shapes = dict(list(_shapes.TORTURE.items())[: 2 if args.quick else None])
    names = engines(without=("datahub", "sqllineage") if args.quick else ())
    rows: list[list[Any]] = []
    with ExitStack() as stack:
        processes = [stack.enter_context(EngineProcess(name)) for name in names]
        for shape, text in shapes.items():
            told = [process.ask(sql=text, dialect="postgres", repeat=1) for process in processes]
            rows.append([shape, *(answer.get("error") or f"{answer['ms'][0] / 1000:.2f} s" for answer in told)])
    print(f"CPU seconds, or how it ended; goal: an answer in {TORTURE_S:.0f} s, never a crash\n")
    table(["text", *names], rows)


def memory(args: argparse.Namespace) -> None:
    """Measure answers to texts seen before, to texts that differ in literals, and what importing costs."""
    from whence.sql import lineage  # noqa: PLC0415

    cases = _cases("tpc")[: 5 if args.quick else None]
    exact, template = [], []
    for case in cases:
        arguments = {"dialect": case.get("dialect"), "schema": None}
        texts = [_with_other_literals(case["sql"], number) for number in range(8)]
        lineage(texts[0], **arguments)
        template.append(min(_us(lineage, text, arguments) for text in texts[1:]))
        exact.append(min(_us(lineage, texts[0], arguments) for _ in range(7)))
    script = "import whence.sql as s; s.redact('SELECT 1')"
    imported = [_import_ms(script) - _import_ms("pass") for _ in range(3 if args.quick else 9)]
    engine = [_import_ms("import whence.sql._engine") - _import_ms("pass") for _ in range(3 if args.quick else 9)]
    rows = [
        ["text seen before", f"{statistics.median(exact):.1f} us", "5 us"],
        ["text seen before with other literals", f"{statistics.median(template):.1f} us", "80 us"],
        ["import of what needs no parser, above bare Python", f"{statistics.median(imported):.0f} ms", "25 ms"],
        ["import of the engine, above bare Python", f"{statistics.median(engine):.0f} ms", "160 ms"],
    ]
    table(["what", "median", "goal"], rows)


def _with_other_literals(sql: str, number: int) -> str:
    return f"SELECT * FROM ({sql.rstrip().rstrip(';')}) AS seen_before WHERE seen_before.at > {number + 1_000}"


def _us(function: Any, text: str, arguments: dict[str, Any]) -> float:
    began = time.perf_counter()
    function(text, **arguments)
    return (time.perf_counter() - began) * 1e6


def _import_ms(script: str) -> float:
    """Return the CPU ms of a process that runs this: others on the machine count less than on the clock."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", script], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


# --- cases


def _cases(name: str) -> list[Case]:
    import score  # noqa: PLC0415  the corpus's

    return list(score.load([name], str(CORPUS))[name])


def _large_cases() -> list[Case]:
    """Let the corpus's own script write its cases, into a folder of ours."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "make_big.py"
        made.write_text((CORPUS / "make_big.py").read_text())
        subprocess.run([sys.executable, str(made)], check=True, capture_output=True)
        return [json.loads(line) for line in (Path(folder) / "big.jsonl").read_text().splitlines()]


def _question(case: Case) -> Case:
    return {key: case.get(key) for key in ("sql", "dialect", "default_db", "default_schema", "schema")}


def _median(values: list[float], form: str) -> str:
    return form.format(statistics.median(values)) if values else NONE


if __name__ == "__main__":
    sys.exit(main())
