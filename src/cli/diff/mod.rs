//! `diff`: of two inputs as they are, of what an input renders to at a git revision and now, or for two targets.

mod plain;
mod read;
mod revision;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};

use self::read::Objects;
use super::{ExitStatus, args::ShapeArgs, reporter::Reporter, settings};
use crate::{
    render::Executors,
    review::diff::{
        self, IgnorePath, Options,
        format::{self, Side, View},
    },
    tree::{Origin, Sources, failure::Failure},
};

/// `diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// OLD and NEW: files, folders, or `-` for standard input, compared as they are. With `--against` or `--from`:
    /// the paths that are rendered.
    #[arg(value_name = "OLD NEW")]
    pub paths: Vec<PathBuf>,
    /// Compare what the paths render to now with what they rendered to at this git revision.
    #[arg(long, value_name = "REV", conflicts_with_all = ["from", "to"])]
    pub against: Option<String>,
    /// Versions of the old side: kube=1.20,spark=3.5.1,operator=1.4. The pods of executors are compared too.
    #[arg(long, value_name = "VERSIONS", requires = "to")]
    pub from: Option<Versions>,
    /// Versions of the new side.
    #[arg(long, value_name = "VERSIONS", requires = "from")]
    pub to: Option<Versions>,
    /// What is shaped how, where something is rendered.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Leave out this field and what is below it; may be repeated.
    #[arg(long, value_name = "PATH", value_parser = IgnorePath::parse)]
    pub ignore: Vec<IgnorePath>,
    /// Show also what follows from another difference: application ids, names with a hash, options with another
    /// number, copies. It is counted otherwise.
    #[arg(long)]
    pub derived: bool,
    /// Show also what only an API server adds.
    #[arg(long)]
    pub no_defaults: bool,
    /// Show values of Secrets and passwords, which are `****` otherwise: not for logs.
    #[arg(long)]
    pub show_secrets: bool,
    /// Form on standard output.
    #[arg(long, value_enum, default_value_t)]
    pub format: DiffFormat,
    /// The longest Markdown, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = format::DEFAULT_BYTES)]
    pub max_bytes: usize,
}

/// How a difference is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people.
    #[default]
    Text,
    /// As `diff -u` prints it.
    Unified,
    /// For programs.
    Json,
    /// For comments on pull requests.
    Markdown,
}

/// Versions of one side.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions {
    kube: Option<String>,
    spark: Option<String>,
    operator: Option<String>,
}

impl std::str::FromStr for Versions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut versions = Self::default();
        for part in text.split(',') {
            let (name, version) = part.split_once('=').ok_or_else(|| format!("`{part}` is not NAME=VERSION"))?;
            let field = match name.trim() {
                "kube" => &mut versions.kube,
                "spark" => &mut versions.spark,
                "operator" => &mut versions.operator,
                other => return Err(format!("`{other}` is none of kube, spark and operator")),
            };
            *field = Some(version.trim().to_owned());
        }
        Ok(versions)
    }
}

impl Versions {
    fn over(&self, shape: &ShapeArgs) -> ShapeArgs {
        let mut shape = shape.clone();
        // What an upgrade does to executors is seen in their pods only.
        shape.executors.get_or_insert(Executors::Preview);
        for (flag, version) in [
            (&mut shape.kube_version, &self.kube),
            (&mut shape.spark_version, &self.spark),
            (&mut shape.operator_version, &self.operator),
        ] {
            if version.is_some() {
                flag.clone_from(version);
            }
        }
        shape
    }
}

/// The words of the command line in our order. kubectl puts those of `KUBECTL_EXTERNAL_DIFF` behind its two folders
/// (`exec` of `pkg/cmd/diff`): `spark-render /tmp/LIVE-1 /tmp/MERGED-2 diff --format=json`.
#[must_use]
pub(crate) fn in_our_order(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if let [_, live, merged, words @ ..] = arguments.as_slice()
        && words.iter().any(|word| word == "diff")
        && [live, merged].into_iter().all(|folder| Path::new(folder).is_absolute())
    {
        arguments[1..].rotate_left(2);
    }
    arguments
}

