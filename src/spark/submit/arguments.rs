//! `SparkSubmitOptionParser` and `SparkSubmitArguments.handle`: the command line, as written.

use std::collections::BTreeMap;

use super::refusal;
use crate::{
    spark::{Behaviour, Version},
    tree::{Diagnostics, Origin, Sourced, Sources, Span, Stage},
};

/// Options that take a value.
const VALUES: &[&str] = &[
    "--archives",
    "--class",
    "--conf",
    "--deploy-mode",
    "--driver-class-path",
    "--driver-cores",
    "--driver-java-options",
    "--driver-library-path",
    "--driver-memory",
    "--exclude-packages",
    "--executor-cores",
    "--executor-memory",
    "--files",
    "--jars",
    "--keytab",
    "--kill",
    "--master",
    "--name",
    "--num-executors",
    "--packages",
    "--principal",
    "--properties-file",
    "--proxy-user",
    "--py-files",
    "--queue",
    "--remote",
    "--repositories",
    "--status",
    "--total-executor-cores",
];

/// Options that take none.
const SWITCHES: &[&str] =
    &["--help", "--load-spark-defaults", "--supervise", "--usage-error", "--verbose", "--version"];

/// The command line of spark-submit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arguments {
    /// Options with a value; the last one wins.
    values: BTreeMap<&'static str, Sourced<String>>,
    /// Options without.
    switches: Vec<&'static str>,
    /// `--conf key=value`, in order.
    pub confs: Vec<(String, Sourced<String>)>,
    /// The main application file.
    pub primary_resource: Option<Sourced<String>>,
    /// What follows it, verbatim.
    pub rest: Vec<Sourced<String>>,
}

impl Arguments {
    /// The value of an option.
    #[must_use]
    pub(crate) fn value(&self, option: &str) -> Option<&Sourced<String>> {
        self.values.get(option)
    }

    /// Whether an option without value is given.
    #[must_use]
    pub(crate) fn has(&self, switch: &str) -> bool {
        self.switches.contains(&switch)
    }
}

/// The arguments with their places in a text named `command line`.
struct Words<'a> {
    words: std::iter::Enumerate<std::slice::Iter<'a, String>>,
    spans: Vec<Span>,
}

impl<'a> Words<'a> {
    fn new(arguments: &'a [String], sources: &mut Sources) -> Self {
        let source = sources.add("command line", arguments.join(" "));
        let mut start = 0;
        let spans = arguments
            .iter()
            .map(|argument| {
                let end = start + u32::try_from(argument.len()).unwrap_or(0);
                let span = Span { source, start, end };
                start = end + 1;
                span
            })
            .collect();
        Self { words: arguments.iter().enumerate(), spans }
    }

    fn next(&mut self) -> Option<(&'a str, Span)> {
        let (position, word) = self.words.next()?;
        Some((word, self.spans[position]))
    }
}

fn sourced(option: &'static str, value: &str, span: Span) -> Sourced<String> {
    Sourced::new(value.to_owned(), Origin::derived(Stage::CommandLine, option, [Origin::Source(span)]))
}

/// Reads the command line. `None` if it is no submission.
pub(super) fn parse(
    arguments: &[String],
    version: &Version,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Arguments> {
    let mut words = Words::new(arguments, sources);
    let mut parsed = Arguments::default();
    while let Some((word, span)) = words.next() {
        let (name, inline) = match word
            .split_once('=')
            .filter(|(name, value)| name.starts_with("--") && name.len() > 2 && !value.is_empty())
        {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let name = match name {
            "-c" => "--conf",
            "-v" => "--verbose",
            "-h" => "--help",
            other => other,
        };
        if let Some(option) = VALUES.iter().copied().find(|option| *option == name) {
            let Some((value, span)) = inline.map(|value| (value, span)).or_else(|| words.next()) else {
                diagnostics
                    .push(refusal(format!("option `{option}` has no value")).at(span).hint("write a value after it"));
                return None;
            };
            set(&mut parsed, option, value, span, diagnostics);
        } else if let Some(switch) = SWITCHES.iter().copied().find(|switch| *switch == name) {
            let known = switch != "--load-spark-defaults" || version.has(Behaviour::LoadSparkDefaults);
            if known {
                parsed.switches.push(switch);
            } else {
                unknown(word, span, version, diagnostics);
            }
        } else if word.starts_with('-') {
            unknown(word, span, version, diagnostics);
        } else {
            parsed.primary_resource = Some(sourced("primary resource", word, span));
            while let Some((word, span)) = words.next() {
                parsed.rest.push(sourced("application argument", word, span));
            }
        }
    }
    let action = ["--kill", "--status"].into_iter().find(|action| parsed.value(action).is_some());
    let action =
        action.or_else(|| ["--help", "--usage-error", "--version"].into_iter().find(|switch| parsed.has(switch)));
    if let Some(action) = action {
        diagnostics.push(refusal(format!("option `{action}` makes this no submission")).hint("remove it"));
        return None;
    }
    Some(parsed)
}

fn unknown(word: &str, span: Span, version: &Version, diagnostics: &mut Diagnostics) {
    diagnostics.push(
        refusal(format!("spark-submit of Spark {version} knows no option `{word}`"))
            .at(span)
            .hint("write application arguments after the main application file"),
    );
}

fn set(parsed: &mut Arguments, option: &'static str, value: &str, span: Span, diagnostics: &mut Diagnostics) {
    if option != "--conf" {
        parsed.values.insert(option, sourced(option, value, span));
        return;
    }
    match value.split_once('=') {
        Some((key, value)) => parsed.confs.push((key.to_owned(), sourced(option, value, span))),
        None => diagnostics
            .push(refusal(format!("option `--conf {value}` has no `=`")).at(span).hint("write `--conf <key>=<value>`")),
    }
}
