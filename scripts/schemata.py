"""Many mutants in one build: an instrumented copy of the tree in which an environment variable switches one of them on.

A mutant takes one of these forms, the first of those that compile:

    atom     a literal in an expression: `3` becomes `(if crate::mutant::on(7) { 4 } else { 3 })`
    body     the body of its function, a second time: `{ if crate::mutant::on(7) { … } else { … } }`
    item     the value of its constant or static, a second time, behind a type that dereferences to one of the two
    table    a file that is embedded with `include_str!`, which the copy reads when it starts
    rebuild  none of them: its own build

What does not compile is told by the places in rustc's errors, and taken out until `cargo check` passes.
"""

import json
import re
import shutil
import subprocess

SWITCH = "SPARK_RENDER_MUTANT"
REACHED = SWITCH + "_REACHED"

HELPER = """//! The switch of the mutants, which is in instrumented copies only.
#![allow(dead_code, missing_docs)]

use std::{fs, ops::Deref, sync::{LazyLock, Once, OnceLock}};

static ACTIVE: LazyLock<usize> =
    LazyLock::new(|| std::env::var("SPARK_RENDER_MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(0));
static REACHED: Once = Once::new();

#[inline]
pub fn on(number: usize) -> bool {
    let is = *ACTIVE == number;
    if is {
        REACHED.call_once(|| {
            if let Some(path) = std::env::var_os("SPARK_RENDER_MUTANT_REACHED") {
                let _ = fs::File::create(path);
            }
        });
    }
    is
}

pub struct Choice<T: 'static>(pub &'static T, pub &'static [(usize, &'static T)]);

impl<T> Deref for Choice<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.1.iter().find(|(number, _)| on(*number)).map_or(self.0, |(_, other)| other)
    }
}

pub struct Table(OnceLock<&'static str>, &'static str);

impl Table {
    pub const fn new(path: &'static str) -> Self {
        Self(OnceLock::new(), path)
    }
}

impl Deref for Table {
    type Target = &'static str;

    fn deref(&self) -> &&'static str {
        self.0.get_or_init(|| Box::leak(fs::read_to_string(self.1).expect("the copy has it").into_boxed_str()))
    }
}
"""

TOKENS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|b?r(?P<hash>\#*)".*?"(?P=hash)|b?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\\n]|\\[^\n]|\\u\{\w+\})'""", re.S
)


def mask(text):
    """`text` with blanks for comments, texts and characters, so that brackets can be counted."""
    return TOKENS.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def closing(masked, at):
    """The bracket that closes the one at `at`."""
    depth = 0
    for match in re.compile(r"[(\[{)\]}]").finditer(masked, at):
        depth += 1 if match.group() in "([{" else -1
        if not depth:
            return match.start()
    return len(masked)


class Function:
    """Where a function's `const` and its body stand."""

    def __init__(self, name, const, start, end):
        self.name, self.const, self.start, self.end = name, const, start, end


class Item:
    """A constant or static: its declaration up to the name, its type, its value."""

    def __init__(self, match, start, end):
        self.name = match["name"]
        self.visibility = match["visibility"] or ""
        self.begin, self.type = match.start("visibility") if match["visibility"] else match.start("word"), (0, 0)
        self.start, self.end = start, end
        # Of a trait or an implementation: no static can be there.
        self.associated = False


def top_level(masked, at, stops):
    """The first of `stops` after `at` that no bracket encloses."""
    pattern = re.compile(r"[(\[{]|" + stops)
    while match := pattern.search(masked, at):
        if match.group() not in ("(", "[", "{") or re.fullmatch(stops, match.group()):
            return match.start()
        at = closing(masked, match.start()) + 1
    return len(masked)


class Source:
    """A file of the tree, with the places that matter."""

    def __init__(self, path, text):
        self.path, self.text, self.masked = path, text, mask(text)
        self.functions, self.items = [], []
        for match in re.finditer(r"(?P<const>\bconst\s+)?\bfn\s+(?P<name>\w+)", self.masked):
            start = top_level(self.masked, match.end(), r"[{;]")
            if start < len(text) and text[start] == "{":
                const = match.span("const") if match["const"] else None
                self.functions.append(Function(match["name"], const, start, closing(self.masked, start)))
        implementations = []
        for match in re.finditer(r"^ *(?:pub(?:\([^)]*\))?\s+)?(?:impl|trait)\b", self.masked, re.M):
            start = top_level(self.masked, match.end(), r"[{;]")
            implementations.append((start, closing(self.masked, start)))
        pattern = r"(?P<visibility>\bpub(?:\([^)]*\))?\s+)?(?P<word>\b(?:const|static))\s+(?P<name>[A-Z][A-Z0-9_]*|_)\s*:"
        for match in re.finditer(pattern, self.masked):
            equals = top_level(self.masked, match.end(), r"=(?![=>])|;")
            end = top_level(self.masked, equals, ";")
            if text[equals : equals + 1] == "=":
                item = Item(match, equals + 1, end)
                item.type = (match.end(), equals)
                item.associated = any(start < item.begin < end for start, end in implementations)
                self.items.append(item)

    def function(self, at):
        within = [function for function in self.functions if function.start < at < function.end]
        return max(within, key=lambda function: function.start, default=None)

    def item(self, at):
        within = [item for item in self.items if item.begin <= at < item.end]
        return max(within, key=lambda item: item.start, default=None)


