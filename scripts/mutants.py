#!/usr/bin/env python3
"""Breaks the source one place at a time and says which breaks no test sees.

    scripts/mutants.py --draw 150 --seed 13         150 places of all of src/, drawn with a seed
    scripts/mutants.py --in src/render/passes     every place of a folder or file, tables (.tsv) too
    scripts/mutants.py --list …                     only say which
    scripts/mutants.py --only ID …                  these alone, by what --list prints

A place is an operator, a comparison, a number, a boolean or a word in quotes, in code that is neither a test nor a comment. Each
mutant goes through the test suites in the order of SUITES until one fails; one that passes all lives, and is printed
with its line. Results are kept in target/mutants.tsv under the commit, so that a run can be stopped and taken up again.

Files are changed in place and put back, so the tree must be committed. Needs Python 3.8 and nothing else.
"""

import argparse
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "target/mutants.tsv"
# Fast ones that see most first; what follows `--` goes to the tests.
SUITES = [
    ["--test", "binary", "--", "expectations", "schedules", "versions"],
    ["--test", "binary", "--", "manifests", "effects", "cli"],
    ["--lib"],
    ["--test", "compat", "--test", "planning", "--test", "rules", "--test", "mutate", "--test", "source"],
    ["--test", "oracle", "--test", "emit", "--test", "diff", "--test", "certs", "--test", "previews"],
    ["--test", "explain"],
    ["--test", "binary"],
]
# Longer than any suite takes; a mutant that loops is caught by it.
TIMEOUT = 600
# Of the tests, in bytes: a mutant may allocate without end.
MEMORY = 6 << 30

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
]
PATTERN = re.compile("|".join(f"(?P<p{n}>{pattern})" for n, (pattern, _) in enumerate(WORDS)))


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


def code(text):
    """`text` with blanks for what is no code: comments, attributes, tests, character literals."""
    blank = lambda match: re.sub(r"[^\n]", " ", match.group())
    if text.startswith("# "):
        # A table: versions stand behind `@` or alone, all else are names.
        versions = re.finditer(r"(?<=@)[\d-]+|(?<=\t)[\d-]+(?=\t|$)", text, re.M)
        kept = {at for match in versions for at in range(*match.span())}
        return "".join(c if c == "\n" or at in kept else " " for at, c in enumerate(text))
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
    value = int(word.replace("_", ""))
    return [str(value + 1)] + ([str(value - 1)] if value else [])


def mutants(files):
    found = []
    for path in files:
        text = path.read_text()
        for match in PATTERN.finditer(code(text)):
            number = int(match.lastgroup[1:])
            for new in others(number, match.group()):
                found.append(Mutant(path, text, match.start(), match.end(), new))
    return found


def run(command, limit=None):
    """Whether the command ends well, in time and memory."""
    if limit:
        command = ["prlimit", f"--as={limit}", *command]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            return process.wait(TIMEOUT) == 0
        except BaseException as stopped:
            # The time is up, or somebody ends us: nothing may go on with a broken source.
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(stopped, subprocess.TimeoutExpired):
                return False
            raise


def suites():
    """The suites, less the tests that are not there."""
    names = {path.stem if path.is_file() else path.name for path in (ROOT / "tests").iterdir()}
    for suite in SUITES:
        cut = suite.index("--") if "--" in suite else len(suite)
        chosen, rest = suite[:cut], suite[cut:]
        if chosen[0] == "--test":
            chosen = [word for name in chosen[1::2] if name in names for word in ("--test", name)]
        if chosen:
            yield chosen, rest


def verdict(mutant, every):
    """`lives`, or what saw the mutant."""
    text = mutant.path.read_text()
    mutant.path.write_text(text[: mutant.start] + mutant.new + text[mutant.end :])
    try:
        for suite, rest in every:
            if not run(["cargo", "test", "--locked", "--quiet", *suite, "--no-run"]):
                return "does not compile"
            if not run(["cargo", "test", "--locked", "--quiet", *suite, *rest], MEMORY):
                return f"seen by {' '.join(word for word in suite + rest if not word.startswith('--t'))}"
        return "lives"
    finally:
        mutant.path.write_text(text)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--in", dest="within", action="append", default=[], metavar="PATH")
    options.add_argument("--draw", type=int, metavar="N", help="only so many of them")
    options.add_argument("--seed", type=int, default=13)
    options.add_argument("--only", nargs="+", metavar="ID")
    options.add_argument("--list", action="store_true")
    options.add_argument("--first", type=int, default=len(SUITES), metavar="N", help="only so many of the suites")
    given = options.parse_args()

    files = []
    for place in map(pathlib.Path, given.within or ["src"]):
        place = (ROOT / place).resolve()
        files += sorted(place.rglob("*.rs")) + sorted(place.rglob("*.tsv")) if place.is_dir() else [place]
    # A table without a comment on top holds no versions.
    files = [path for path in files if path.suffix == ".rs" or path.read_text().startswith("# ")]
    chosen = mutants([path for path in files if not path.name.endswith("tests.rs")])
    if given.only:
        chosen = [mutant for mutant in chosen if mutant.id in given.only]
    if given.draw:
        chosen = random.Random(given.seed).sample(chosen, min(given.draw, len(chosen)))
    if given.list:
        print("\n".join(map(str, chosen)))
        return 0
    if subprocess.run(["git", "diff", "--quiet", "HEAD", "--", "src"], cwd=ROOT).returncode:
        sys.exit("commit or stash what is changed in src first")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    RESULTS.parent.mkdir(exist_ok=True)
    known = {}
    if RESULTS.exists():
        rows = (line.split("\t") for line in RESULTS.read_text().splitlines())
        known = {row[1]: row[2] for row in rows if row[0] == commit}
    every = list(suites())[: given.first]
    for suite, rest in every:
        if not run(["cargo", "test", "--locked", "--quiet", *suite, *rest], MEMORY):
            sys.exit(f"cargo test {' '.join(suite + rest)} fails without any mutant")
    lives = 0
    for count, mutant in enumerate(chosen, 1):
        begin = time.monotonic()
        result = known.get(mutant.id) or verdict(mutant, every)
        seconds = time.monotonic() - begin
        if mutant.id not in known:
            with RESULTS.open("a") as file:
                file.write(f"{commit}\t{mutant.id}\t{result}\t{seconds:.0f}\n")
        lives += result == "lives"
        print(f"{count}/{len(chosen)}\t{result}\t{seconds:.0f} s\t{mutant}", flush=True)
    print(f"{lives} of {len(chosen)} live")
    return 1 if lives else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        sys.exit(1)