/// Runs the command. Status 1 means that something differs and nothing else.
///
/// # Errors
/// When an input cannot be read or git cannot be asked.
pub(crate) fn run(args: &DiffArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let rendered = args.against.is_some() || args.from.is_some();
    // Flags are those of both sides: what is wrong with them is said once.
    for versions in [&args.from, &args.to] {
        let shape = versions.as_ref().map_or_else(|| args.shape.clone(), |versions| versions.over(&args.shape));
        let faults = settings::faults_of_flags(&shape);
        if faults.has_errors() {
            reporter.findings(&faults, &Sources::new());
            return Ok(ExitStatus::CouldNotRun);
        }
    }
    let mut unchanged = 0;
    let sides = match (&args.against, &args.from, &args.to) {
        (Some(revision), ..) => {
            let old = revision::rendered(revision, &args.paths, &args.shape, reporter)?;
            let new = read::rendered(&args.paths, &args.shape, None, reporter)?;
            old.zip(new)
        }
        (None, Some(from), Some(to)) => {
            // The same files: what is wrong with them is said once.
            match read::rendered(&args.paths, &from.over(&args.shape), None, reporter)? {
                Some(old) => {
                    let new = read::rendered(&args.paths, &to.over(&args.shape), None, reporter)?;
                    new.map(|new| (old, new))
                }
                None => None,
            }
        }
        _ => {
            let [old, new] = args.paths.as_slice() else {
                return Err(Failure::Usage(
                    "diff takes OLD and NEW, or `--against`, or `--from` and `--to`".to_owned(),
                ));
            };
            if old.as_os_str() == "-" && new.as_os_str() == "-" {
                return Err(Failure::Usage("only one side can be standard input".to_owned()));
            }
            plain::sides(old, new, args.shape.allow_outside, reporter)?.map(|sides| {
                unchanged = sides.unchanged;
                (sides.old, sides.new)
            })
        }
    };
    let Some((old, new)) = sides else { return Ok(ExitStatus::CouldNotRun) };
    let options = Options {
        ignore: args.ignore.clone(),
        keep_defaults: args.no_defaults,
        show_secrets: args.show_secrets,
        threads: read::threads(),
    };
    let mut comparison = diff::compare(&old.nodes, &new.nodes, &options);
    comparison.unchanged += unchanged;
    if args.from.is_some() {
        comparison.kept_images = diff::kept_images(&old.nodes, &new.nodes);
    }
    for object in &mut comparison.objects {
        object.old_index = object.old_index.map(|index| old.places[index]);
        object.new_index = object.new_index.map(|index| new.places[index]);
    }
    let places = |side: Side, index: usize, origin: &Origin| {
        let objects: &Objects = if side == Side::Old { &old } else { &new };
        objects.place(index, origin)
    };
    let shown: Option<format::Places<'_>> = if rendered { Some(&places) } else { None };
    let view = View { places: shown, derived: args.derived, styled: reporter.terminal.stdout_styled };
    let text = match args.format {
        DiffFormat::Text => format::text(&comparison, &view),
        DiffFormat::Unified => format::unified(&comparison),
        DiffFormat::Json => format::json(&comparison, &places),
        DiffFormat::Markdown => format::markdown(&comparison, &view, args.max_bytes),
    };
    reporter.terminal.data(text.as_bytes())?;
    let status = if comparison.is_same() { ExitStatus::Done } else { ExitStatus::Findings };
    // The process ends: to free two trees of thousands of objects first takes 7 % of its time (perf).
    std::mem::forget((old, new, comparison));
    Ok(status)
}

#[cfg(test)]
mod tests {
    use super::in_our_order;

    #[test]
    fn only_the_words_of_kubectl_are_put_into_another_order() {
        let order = |words: &str| {
            let words = in_our_order(words.split(' ').map(Into::into).collect());
            words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(order("r /tmp/L-1 /tmp/M-2 diff"), "r diff /tmp/L-1 /tmp/M-2");
        assert_eq!(order("r /tmp/L /tmp/M --color=never diff"), "r --color=never diff /tmp/L /tmp/M");
        for ours in ["r diff /a /b", "r render /a diff", "r a b diff", "r /a /b", "r"] {
            assert_eq!(order(ours), ours);
        }
    }
}
