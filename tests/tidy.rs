//! Invariants of the code itself.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]

#[path = "tidy/versions.rs"]
mod versions;

use std::{collections::BTreeSet, fs, path::Path};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Item;

fn rust_files(dir: &Path, found: &mut Vec<std::path::PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_source_file_says_what_it_is_and_stays_short() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    assert!(!files.is_empty());
    let mut faults = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        if !text.starts_with("//!") {
            faults.push(format!("{} has no module documentation", file.display()));
        }
        if text.lines().count() > 600 && !text.contains("//! Table:") {
            faults.push(format!("{} has more than 600 lines", file.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The rooms of `src/lib.rs` that a file uses, whatever the form: `use` trees, paths in code and in macros, and paths
/// through `super`. Code for tests only does not count.
fn rooms_used(text: &str, depth: usize) -> BTreeSet<String> {
    let file = syn::parse_file(text).unwrap();
    let items = file.items.into_iter().filter(|item| !is_test_only(item));
    let tokens: TokenStream = items.map(ToTokens::into_token_stream).collect();
    let mut used = BTreeSet::new();
    collect_paths(tokens, depth, &mut used);
    used
}

fn is_test_only(item: &Item) -> bool {
    let attributes = match item {
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| attribute.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]")
}

/// Looks for `crate::x` and for enough `super::` to reach the root of a module `depth` levels below it.
fn collect_paths(tokens: TokenStream, depth: usize, used: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |index: usize, text: &str| tokens.get(index).is_some_and(|token| token.to_string() == text);
    let separator = |index: usize| is(index, ":") && is(index + 1, ":");
    for (index, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            collect_paths(group.stream(), depth, used);
        }
        let mut after = index;
        if is(index, "crate") {
            after += 1;
        } else if is(index, "super") {
            let mut climbed = 1;
            while separator(index + 3 * climbed - 2) && is(index + 3 * climbed, "super") {
                climbed += 1;
            }
            if climbed != depth {
                continue;
            }
            after += 3 * climbed - 2;
        } else {
            continue;
        }
        if !separator(after) {
            continue;
        }
        match tokens.get(after + 2) {
            Some(TokenTree::Ident(name)) => {
                used.insert(name.to_string());
            }
            // A use tree: the first name of each branch.
            Some(TokenTree::Group(group)) => {
                let mut first = true;
                for token in group.stream() {
                    match token {
                        TokenTree::Ident(name) if first => {
                            used.insert(name.to_string());
                            first = false;
                        }
                        TokenTree::Punct(punct) if punct.as_char() == ',' => first = true,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}

fn rooms() -> Vec<String> {
    let lib = fs::read_to_string("src/lib.rs").unwrap();
    let name = |line: &str| Some(line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')?.to_owned());
    lib.lines().filter_map(name).collect()
}

/// What `text` in the file `path` below `src` uses from rooms above its own.
fn arrows_up(path: &Path, text: &str, rooms: &[String]) -> Vec<String> {
    let mut parts: Vec<String> =
        path.with_extension("").components().map(|part| part.as_os_str().to_str().unwrap().to_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    let place = |room: &str| rooms.iter().position(|name| name == room);
    let Some(own) = place(&parts[0]) else { return Vec::new() };
    rooms_used(text, parts.len())
        .into_iter()
        .filter(|room| place(room).is_some_and(|place| place > own))
        .map(|room| format!("src/{} uses `{room}`, which stands above `{}`", path.display(), parts[0]))
        .collect()
}

#[test]
fn arrows_run_down_only() {
    let rooms = rooms();
    assert!(rooms.len() > 5, "{rooms:?}");
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    let mut faults = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        faults.extend(arrows_up(file.strip_prefix("src").unwrap(), &text, &rooms));
    }
    assert!(faults.is_empty(), "{} arrows up:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn an_arrow_up_is_seen_in_every_form() {
    let rooms = ["tree", "kube", "render"].map(str::to_owned);
    let up = |path: &str, text: &str| arrows_up(Path::new(path), text, &rooms).len();
    for text in [
        "use crate::{render::Options, tree::Node};",
        "use crate::{\n    tree::Node,\n    render::Options,\n};",
        "use crate::render::Options;",
        "pub use crate::render as other;",
        "fn f() { let x = crate::render::options(); }",
        "fn f() { assert_eq!(1, crate::render::one()); }",
        "fn f() { use crate::{tree::Node, render}; }",
        "use super::super::render::Options;",
    ] {
        assert_eq!(up("kube/version.rs", text), 1, "{text}");
    }
    assert_eq!(up("kube/mod.rs", "use super::render::Options;"), 1);
    assert_eq!(up("kube/version.rs", "use super::render::Options;"), 0, "a module of the same room");
    assert_eq!(up("kube/version.rs", "use crate::tree::Node; use super::Manifest;"), 0);
    assert_eq!(up("render/mod.rs", "use crate::{kube::Manifest, tree::Node};"), 0);
    assert_eq!(up("kube/version.rs", "#[cfg(test)] mod tests { use crate::render::Options; }"), 0);
}
