"""Which leaves of a rendered object its live object lacks: what a three-way diff compares."""
import decimal
import re

# By what items of a list are known.
KEYS = ("name", "containerPort", "port", "mountPath", "key", "ip", "topologyKey")
QUANTITY = re.compile(r"^([+-]?[0-9.]+)([eE][+-]?[0-9]+|[KMGTPE]i|[numkMGTPE])?$")
FACTORS = {"n": "1e-9", "u": "1e-6", "m": "1e-3", "": "1", "k": "1e3", "M": "1e6", "G": "1e9", "T": "1e12", "P": "1e15", "E": "1e18"}
QUANTITIES = ("resources", "sizeLimit", "storage", "minResources")


def quantity(text):
    found = QUANTITY.match(str(text))
    if not found:
        return None
    try:
        number, suffix = decimal.Decimal(found[1]), found[2] or ""
    except decimal.InvalidOperation:
        return None
    if suffix.endswith("i"):
        return number * 1024 ** ("KMGTPE".index(suffix[0]) + 1)
    return number * decimal.Decimal(FACTORS.get(suffix) or "1" + suffix)


def missing(wanted, live, path=""):
    """(path, rendered value, live value) of each leaf that is not there, or another."""
    if isinstance(wanted, dict):
        if not isinstance(live, dict):
            return [(path, wanted, live)] if wanted else []
        return [found for key, value in wanted.items() for found in missing(value, live.get(key), path + "." + key)]
    if isinstance(wanted, list):
        if not isinstance(live, list):
            return [(path, wanted, live)] if wanted else []
        return [found for place, value in enumerate(wanted) for found in missing(value, counterpart(value, live, place), path + "[]")]
    if wanted == live or wanted is None or (live is None and wanted in ("", False, 0)):
        return []
    if any(word in path for word in QUANTITIES) and quantity(wanted) is not None and quantity(wanted) == quantity(live):
        return []
    return [(path, wanted, live)]


def counterpart(item, live, place):
    """The item of a live list that goes by the same keys, else the one at the same place."""
    if isinstance(item, dict) and any(key in item for key in KEYS):
        for other in live:
            if isinstance(other, dict) and all(other.get(key) == item.get(key) for key in KEYS if key in item):
                return other
    return live[place] if place < len(live) else None
