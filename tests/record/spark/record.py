#!/usr/bin/env python3
"""Records what a release of Spark sends to Kubernetes.

    record.py VERSION                     all cases of cases.toml into fixtures/oracle, and what differs from the nearest
                                          recorded release, as behaviour rows to consider
    record.py VERSION --cases REGEX       those cases only
    record.py VERSION --check             writes nothing; fails if a recorded case differs from the fixtures
    record.py VERSION --compare           only the comparison with the nearest recorded release
    record.py VERSION --home DIR          of a SPARK_HOME that is there already
    record.py VERSION --spec FILE         one submission of your own (JSON: conf, main_class, resource, args, files, ...): its
                                          recording as JSON on standard output

The release is PyPI's pyspark, 200 to 450 MB, kept under $SPARK_RENDER_ORACLES (~/.cache/spark-render). Needs Java 17 with
javac, Python 3.11, root or user namespaces (`unshare --mount --net`).
"""
import argparse
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
WORK = os.path.join(os.environ.get("SPARK_RENDER_ORACLES") or os.path.expanduser("~/.cache/spark-render"), "spark")
INSIDE = "RECORD_INSIDE_NAMESPACE"
# A fresh JVM after so many cases: state of failed drivers piles up.
CASES_OF_A_JVM = 40


def install(version, given):
    """The release (its SPARK_HOME is returned) and the harness's classes."""
    for folder in ("scratch", "logs", "inputs", "java"):
        os.makedirs(os.path.join(WORK, folder), exist_ok=True)
    target = os.path.join(WORK, "spark-" + version)
    home = given or os.path.join(target, "pyspark")
    if not os.path.isdir(os.path.join(home, "jars")):
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-compile", "--disable-pip-version-check",
                        "--root-user-action=ignore", "--target", target, "pyspark==" + version], check=True, stdout=sys.stderr)
    sources = sorted(os.path.join(HERE, "java", f) for f in os.listdir(os.path.join(HERE, "java")) if f.endswith(".java"))
    built = os.path.join(WORK, "java", "Harness.class")
    if not os.path.exists(built) or os.path.getmtime(built) < max(map(os.path.getmtime, sources)):
        subprocess.run(["javac", "-nowarn", "-d", os.path.join(WORK, "java"), "-cp", home + "/jars/*", *sources], check=True)
    return home


def enter_namespace():
    """Starts this program again where submissions reach nothing but the recording API server."""
    if os.environ.get(INSIDE) != "1":
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--net", os.path.join(HERE, "in_namespace.sh"), sys.executable, *sys.argv])


def record(version, home, wanted):
    from release import Release
    release, recorded = Release(version, home, WORK), []
    for number, case in enumerate(wanted):
        if number and number % CASES_OF_A_JVM == 0:
            release.stop()
        begin = time.time()
        done = release.record(case)
        recorded.append(done)
        said = "; ".join(filter(None, [done["submit"]["error"], (done.get("execute") or {}).get("error")]))
        print("%-28s %s %s %4.1f s %s" % (case["name"], "sent" if done["submit"]["ok"] else "refused",
              "executors" if (done.get("execute") or {}).get("ok") else "none     ", time.time() - begin, said[:100].split("\n")[0]),
              file=sys.stderr, flush=True)
    release.stop()
    return recorded


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version")
    parser.add_argument("--cases", default=".")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--home")
    parser.add_argument("--spec")
    parser.add_argument("--fixtures", default=os.path.join(ROOT, "fixtures", "oracle"))
    options = parser.parse_args()
    sys.path.insert(0, HERE)
    from fixtures import Fixtures
    fixtures = Fixtures(options.fixtures)
    if not options.compare:
        home = install(options.version, options.home)  # before the network is gone; again inside, where nothing is left to do
        enter_namespace()
        import cases
        if options.spec:
            with open(options.spec, encoding="utf-8") as f:
                case = {"name": "own", "args": [], "conf": {}, "files": {}, "main_class": None, **json.load(f)}
            json.dump(record(options.version, home, [case])[0], sys.stdout, indent=1, ensure_ascii=False)
            return
        wanted = [case for name, case in cases.load().items() if re.search(options.cases, name)]
        begin = time.time()
        rows = [fixtures.row(options.version, recorded) for recorded in record(options.version, home, wanted)]
        print("%d cases of Spark %s recorded in %.0f s" % (len(rows), options.version, time.time() - begin))
        if options.check:
            known = fixtures.rows(options.version)
            changed = [row["case"] for row in rows if row != known.get(row["case"])]
            if changed:
                sys.exit("differ from fixtures/oracle: " + ", ".join(changed))
            print("equal to fixtures/oracle")
            return
        fixtures.write(options.version, rows)
    import compare
    compare.print_differences(fixtures, options.version)


if __name__ == "__main__":
    main()
