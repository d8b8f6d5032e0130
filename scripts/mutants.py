#!/usr/bin/env python3
"""Breaks the source one place at a time and says which breaks no test sees.

    scripts/mutants.py --draw 150 --seed 13         150 places of all of src/, drawn with a seed
    scripts/mutants.py --in src/render/passes       every place of a folder or file, tables (.tsv) too
    scripts/mutants.py --list …                     only say which
    scripts/mutants.py --only ID …                  these alone, by what --list prints; or @FILE with one a line
    scripts/mutants.py --rebuild …                  each in a build of its own, to compare

A place is an operator, a comparison, a number, a boolean or a word in quotes, in code that is neither a test nor a comment;
in a table it is a version. Most mutants share one build of a copy below target/, in which an environment variable switches them on
(`schemata.py`); the others are built one by one. Each goes through the tests that `cargo test` runs until one fails: first those that
saw the last mutants of its file, then SUITES. One that passes all lives, and is printed with its line; `not reached` if no test even
ran its function. One that the quick suites do not see waits until all have gone through these.
`tests/tidy` is left out: it reads the sources and does not run them.

Results are kept in target/mutants.tsv under the commit, so that a run can be stopped and taken up again. Needs Python 3.9, git and
prlimit.
"""

import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import threading
import time

import schemata

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "target/mutants.tsv"
COPY = ROOT / "target/mutants/copy"
BUILD = ROOT / "target/mutants/build"
REACHED = ROOT / "target/mutants/reached"
# Of the library's own.
SLOW_TESTS = ["certs", "bombs"]
# Fast ones that see most first: a test binary, and words for its tests. Those that are not named come last.
SUITES = [
    ("compat", ["generated"]),
    ("planning", []),
    ("spark_render", [part for word in SLOW_TESTS for part in ("--skip", word)]),
    ("binary", ["expectations"]),
    ("binary", ["manifests"]),
    ("binary", ["schedules", "versions", "cli"]),
    ("rules", []),
    ("binary", ["effects"]),
    ("compat", []),
    ("upgrade", []),
    ("mutate", []),
    ("types", []),
    ("source", []),
    ("emit", []),
    ("diff_plain", []),
    ("certs", []),
    ("explain", []),
    ("oracle", []),
    ("previews", []),
]
# These are built first; the others only for what they do not see.
FIRST = ["--lib", *(word for name in ("binary", "planning", "rules", "compat") for word in ("--test", name))]
# These are no part of the first; a mutant that passes the first waits for them.
SLOW = [("binary", ["effects"]), ("compat", [])]
LAST = ["certs_processes", "diff", "operator_oracle"]
NOT = ["tidy"]
# Compares what is embedded with the file, which differ in the copy.
NOT_OF_TABLES = ("binary", "installed::version_names_the_program_and_its_tables")
# Seconds: more than any suite takes; a mutant that loops is caught by it.
TIMEOUT = 900
# Of the tests, in bytes: a mutant may allocate without end.
MEMORY = 8 << 30

# What stands for what; of two that begin alike the longer comes first.
WORDS = [
    (r"==", ["!="]),
    (r"!=", ["=="]),
    (r"(?<=\s)<=(?=\s)", ["<"]),
    (r"(?<=\s)>=(?=\s)", [">"]),
    (r"(?<=\s)<(?=\s)", ["<="]),
    (r"(?<=\s)>(?=\s)", [">="]),
    (r"&&", ["||"]),
    (r"(?<=\s)\|\|(?=\s)", ["&&"]),
    (r"(?<=\s)\+(?=\s)", ["-"]),
    (r"(?<=\s)-(?=\s)", ["+"]),
    (r"(?<=\s)\*(?=\s)", ["+"]),
    (r"(?<=\s)/(?=\s)", ["*"]),
    (r"(?<=[\s(])!(?=[\w(])", [""]),
    (r"\btrue\b", ["false"]),
    (r"\bfalse\b", ["true"]),
    (r"\bis_some\(\)", ["is_none()"]),
    (r"\bis_none\(\)", ["is_some()"]),
    (r"\bis_none_or\b", ["is_some_and"]),
    (r"\bis_some_and\b", ["is_none_or"]),
    (r"\.any\(", [".all("]),
    (r"\.all\(", [".any("]),
    (r"\.min\(", [".max("]),
    (r"\.max\(", [".min("]),
    (r"\bfirst\(\)", ["last()"]),
    (r"\blast\(\)", ["first()"]),
    # No part of a name, a type or a tuple's field; not the width of a type.
    (r"(?<![\w.])\d[\d_]*(?![\w.])", None),
    (r'(?<!r)(?<!#)"(?:[^"\\\n]|\\.)*"', None),
    # A version in a table.
    (r"(?<=\t)\d+(?:\.\d+)+(?=\t|$)", None),
]
PATTERN = re.compile("|".join(f"(?P<p{n}>{pattern})" for n, (pattern, _) in enumerate(WORDS)), re.M)


