"""Puts the facts of all Sparks together: which keys each of them reads.

    derive.py PATTERNS VERSION=FACTS… > keys.tsv        VERSIONs in ascending order; FACTS as ConfKeys.java prints them

A row: key, first version, last minor (empty: still read), the name that took its place (for old names). See README.md."""

import itertools
import re
import sys

WATCHED = re.compile(r"spark\.(kubernetes|executor|driver|dynamicAllocation|submit)\.[\w.-]*\w")
# Texts of the jars that begin a key or name one of the user's variables, but are none that is read as it stands.
NO_KEYS = {
    "spark.kubernetes.authenticate",
    "spark.kubernetes.authenticate.driver",
    "spark.kubernetes.authenticate.driver.mounted",
    "spark.kubernetes.authenticate.executor",
    "spark.kubernetes.authenticate.submission",
    "spark.kubernetes.driverEnv.OMP_NUM_THREADS",
}
# Read by classes that are built in on request only (profile `volcano`, until 4.1), so that no published jar shows their beginning.
BEFORE_PUBLISHED = {
    "spark.kubernetes.scheduler.volcano.podGroupTemplateFile": "3.3.0",
    "spark.kubernetes.scheduler.volcano.podGroupTemplateJson": "3.3.0",
}


def patterns(path):
    """(pattern, texts that show it), braces resolved: the same braces in a row stand for the same choice."""
    for line in open(path):
        if line.startswith("#") or not line.strip():
            continue
        pattern, evidence = line.rstrip("\n").split("\t")
        braces = sorted(set(re.findall(r"\{[^}]*\}", pattern)))
        for chosen in itertools.product(*(brace[1:-1].split(",") for brace in braces)):
            row = [pattern, evidence]
            for brace, choice in zip(braces, chosen):
                row = [part.replace(brace, choice) for part in row]
            assert "{" not in row[1], f"{pattern}: {row[1]}"
            yield row[0], row[1].split()


def minor(version):
    return ".".join(version.split(".")[:2])


def number(version):
    return [int(part) for part in version.split(".")]


class Spark:
    def __init__(self, version, path, rows):
        self.since, self.instead, self.texts = {}, {}, set()
        for line in open(path):
            fact, key, *rest = line.rstrip("\n").split("\t")
            if fact == "text":
                self.texts.add(key)
                if WATCHED.fullmatch(key) and key not in NO_KEYS:
                    self.since.setdefault(key, "")
                continue
            if fact == "entry":
                self.since[key] = rest[0]
                for other in filter(None, rest[1].split(",")):
                    self.since.setdefault(other, "")
                    self.instead[other] = key
            elif fact == "alternate":
                self.since.setdefault(key, "")
                self.instead[key] = rest[1]
            else:
                self.since.setdefault(key, "")
        for pattern, evidence in rows:
            if all(text in self.texts for text in evidence):
                self.since[pattern] = ""
        heads = [pattern.removesuffix("**") for pattern, _ in rows]
        for text in self.texts:
            if text.endswith(".") and WATCHED.fullmatch(text[:-1]) and not any(head.startswith(text) for head in heads):
                print(f"{version}: `{text}` begins keys, but no pattern does", file=sys.stderr)
        self.since = {key: since for key, since in self.since.items() if WATCHED.match(key)}


def main():
    rows = list(patterns(sys.argv[1]))
    sparks = {}
    for argument in sys.argv[2:]:
        version, path = argument.split("=", 1)
        sparks[version] = Spark(version, path, rows)
    order = list(sparks)
    for pattern, _ in rows:
        if not any(pattern in spark.since for spark in sparks.values()):
            print(f"`{pattern}` is read by no Spark", file=sys.stderr)
    print("# What each Spark reads. Made by scripts/conf-keys, which says how; not edited.")
    print("# key\tfirst version\tlast minor\tin place of it")
    for key in sorted(set().union(*(spark.since for spark in sparks.values()))):
        has = [version for version in order if key in sparks[version].since]
        first, last = has[0], has[-1]
        gap = order[order.index(first) : order.index(last) + 1] != has
        stated = sparks[last].since[key] or sparks[first].since[key]
        shown = minor(first) + ".0" if first != order[0] else ""
        since = BEFORE_PUBLISHED.get(key, stated or shown)
        if gap:
            print(f"{key}: read by {has} only", file=sys.stderr)
        if stated and key not in BEFORE_PUBLISHED:
            before = [version for version in order if number(version) < number(stated)]
            if first in before:
                print(f"{key}: said to be of {stated}, but in {first}", file=sys.stderr)
                since = shown
            elif first != order[0] and minor(first) != minor(stated):
                print(f"{key}: said to be of {stated}, but not before {first}", file=sys.stderr)
                since = shown
        until = "" if last == order[-1] else minor(last)
        instead = next((spark.instead[key] for spark in reversed(sparks.values()) if key in spark.instead), "")
        print(f"{key}\t{since}\t{until}\t{instead}")


main()
