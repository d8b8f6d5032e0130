"""java.util.Properties, read and written as Java does."""


def parse(text):
    """The entries in the order of the file."""
    out, line = {}, ""
    for part in text.split("\n"):
        part = part.lstrip(" \t\f")
        if not line and (not part or part[0] in "#!"):
            continue
        if (len(part) - len(part.rstrip("\\"))) % 2 == 1:
            line += part[:-1]
            continue
        key, value = split(line + part)
        out[unescaped(key)] = unescaped(value)
        line = ""
    return out


def split(line):
    at = 0
    while at < len(line) and line[at] not in "=: \t\f":
        at += 2 if line[at] == "\\" else 1
    key, rest = line[:at], line[at:].lstrip(" \t\f")
    return key, rest[1:].lstrip(" \t\f") if rest[:1] in ("=", ":") else rest


def unescaped(text):
    out, at = "", 0
    while at < len(text):
        c = text[at]
        if c == "\\" and at + 1 < len(text):
            at += 1
            c = text[at]
            if c == "u":
                out += chr(int(text[at + 1:at + 5], 16))
                at += 4
            else:
                out += {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}.get(c, c)
        else:
            out += c
        at += 1
    return out


def escaped(text, key):
    out = ""
    for at, c in enumerate(text):
        if c in "\\=:#!":
            out += "\\" + c
        elif c == " " and (key or at == 0):
            out += "\\ "
        elif c in "\t\n\r\f":
            out += {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f"}[c]
        elif not 32 <= ord(c) <= 126:
            units = c.encode("utf-16-be")
            out += "".join("\\u%04X" % int.from_bytes(units[i:i + 2], "big") for i in range(0, len(units), 2))
        else:
            out += c
    return out


def write(entries, path):
    with open(path, "w", encoding="utf-8") as f:
        f.write("".join("%s=%s\n" % (escaped(k, True), escaped(v, False)) for k, v in entries.items()))