class Mutant:
    def __init__(self, path, text, start, end, new):
        self.path, self.start, self.end, self.new = path, start, end, new
        self.old = text[start:end]
        self.line = text.count("\n", 0, start) + 1
        column = start - (text.rfind("\n", 0, start) + 1) + 1
        self.id = f"{path.relative_to(ROOT)}:{self.line}:{column}:{new}"
        self.source = text.splitlines()[self.line - 1].strip()

    def __str__(self):
        return f"{self.id}\t{self.old} → {self.new or 'nothing'}\t{self.source}"


def code(text, is_table):
    """`text` with blanks for what is no code: comments, attributes, tests, character literals."""
    blank = lambda match: re.sub(r"[^\n]", " ", match.group())
    if is_table:
        # Versions stand behind `@` or alone, all else are names; where there is a default, they have dots.
        pattern = r"(?<=@)[\d-]+|(?<=\t)[\d.-]+(?=\t|$)" if text.startswith("# ") else r"(?<=\t)\d+(?:\.\d+)+(?=\t|$)"
        versions = re.finditer(pattern, text, re.M)
        kept = {at for match in versions for at in range(*match.span())}
        return "".join(c if c in "\t\n" or at in kept else " " for at, c in enumerate(text))
    test = re.search(r"^\s*#\[cfg\(test\)\]", text, re.M)
    if test and re.match(r"\s*#\[cfg\(test\)\]\s*mod tests", text[test.start() :]):
        text = text[: test.start()] + re.sub(r"[^\n]", " ", text[test.start() :])
    text = re.sub(r"//[^\n]*", lambda match: blank(match) if even_quotes(text, match.start()) else match.group(), text)
    text = re.sub(r"#!?\[[^\]\n]*\]", blank, text)
    return re.sub(r"'(?:[^'\\\n]|\\[^\n])'", blank, text)


def even_quotes(text, at):
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line.replace('\\"', "").count('"') % 2 == 0


def others(number, word):
    """What a place becomes; numbers go both ways, texts get another end."""
    if WORDS[number][1] is not None:
        return WORDS[number][1]
    if word.startswith('"'):
        # Sentences are for people: the goldens of messages have them.
        if " " in word:
            return []
        return ['"changed"'] if word == '""' else [word[:-1] + 'X"']
    if "." in word:
        parts = word.split(".")
        minor = int(parts[1])
        return [".".join([parts[0], str(new), *parts[2:]]) for new in (minor + 1, minor - 1) if new >= 0]
    value = int(word.replace("_", ""))
    return [str(value + 1)] + ([str(value - 1)] if value else [])


def mutants(files):
    found = []
    for path in files:
        text = path.read_text()
        for match in PATTERN.finditer(code(text, path.suffix == ".tsv")):
            number = int(match.lastgroup[1:])
            for new in others(number, match.group()):
                found.append(Mutant(path, text, match.start(), match.end(), new))
    return found


