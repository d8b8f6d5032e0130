"""What differs between a recorded release and the nearest other one, as behaviour rows to consider."""
import collections
import json
import re

# Spark shuffles its local directories.
SHUFFLED = re.compile(r"/env\[SPARK_LOCAL_DIRS\]|/volumeMounts\[spark-local-dir-\d+\]/mountPath")


def leaves(value, path=""):
    """The paths of an object's leaves; items of lists go by their names."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, path + "/" + key)
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            name = item.get("name", number) if isinstance(item, dict) else number
            yield from leaves(item, "%s[%s]" % (path, name))
    elif isinstance(value, str) and path.endswith("/spark.properties"):
        for line in value.split("\n"):
            key, _, text = line.partition("=")
            yield "%s/%s" % (path, key), text
    else:
        yield path, json.dumps(value, ensure_ascii=False)


def objects_of(fixtures, row):
    ids = [row["driver"][k] for k in ("pod", "service", "configMap")] + row["driver"]["others"]
    ids += [row["executor"]["configMap"], *row["executor"]["pods"], *row["executor"]["others"]]
    out = {}
    for object_id in ids:
        if object_id is None:
            continue
        o = json.loads(fixtures.objects.lines[object_id])
        role = (o["metadata"].get("labels") or {}).get("spark-role", "")
        key = ("%s %s" % (role, o["kind"])).strip()
        out[key if key not in out else key + " 2"] = o
    return out


def differences(fixtures, old, new):
    """(object and path, old value, new value) by case; and outcomes that changed."""
    before, after = fixtures.rows(old), fixtures.rows(new)
    for case in sorted(set(before) & set(after)):
        a, b = before[case], after[case]
        if a["input"] != b["input"]:
            yield case, "(another submission than was recorded for %s: not compared)" % old, None, None
            continue
        for outcome in ("submitted", "executed"):
            if a[outcome] != b[outcome]:
                yield case, "(%s)" % outcome, str(a[outcome]), "%s %s" % (b[outcome], b.get("error", ""))
        x, y = objects_of(fixtures, a), objects_of(fixtures, b)
        for key in sorted(set(x) | set(y)):
            if (key in x) != (key in y):
                yield case, key, "(an object)" if key in x else None, "(an object)" if key in y else None
                continue
            p, q = dict(leaves(x[key])), dict(leaves(y[key]))
            for path in sorted(set(p) | set(q)):
                if p.get(path) != q.get(path) and not SHUFFLED.search(path):
                    yield case, key + path, p.get(path), q.get(path)


def print_differences(fixtures, version):
    nearest = fixtures.nearest(version)
    if nearest is None:
        print("no other release to compare with")
        return
    groups = collections.defaultdict(list)
    for case, path, a, b in differences(fixtures, nearest, version):
        groups[(path, a, b)].append(case)
    if not groups:
        print("Spark %s behaves as %s: no behaviour row is needed. Add the version to those that are recorded." % (version, nearest))
        return
    print("Spark %s against %s. Rows of the table of behaviours to consider (which release began with it is to be found in between):" % (version, nearest))
    for (path, a, b), names in sorted(groups.items(), key=lambda g: -len(g[1])):
        print("- %s%s\n    in %d cases: %s" % (path, "" if a is b is None else ": %s -> %s" % (str(a)[:160], str(b)[:160]), len(names), ", ".join(names[:6])))
