//! Numbers of versions stand in tables (files that say `//! Table:`) and in the modules that read versions
//! (`version.rs`), nowhere else: a stage asks for a feature or a behaviour by its name.

use std::{fs, path::Path};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

use crate::{is_test_only, rust_files};

/// What `text`, the source of a file, says about versions in numbers.
fn numbers_of_versions(text: &str) -> Vec<String> {
    let file = syn::parse_file(text).unwrap();
    let items = file.items.into_iter().filter(|item| !is_test_only(item));
    let tokens: TokenStream = items.map(ToTokens::into_token_stream).collect();
    let mut found = Vec::new();
    search(tokens, &mut found);
    found
}

fn search(tokens: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let text = |index: usize| tokens.get(index).map(ToString::to_string).unwrap_or_default();
    let number = |index: usize| text(index).parse::<u32>().ok();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                // Attributes are documentation; codes are explained to readers, in versions as in words.
                let is_attribute = index > 0 && text(index - 1) == "#" && group.delimiter() == Delimiter::Bracket;
                let is_code = index > 0 && text(index - 1) == "CodeDoc";
                if is_attribute || is_code {
                    continue;
                }
                if is_version_tuple(group) {
                    found.push(group.to_string());
                }
                search(group.stream(), found);
            }
            TokenTree::Literal(literal) => found.extend(version_in_words(&literal.to_string())),
            TokenTree::Ident(name) if ["minor", "major", "numbers", "used"].iter().any(|word| name == word) => {
                let after = if text(index + 1) == "()" { index + 2 } else { index + 1 };
                let compared = ["<", ">"].contains(&text(after).as_str())
                    || ["=", "!"].contains(&text(after).as_str()) && text(after + 1) == "=";
                let value = if text(after + 1) == "=" { after + 2 } else { after + 1 };
                let is_constant = text(value).chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
                if compared && !text(value).is_empty() && (number(value).is_some() || is_constant) {
                    found.push(format!("{name} {} {}", text(after), text(value)));
                }
            }
            TokenTree::Ident(name)
                if ["since", "until", "below", "before"].iter().any(|word| name == word)
                    && text(index + 1) == ":"
                    && number(index + 2).is_some() =>
            {
                found.push(format!("{name}: {}", text(index + 2)));
            }
            TokenTree::Ident(name) if name == "nearest" => {
                if let Some(TokenTree::Group(group)) = tokens.get(index + 1)
                    && group.stream().to_string().parse::<u32>().is_ok()
                {
                    found.push(format!("{name}{group}"));
                }
            }
            _ => {}
        }
    }
}

/// `(3, 5)`, `(2, 4, 0)`: two or three numbers that could be a version of Spark or of the operator.
fn is_version_tuple(group: &proc_macro2::Group) -> bool {
    let text = group.stream().to_string().replace(' ', "");
    let numbers: Option<Vec<u32>> = text.trim_end_matches(',').split(',').map(|part| part.parse().ok()).collect();
    group.delimiter() == Delimiter::Parenthesis
        && matches!(numbers.as_deref(), Some([2..=4, 0..=9] | [2..=4, 0..=9, 0..=9]))
}

/// The words of a text literal that name a version: `Spark 3.4`, `from 1.27`, `Kubernetes below 1.21`.
fn version_in_words(literal: &str) -> Option<String> {
    const BEFORE: &[&str] = &[
        "kubernetes",
        "spark",
        "operator",
        "operators",
        "from",
        "before",
        "since",
        "until",
        "below",
        "to",
        "in",
        "than",
        "with",
        "has",
        "of",
        "version",
    ];
    if !literal.starts_with(['"', 'r']) {
        return None;
    }
    let words: Vec<&str> = literal.split([' ', '(', '`', '"']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find_map(|pair| {
        let word = pair[1].trim_start_matches(['v', '≥', '>', '<', '=']);
        let mut parts = word.split('.');
        let (major, minor) = (parts.next()?, parts.next()?);
        let minor: String = minor.chars().take_while(char::is_ascii_digit).collect();
        let is_version = ["1", "2", "3", "4"].contains(&major) && !minor.is_empty();
        (is_version && BEFORE.contains(&pair[0].to_lowercase().as_str())).then(|| format!("{} {}", pair[0], pair[1]))
    })
}

#[test]
fn numbers_of_versions_stand_in_tables_only() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    let mut faults = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let is_test = file.file_name().is_some_and(|name| name.to_string_lossy().ends_with("_tests.rs"));
        if text.contains("//! Table:") || file.ends_with("version.rs") || is_test {
            continue;
        }
        faults.extend(numbers_of_versions(&text).into_iter().map(|fault| format!("{}: {fault}", file.display())));
    }
    assert!(faults.is_empty(), "{} numbers outside of tables:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_number_of_a_version_is_seen_in_every_form() {
    for text in [
        "fn f(v: Version) -> bool { v.numbers >= (3, 3, 0) }",
        "fn f(v: Version) -> bool { v.pair() == (4, 0) }",
        "const FLOOR: (u32, u32) = (2, 1);",
        "fn f(minor: u32) -> bool { minor >= 29 }",
        "fn f(v: Version) -> bool { v.minor() < 27 }",
        "fn f(v: Version) -> bool { v.minor() < READ_WRITE_ONCE_POD }",
        "fn f(major: u32) -> bool { major == 2 }",
        "const ROW: Row = Row { since: 19, field: \"seccompProfile\" };",
        "fn f() -> Version { kube::Version::nearest(27) }",
        "fn f() -> &'static str { \"use Spark 3.4 or newer\" }",
        "fn f() -> &'static str { \"ReadWriteOncePod from 1.27\" }",
        "fn f() { println!(\"Kubernetes below 1.21\"); }",
    ] {
        assert_eq!(numbers_of_versions(text).len(), 1, "{text}: {:?}", numbers_of_versions(text));
    }
    for text in [
        "/// Since Spark 3.4.\nfn f() {}",
        "const DOC: CodeDoc = CodeDoc { explanation: \"From Spark 3.4 on …\" };",
        "fn f() { let range = (1, 65_535); let pair = (0, 1); }",
        "fn f(v: Version) -> bool { v.has(Feature::HostIps) }",
        "fn f() -> &'static str { \"sarif-2.1.0\" }",
        "#[cfg(test)] mod tests { fn f() { let version = (3, 5, 1); } }",
    ] {
        assert_eq!(numbers_of_versions(text), Vec::<String>::new(), "{text}");
    }
}