def run(command, environment=None, words=None):
    """How a test binary ends: `` well, else the test that failed first, or what else happened; in time and memory."""
    limited = ["prlimit", f"--as={MEMORY}", *map(str, command)]
    with subprocess.Popen(
        limited,
        cwd=COPY,
        env={**os.environ, **TEST_ENVIRONMENT, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        late = threading.Timer(TIMEOUT, os.killpg, [process.pid, signal.SIGKILL])
        late.start()
        try:
            for line in process.stdout:
                if match := re.match(rb"test (\S+)(?: - .*)? \.\.\. FAILED", line):
                    return match[1].decode()
            if process.wait() == 0:
                return ""
            return f"status {process.returncode}" if late.is_alive() else "time"
        finally:
            late.cancel()
            # Nothing goes on: neither other tests nor what they started.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


TEST_ENVIRONMENT = {"CARGO_MANIFEST_DIR": str(COPY), "CARGO": "cargo"}
CARGO_ENVIRONMENT = {
    "CARGO_TARGET_DIR": str(BUILD),
}


def cargo(arguments):
    """rustc's messages and the test binaries, by name."""
    result = subprocess.run(
        ["cargo", *arguments, "--locked", "--quiet", "--message-format=json"],
        cwd=COPY,
        env={**os.environ, **CARGO_ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    found = list(schemata.messages(result.stdout))
    if result.returncode and not any(message["level"] == "error" for message in found):
        sys.exit(f"cargo {' '.join(arguments)} fails:\n{result.stderr}")
    return found, schemata.executables(result.stdout)


class Tests:
    """The test binaries of one build, in the order in which they see most."""

    def __init__(self, programs):
        self.programs = programs
        named = {name for name, _ in SUITES}
        rest = sorted(set(programs) - named - set(NOT) - set(LAST))
        self.suites = [(name, words) for name, words in SUITES if name in programs]
        self.suites += [(name, []) for name in [*rest, *LAST] if name in programs]
        # What the first lines leave of `binary`, which takes minutes.
        if set(LAST) <= set(programs):
            done = [word for name, words in SUITES if name == "binary" for word in words]
            self.suites.insert(len(self.suites) - len(LAST), ("binary", [part for word in done for part in ("--skip", word)]))
            self.suites.append(("spark_render", SLOW_TESTS))
        # Tests that fail without any mutant, those that do not, and who saw the last mutants of a file.
        self.broken, self.good, self.seers = set(), set(), {}

    def verdict(self, mutant):
        """What sees the mutant; nothing if it lives."""
        reached = reached_file(mutant)
        environment = {schemata.SWITCH: str(mutant.number), schemata.REACHED: str(reached)}
        near = self.seers.setdefault(mutant.path, [])
        for name, test in near[:3]:
            if run([self.programs[name], "--exact", test], environment):
                return self.saw(mutant, name, test)
        for name, words in self.suites:
            while failed := run([self.programs[name], *words, *self.skipped(name)], environment):
                if self.is_good(name, failed):
                    return self.saw(mutant, name, failed)
        return None if mutant.form not in ("atom", "body", "item") or reached.exists() else "not reached"

    def saw(self, mutant, name, test):
        near = self.seers[mutant.path]
        if not test.startswith(("status", "time")):
            if (name, test) in near:
                near.remove((name, test))
            near.insert(0, (name, test))
        return f"seen by {name} {test}"

    def skipped(self, name):
        return [part for one, test in sorted(self.broken) if one == name for part in ("--skip", test)]

    def is_good(self, name, test):
        """Whether a test passes without any mutant."""
        if test.startswith(("status", "time")) or (name, test) in self.good:
            return True
        if run([self.programs[name], "--exact", test]):
            print(f"{name} {test} fails without any mutant: left out", flush=True)
            self.broken.add((name, test))
            return False
        self.good.add((name, test))
        return True


def reached_file(mutant):
    """What a test makes that runs the mutant's code."""
    return REACHED / hashlib.sha256(mutant.id.encode()).hexdigest()[:16]


def run_table(tests, mutant):
    """A version in a table, which the copy reads when it runs."""
    path = COPY / mutant.path.relative_to(ROOT)
    text = mutant.path.read_text()
    path.write_text(text[: mutant.start] + mutant.new + text[mutant.end :])
    tests.broken.add(NOT_OF_TABLES)
    try:
        return tests.verdict(mutant)
    finally:
        tests.broken.discard(NOT_OF_TABLES)
        path.write_text(text)


def target_names():
    """The names of all test binaries."""
    names = [path.stem for path in (ROOT / "tests").glob("*.rs")]
    return ["spark_render", *names, *(path.parent.name for path in (ROOT / "tests").glob("*/main.rs"))]


def run_rebuilt(tests, mutant):
    """A mutant in a build of its own, of as many test binaries as it takes."""
    path = COPY / mutant.path.relative_to(ROOT)
    text = mutant.path.read_text()
    path.write_text(text[: mutant.start] + mutant.new + text[mutant.end :])
    try:
        # One that does not compile ends here.
        if any(message["level"] == "error" for message in cargo(["check", "--lib", "--bins"])[0]):
            return "does not compile"
        built = set()
        for suite in Tests(dict.fromkeys(target_names())).suites:
            name = suite[0]
            if name not in built:
                flags = ["--lib"] if name == "spark_render" else ["--test", name]
                _, programs = cargo(["test", "--no-run", *flags])
                if name not in programs:
                    return f"seen by {name}, which does not compile"
                tests.programs.update(programs)
                built.add(name)
            failed = run([tests.programs[name], *suite[1], *tests.skipped(name)])
            if failed:
                return f"seen by {name} {failed}"
        return None
    finally:
        path.write_text(text)


def run_documentation(mutant):
    """The examples in the documentation, which only cargo can run."""
    environment = {**os.environ, **CARGO_ENVIRONMENT, schemata.SWITCH: str(mutant.number)}
    command = ["cargo", "test", "--doc", "--locked", "--quiet"]
    result = subprocess.run(command, cwd=COPY, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return "seen by doc" if result.returncode else None


WAITS = "waits"


class Results:
    """What is known of the mutants of this commit."""

    def __init__(self, total):
        self.commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
        self.total, self.count, self.lock = total, 0, threading.Lock()
        self.known = {}
        if RESULTS.exists():
            rows = (line.split("\t") for line in RESULTS.read_text().splitlines())
            self.known = {row[1]: row[2] for row in rows if row[0] == self.commit}
        # What the first suites did not see, which is no result yet.
        self.waiting = {name for name, result in self.known.items() if result == WAITS}
        self.known = {name: result for name, result in self.known.items() if result != WAITS}

    def keep(self, mutant, result, seconds):
        with RESULTS.open("a") as file:
            file.write(f"{self.commit}\t{mutant.id}\t{result}\t{seconds:.1f}\t{mutant.form}\n")

    def add(self, mutant, result, seconds):
        result = result or "lives"
        if mutant.id not in self.known:
            self.keep(mutant, result, seconds)
        self.known[mutant.id] = result
        self.count += 1
        print(f"{self.count}/{self.total}\t{result}\t{seconds:.1f} s\t{mutant}", flush=True)

    def each(self, mutants, verdict, wait=None, jobs=1):
        """Adds verdicts; what nothing sees is given to `wait` instead, if it is there."""

        def one(mutant):
            begin = time.monotonic()
            result = self.known.get(mutant.id) or verdict(mutant)
            with self.lock:
                if wait and result in (None, "not reached"):
                    wait(mutant)
                    self.keep(mutant, WAITS, time.monotonic() - begin)
                    print(f"-\twaits\t{time.monotonic() - begin:.1f} s\t{mutant}", flush=True)
                else:
                    self.add(mutant, result, time.monotonic() - begin)

        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            # Asked for, so that what goes wrong in one is raised.
            list(pool.map(one, mutants))


def run_all(results, mutants, tests, jobs, wait=None):
    """Those that the copy has in one build; several at a time, but for tables, of which there is one."""

    def verdict(mutant):
        result = run_table(tests, mutant) if mutant.form == "table" else tests.verdict(mutant)
        return result if result or wait else run_documentation(mutant)

    # Words last: hardly any of them lives.
    switched = sorted((mutant for mutant in mutants if mutant.form != "table"), key=lambda one: one.old.startswith('"'))
    results.each(switched, verdict, wait, jobs)
    results.each([mutant for mutant in mutants if mutant.form == "table"], verdict, wait)


def choose(given):
    files = []
    for place in map(pathlib.Path, given.within or ["src"]):
        place = (ROOT / place).resolve()
        files += sorted(place.rglob("*.rs")) + sorted(place.rglob("*.tsv")) if place.is_dir() else [place]
    chosen = mutants([path for path in files if not path.name.endswith("tests.rs")])
    if given.only:
        # In the order of the list.
        places = {mutant.id: mutant for mutant in chosen}
        chosen = [places[name] for name in dict.fromkeys(given.only) if name in places]
    if given.draw:
        chosen = random.Random(given.seed).sample(chosen, min(given.draw, len(chosen)))
    return chosen


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, fromfile_prefix_chars="@"
    )
    options.add_argument("--in", dest="within", action="append", default=[], metavar="PATH")
    options.add_argument("--draw", type=int, metavar="N", help="only so many of them")
    options.add_argument("--seed", type=int, default=13)
    options.add_argument("--only", nargs="+", metavar="ID")
    options.add_argument("--jobs", type=int, default=1, metavar="N", help="so many at a time")
    options.add_argument("--list", action="store_true")
    options.add_argument("--rebuild", action="store_true", help="each in a build of its own; nothing is kept")
    given = options.parse_args()

    chosen = choose(given)
    if given.list:
        print("\n".join(map(str, chosen)))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    RESULTS.parent.mkdir(exist_ok=True)
    results = Results(len(chosen))
    if given.rebuild:
        results.known, results.commit = {}, results.commit + "-rebuilt"
    unknown = [mutant for mutant in chosen if mutant.id not in results.known]
    results.each([mutant for mutant in chosen if mutant.id in results.known], str)

    # All that were chosen, so that the build is the same when a run is taken up again.
    build = schemata.Schemata(ROOT, COPY, [] if given.rebuild else chosen)
    command = ["test", "--no-run", *FIRST]
    build.compile(lambda arguments: cargo(arguments)[0], command)
    tests = Tests(cargo(command)[1])
    print(f"{time.strftime('%H:%M')} built: {', '.join(tests.programs)}", flush=True)
    waiting = []
    if not given.rebuild:
        tests.suites = [suite for suite in tests.suites if suite not in SLOW]
        switched = [mutant for mutant in unknown if mutant.form != "rebuild"]
        waiting += [mutant for mutant in switched if mutant.id in results.waiting]
        first = [mutant for mutant in switched if mutant.id not in results.waiting]
        REACHED.mkdir(exist_ok=True)
        for mutant in first:
            reached_file(mutant).unlink(missing_ok=True)
        run_all(results, first, tests, given.jobs, waiting.append)
        tests.programs = cargo(["test", "--no-run", "--tests"])[1]
        done, tests.suites = tests.suites, Tests(tests.programs).suites
        tests.suites = [suite for suite in tests.suites if suite not in done]
        print(f"{time.strftime('%H:%M')} {len(waiting)} go through the other tests", flush=True)
        run_all(results, waiting, tests, given.jobs)
    rebuilt = unknown if given.rebuild else [mutant for mutant in unknown if mutant.form == "rebuild"]
    if rebuilt:
        for mutant in rebuilt:
            mutant.number, mutant.form = 0, "rebuild"
        schemata.Schemata(ROOT, COPY, []).write()
        results.each(rebuilt, lambda mutant: run_rebuilt(tests, mutant))

    found = [results.known[mutant.id] for mutant in chosen]
    counts = {
        "seen": sum(result.startswith("seen") for result in found),
        **{name: found.count(name) for name in ("lives", "not reached", "does not compile")},
    }
    print(f"{len(found)} mutants: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    return 1 if counts["lives"] or counts["not reached"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        sys.exit(1)
