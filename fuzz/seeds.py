#!/usr/bin/env python3
"""Writes seeds of a fuzz target, made of the fixtures: seeds.py TARGET FOLDER"""

import hashlib
import json
import sys
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
LARGEST = 16 << 10
BETWEEN = b"\n=====\n"
PARAMETERS = [
    [{"name": "kube-version", "string": "1.30"}, {"name": "inputs", "array": ["a", "b"]}],
    [{"name": "set", "map": {"a.b": "1", "c": "x"}}, {"name": "operator.driverPdb", "string": "true"}],
    [{"name": "argocd.syncWave", "string": "-1"}, {"name": "operator.kubeSchedulerNames", "array": ["yunikorn"]}],
]
TEMPLATES = [
    "{% for i in range(n) %}\n- {{ v }}: {{ i }}\n{% endfor %}",
    "{% set ns = namespace(x=['a']) %}{% for i in range(9) %}{% set ns.x = ns.x + [i ~ v] %}{% endfor %}a: {{ ns.x|join(',') }}",
    "{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}a: {{ f(3) }} {{ v|split('z') }} {% include 'self.j2' %}",
    "a: {{ v|upper|replace('Z', 'y')|indent(2) }} {{ [3, 1]|sort|unique|list }} {{ {'a': n}|items|list|string }}",
]


def texts(*folders, suffixes=(".yaml", ".yml", ".json")):
    """Texts of files below folders of the fixtures."""
    for folder in folders:
        for path in sorted((FIXTURES / folder).rglob("*")):
            if path.is_file() and path.suffix in suffixes and path.stat().st_size <= LARGEST:
                yield path.read_bytes()


def repositories():
    """Folders of fixtures as the `files` target reads them."""
    for folder in sorted(path for path in (FIXTURES / "cli").iterdir() if path.is_dir()):
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size <= 4096)
        parts = [f"# {path.relative_to(folder)}\n".encode() + path.read_bytes() for path in files[:8]]
        yield BETWEEN.join([*parts, b"# l.yaml -> ../beside/secret.yaml", b"# jobs -> ../beside/jobs"])


def seeds(target):
    applications = list(texts("types", "manifest", "explain", "rules", "effects", "mutate"))
    if target == "load":
        yield from texts("source", "rules", "cli")
    elif target == "emit_roundtrip":
        yield (FIXTURES / "hostile-strings.json").read_bytes()[:LARGEST]
        yield b'{"a": ["x", 1, null, true, {"b": "0x1f"}], "yes": "on"}'
    elif target == "pipeline":
        for number, text in enumerate(applications):
            head = hashlib.sha256(text).digest()[:5]
            yield bytes([head[0] & 0x7F if number % 4 else head[0], *head[1:]]) + text
    elif target == "config":
        yield from (text for text in texts("types", "cli", "manifest", "explain") if b"kind: SparkRender" in text)
    elif target == "parameters":
        yield from (json.dumps(one).encode() for one in PARAMETERS)
    elif target == "krm":
        yield from (text for text in texts("types", "cli", "hosts") if b"ResourceList" in text)
        for text in applications[:40]:
            lines = b"".join(b"  " + line + b"\n" for line in text.split(b"\n---")[0].splitlines())
            yield b"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n-" + lines[1:]
    elif target == "template":
        for template in TEMPLATES:
            yield template.encode() + BETWEEN + b"{n: 3, v: xyz}"
        yield from texts("cli", suffixes=(".j2",))
    elif target == "review":
        both = applications[:60]
        for old, new in zip(both, both[1:] + both[:1]):
            yield BETWEEN.join([old, new, b"spec.driver.env[A]"])
    elif target == "files":
        for number, text in enumerate(repositories()):
            for command in range(23):
                if (number + command) % 4 == 0:
                    yield bytes([command]) + text


def main():
    target, folder = sys.argv[1:]
    for seed in seeds(target):
        Path(folder, hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


if __name__ == "__main__":
    main()