class Region:
    """A piece of an instrumented file, and whose it is."""

    def __init__(self, start, end, owners):
        self.start, self.end, self.owners = start, end, owners


class Schemata:
    """Instruments the copy at `copy` for `mutants`, which get `.number` and `.form`."""

    FORMS = ["atom", "body", "item", "rebuild"]

    def __init__(self, root, copy, mutants, log=print):
        self.root, self.copy, self.mutants, self.log = root, copy, mutants, log
        # `loose`: functions that are no longer `const`, and because of whom.
        self.loose, self.regions = {}, {}
        self.sources = {}
        for path in sorted((root / "src").rglob("*.rs")) + sorted((root / "tests").rglob("*.rs")):
            self.sources[path] = Source(path, path.read_text())
        # What did not compile in a form, will not the next time.
        copy.parent.mkdir(parents=True, exist_ok=True)
        self.kept = copy.parent / "forms.json"
        self.forms = json.loads(self.kept.read_text()) if self.kept.exists() else {}
        for number, mutant in enumerate(mutants, 1):
            mutant.number = number
            mutant.form = self.forms.get(str(mutant)) or self.first_form(mutant)

    def keep(self):
        """So that the next run begins where this one is."""
        self.forms.update({str(mutant): mutant.form for mutant in self.mutants})
        self.kept.write_text(json.dumps(self.forms))

    def first_form(self, mutant):
        if mutant.path.suffix != ".rs":
            return "table"
        if mutant.path.name == "main.rs":
            return "rebuild"
        source = self.sources[mutant.path]
        item, function = source.item(mutant.start), source.function(mutant.start)
        if item and item.name != "_" and not item.associated and not (function and function.start > item.begin):
            return "item"
        return "atom" if re.match(r'["\d]|true|false', mutant.old) else "body" if function else "rebuild"

    def demote(self, mutant):
        """The next form."""
        source = self.sources[mutant.path]
        can = mutant.form in ("atom", "item") and source.function(mutant.start)
        mutant.form = "body" if can else "rebuild"

    def write(self):
        """The instrumented copy, and the regions of what was changed."""
        self.copy_tree()
        edits = {path: [] for path in self.sources}
        by_path = {}
        for mutant in self.mutants:
            by_path.setdefault(mutant.path, []).append(mutant)
        self.edit_tables({path for path in by_path if path.suffix != ".rs"}, edits)
        for path, mutants in by_path.items():
            if path.suffix == ".rs":
                self.edit_items(self.sources[path], mutants, edits)
        for path, mutants in by_path.items():
            if path.suffix == ".rs":
                self.edit_functions(self.sources[path], mutants, edits)
        self.regions = {}
        for path, source in self.sources.items():
            text, regions = applied(source.text, edits[path])
            if path.is_relative_to(self.root / "tests"):
                text = text.replace(
                    ".env_clear()", f'.env_clear().envs(std::env::vars().filter(|(name, _)| name.starts_with("{SWITCH}")))'
                )
            target = self.copy / path.relative_to(self.root)
            if path.name == "lib.rs" and path.parent.name == "src":
                text += "\npub mod mutant;\n"
            if not target.exists() or target.read_text() != text:
                target.write_text(text)
            self.regions[path.relative_to(self.root)] = regions
        helper = self.copy / "src/mutant.rs"
        if not helper.exists() or helper.read_text() != HELPER:
            helper.write_text(HELPER)

    def copy_tree(self):
        """The tracked files but those that are instrumented; what did not change keeps its time."""
        self.copy.mkdir(parents=True, exist_ok=True)
        names = subprocess.check_output(["git", "ls-files", "-z"], cwd=self.root, text=True).split("\0")
        for name in filter(None, names):
            source, target = self.root / name, self.copy / name
            if source in self.sources or not source.exists():
                continue
            if source.is_symlink():
                if not target.is_symlink():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.symlink_to(source.readlink())
            elif not target.exists() or target.stat().st_mtime < source.stat().st_mtime or (
                target.stat().st_size != source.stat().st_size
            ):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        for path in self.sources:
            (self.copy / path.relative_to(self.root)).parent.mkdir(parents=True, exist_ok=True)

    def edit_items(self, source, mutants, edits):
        items = {}
        for mutant in mutants:
            if mutant.form == "item":
                items.setdefault(source.item(mutant.start), []).append(mutant)
        for item, here in items.items():
            self.edit_item(source, item, here, edits)

    def edit_functions(self, source, mutants, edits):
        # What is there by now belongs into each body.
        mine, before = edits[source.path], list(edits[source.path])
        bodies, atoms = {}, {}
        for mutant in mutants:
            if mutant.form == "atom":
                atoms.setdefault((mutant.start, mutant.end), []).append(mutant)
            elif mutant.form == "body":
                bodies.setdefault(source.function(mutant.start), []).append(mutant)
        for (start, end), here in atoms.items():
            chain = "".join(f"if crate::mutant::on({mutant.number}) {{ {mutant.new} }} else " for mutant in here)
            mine.append((start, end, [(f"({chain}{{ {source.text[start:end]} }})", here)]))
        for function, here in bodies.items():
            pieces = [(" ", [])]
            for mutant in here:
                # Sorted before an item that holds it, so that it wins.
                change = (mutant.start, mutant.end, [(mutant.new, [])])
                within = [edit for edit in before if not edit[0] <= mutant.start < edit[1]]
                body, _ = applied(source.text, [*within, change], function.start, function.end + 1)
                pieces.append((f"if crate::mutant::on({mutant.number}) {body} else ", [mutant]))
            pieces.append(("{", here))
            mine.append((function.start + 1, function.start + 1, pieces))
            mine.append((function.end, function.end, [("}", here)]))
        for function in source.functions:
            if function.const and any(function.start < start and end <= function.end for start, end, _ in mine):
                owners = [one for *_, pieces in mine for _, all in pieces for one in all]
                within = [one for one in owners if one.path == source.path and function.start < one.start < function.end]
                mine.append((*function.const, [("  ", within)]))
                self.loose[function.name] = within or owners
        for item in source.items:
            if item.name == "_":
                mine.append((item.start, item.end, [(" ()", [])]))

    def edit_item(self, source, item, mutants, edits):
        text = source.text
        kind = text[slice(*item.type)].strip()
        # Statics of their own: what a function makes is no constant that a reference could outlive.
        pieces = [(f"static {item.name}_0: {kind} ={text[item.start : item.end]}; ", mutants)]
        for mutant in mutants:
            value = text[item.start : mutant.start] + mutant.new + text[mutant.end : item.end]
            pieces.append((f"static {item.name}_{mutant.number}: {kind} ={value}; ", [mutant]))
        others = "".join(f"({mutant.number}, &{item.name}_{mutant.number}), " for mutant in mutants)
        declared = f"static {item.name}: crate::mutant::Choice<{kind}>"
        pieces.append((f"{item.visibility}{declared} = crate::mutant::Choice(&{item.name}_0, &[{others}])", mutants))
        edits[source.path].append((item.begin, item.end, pieces))
        self.edit_uses(source, item, mutants, edits)

    def edit_uses(self, source, item, owners, edits):
        """`NAME` becomes `(*NAME)`, in its file and where its module is named."""
        module = source.path.parent.name if source.path.name == "mod.rs" else source.path.stem
        alone = sum(one.name == item.name for other in self.sources.values() for one in other.items) == 1
        for other in self.sources.values():
            qualified = "" if other is source or alone else rf"(?<!\w)(?:\w+::)*{module}::"
            for match in re.finditer(rf"{qualified}(?<!\w)(?:\w+::)*{item.name}\b", other.masked):
                at = match.start()
                declared = other is source and item.begin <= at < item.end
                statement = other.masked[max(other.masked.rfind(";", 0, at), other.masked.rfind("}", 0, at)) + 1 : at]
                imported = re.match(r"\s*(#\[[^\]]*\]\s*)*(pub(\([^)]*\))?\s+)?use\b", statement)
                again = any(one.name == item.name and one.begin <= at < one.type[0] for one in other.items)
                if not declared and not imported and not again:
                    edits[other.path].append((at, match.end(), [(f"(*{match.group()})", owners)]))

    def edit_tables(self, paths, edits):
        """Who reads a table reads the file; who only hands it on keeps the embedded text."""
        for source in self.sources.values():
            for item in source.items:
                match = re.fullmatch(r'\s*include_str!\("([^"]*)"\)\s*', source.text[item.start : item.end])
                table = match and (source.path.parent / match[1]).resolve()
                if table not in paths:
                    continue
                path = self.copy / table.relative_to(self.root)
                inside = "crate" if source.path.is_relative_to(self.root / "src") else "spark_render"
                name = item.name + "_READ"
                new = f'; static {name}: {inside}::mutant::Table = {inside}::mutant::Table::new("{path}")'
                edits[source.path].append((item.end, item.end, [(new, [])]))
                for use in re.finditer(rf"(?<!\w|:){item.name}\b", source.masked):
                    if not item.begin <= use.start() < item.end:
                        edits[source.path].append((*use.span(), [(f"(*{name})", [])]))

    def compile(self, cargo, build):
        """Instruments, checks the library, which has nearly all of the errors, and builds, until it compiles."""
        stages = [["check", "--lib"], build]
        for attempt in range(1, 40):
            self.write()
            errors = [message for message in cargo(stages[0]) if message["level"] == "error"]
            self.keep()
            forms = {form: sum(mutant.form == form for mutant in self.mutants) for form in [*self.FORMS, "table"]}
            self.log(f"check {attempt}: {len(errors)} errors; {forms}")
            if not errors:
                stages.pop(0)
                if not stages:
                    return
            found, unexplained = set(), []
            for message in errors:
                owners = self.owners(message)
                match = re.search(r"cannot call non-const (?:associated )?(?:function|method) `(?:[^`]*::)?(\w+)", message["message"])
                if match and not owners:
                    owners = set(self.loose.get(match[1], []))
                if not owners and re.search(r"\bChoice<", message["rendered"]):
                    owners = self.of_items(message)
                found |= owners
                if not owners and message["spans"]:
                    unexplained.append(message)
            for mutant in found:
                self.demote(mutant)
            if not found and unexplained:
                raise SystemExit("no mutant explains:\n" + "\n".join(message["rendered"] for message in unexplained))
        raise SystemExit("the instrumented copy does not compile")

    def of_items(self, message):
        """The mutants of the items that are named at the places of an error."""
        lines = " ".join(line["text"] for span in unfolded(message["spans"]) for line in span["text"])
        words = set(re.findall(r"\w+", lines))
        items = [mutant for mutant in self.mutants if mutant.form == "item"]
        return {mutant for mutant in items if self.sources[mutant.path].item(mutant.start).name in words}

    def owners(self, message):
        """The mutants at the places of an error: those around it, else those within it."""
        spans = list(unfolded(message["spans"]))
        for primary in (True, False):
            around, inside = set(), set()
            for span in spans:
                if span["is_primary"] != primary:
                    continue
                name = span["file_name"]
                regions = next((regions for path, regions in self.regions.items() if name.endswith(str(path))), [])
                for region in regions:
                    if region.start <= span["byte_start"] and span["byte_end"] <= region.end:
                        around |= set(region.owners)
                    elif span["byte_start"] <= region.start and region.end <= span["byte_end"]:
                        inside |= set(region.owners)
            if around or inside:
                return around or inside
        for child in message["children"]:
            if owners := self.owners({**child, "children": []}):
                return owners
        return set()


