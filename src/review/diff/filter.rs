//! What is left out of a comparison, and how often it was.

use super::{Options, Step};
use crate::tree::Node;

/// What the filter of the server's own work leaves out.
const DEFAULTS: &str = "defaults of the API server";

/// A filter that was on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The path as it was given, or what the filter leaves out.
    pub name: String,
    /// How many fields it hid.
    pub fields: usize,
}

/// A path whose fields are left out, with all that is below: `metadata.annotations["a.b/c"]`,
/// `spec.containers[*].image`, or as a JSON pointer `/metadata/annotations/a.b~1c`. List items are given by their
/// place or key; `*` stands for any item or key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnorePath {
    text: String,
    parts: Vec<String>,
}

impl IgnorePath {
    /// Reads a path.
    ///
    /// # Errors
    /// When it is empty or a bracket is not closed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = match text.strip_prefix('/') {
            Some(pointer) => pointer.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect(),
            None => split(text)?,
        };
        if parts.is_empty() {
            return Err("the path is empty".to_owned());
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    fn covers(&self, steps: &[Step]) -> bool {
        covers(&self.parts, steps)
    }
}

/// Keys with dots may stand without quotes: then several parts make one key.
fn covers(parts: &[String], steps: &[Step]) -> bool {
    let Some(first) = parts.first() else { return true };
    let Some(step) = steps.first() else { return false };
    match step {
        _ if first == "*" => covers(&parts[1..], &steps[1..]),
        Step::Item { index, label } => (1..=parts.len()).any(|length| {
            let name = parts[..length].join(".");
            (label.as_deref() == Some(name.as_str()) || name == index.to_string())
                && covers(&parts[length..], &steps[1..])
        }),
        Step::Key(key) => {
            (1..=parts.len()).any(|length| *key == parts[..length].join(".") && covers(&parts[length..], &steps[1..]))
        }
    }
}

fn split(text: &str) -> Result<Vec<String>, String> {
    let (mut parts, mut part, mut rest) = (Vec::new(), String::new(), text);
    while let Some(c) = rest.chars().next() {
        match c {
            '.' => parts.push(std::mem::take(&mut part)),
            '[' => {
                parts.push(std::mem::take(&mut part));
                let quote = rest[1..].chars().next().filter(|c| matches!(c, '"' | '\''));
                let close = quote.map_or("]".to_owned(), |quote| format!("{quote}]"));
                let start = 1 + usize::from(quote.is_some());
                let length = rest.get(start..).and_then(|inner| inner.find(&close));
                let length = length.ok_or_else(|| format!("a bracket of `{text}` is not closed"))?;
                parts.push(rest[start..start + length].to_owned());
                rest = &rest[start + length + close.len()..];
                continue;
            }
            c => part.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty());
    Ok(parts)
}

/// The filters at work.
pub(crate) struct Filters<'a> {
    options: &'a Options,
    ignored: Vec<usize>,
    defaults: usize,
}

impl<'a> Filters<'a> {
    /// Those of `options`.
    pub(crate) fn new(options: &'a Options) -> Self {
        Self { options, ignored: vec![0; options.ignore.len()], defaults: 0 }
    }

    /// Whether the field at `steps` is left out; if so it is counted.
    pub(crate) fn ignores(&mut self, steps: &[Step]) -> bool {
        let Some(index) = self.options.ignore.iter().position(|ignore| ignore.covers(steps)) else { return false };
        self.ignored[index] += 1;
        true
    }

    /// Removes from `node`, at `steps`, what is ignored. Returns whether anything is left.
    pub(crate) fn prune(&mut self, node: &mut Node, steps: &mut Vec<Step>) -> bool {
        if self.options.ignore.is_empty() {
            return true;
        }
        let Some(mapping) = node.as_mapping_mut().filter(|mapping| !mapping.is_empty()) else { return true };
        mapping.retain(|key, value| {
            steps.push(Step::Key(key.to_owned()));
            let keep = !self.ignores(steps) && self.prune(value, steps);
            steps.pop();
            keep
        });
        !mapping.is_empty()
    }

    /// Whether values that an API server adds are left out.
    pub(crate) fn hides_defaults(&self) -> bool {
        !self.options.keep_defaults
    }

    /// Counts a field that only a server wrote.
    pub(crate) fn count_default(&mut self) {
        self.defaults += 1;
    }

    /// Adds the counts of the same filters elsewhere.
    pub(crate) fn add(&mut self, other: &Self) {
        self.defaults += other.defaults;
        self.ignored.iter_mut().zip(&other.ignored).for_each(|(here, there)| *here += there);
    }

    /// The filters with their counts.
    pub(crate) fn into_tallies(self) -> Vec<Filter> {
        let paths = self.options.ignore.iter().zip(self.ignored);
        let mut tallies: Vec<Filter> =
            paths.map(|(ignore, fields)| Filter { name: ignore.text.clone(), fields }).collect();
        if !self.options.keep_defaults {
            tallies.push(Filter { name: DEFAULTS.to_owned(), fields: self.defaults });
        }
        tallies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: &str) -> Step {
        Step::Key(key.to_owned())
    }

    #[test]
    fn paths_cover_what_is_below_them() {
        let steps = [key("spec"), key("containers"), Step::Item { index: 0, label: Some("main".into()) }, key("image")];
        for text in
            ["spec", "spec.containers[main]", "spec.containers[0].image", "spec.containers[*].image", "/spec/*/*"]
        {
            assert!(IgnorePath::parse(text).unwrap().covers(&steps), "{text}");
        }
        for text in ["spec.containers[1]", "spec.containers[0].image.x", "spe", "image"] {
            assert!(!IgnorePath::parse(text).unwrap().covers(&steps), "{text}");
        }
        let steps = [key("metadata"), key("annotations"), key("a.b/c")];
        for text in ["metadata.annotations[\"a.b/c\"]", "metadata.annotations.a.b/c", "/metadata/annotations/a.b~1c"] {
            assert!(IgnorePath::parse(text).unwrap().covers(&steps), "{text}");
        }
        assert!(IgnorePath::parse("").is_err() && IgnorePath::parse("a[b").is_err());
    }
}