def unfolded(spans):
    """Spans, and those of the macros' calls that they come from."""
    for span in spans:
        yield span
        if span.get("expansion"):
            yield from unfolded([{**span["expansion"]["span"], "is_primary": span["is_primary"]}])


def applied(text, edits, first=0, until=None):
    """`text`, or a part of it, with `edits` (start, end, pieces with owners), and the regions of the pieces, in bytes."""
    until = len(text) if until is None else until
    out, regions, last, size = [], [], first, 0

    def push(piece):
        nonlocal size
        out.append(piece)
        size += len(piece.encode())

    for start, end, pieces in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        if start < last or end > until:
            # Within an item that was replaced as a whole, or beyond the part.
            continue
        push(text[last:start])
        for piece, owners in pieces:
            begin = size
            push(piece)
            if owners:
                regions.append(Region(begin, size, owners))
        last = end
    push(text[last:until])
    return "".join(out), regions


def messages(output):
    """rustc's messages in what cargo printed."""
    for line in output.splitlines():
        if line.startswith("{"):
            parsed = json.loads(line)
            if parsed.get("reason") == "compiler-message":
                yield parsed["message"]


def executables(output):
    """Test binaries by the name of their target."""
    found = {}
    for line in output.splitlines():
        if line.startswith("{"):
            parsed = json.loads(line)
            if parsed.get("reason") == "compiler-artifact" and parsed.get("executable") and parsed["profile"]["test"]:
                found[parsed["target"]["name"]] = parsed["executable"]
    return found
