//! Two inputs as they are written. A document whose text is the same on both sides is no difference, so it is parsed
//! once, to count its objects, and not compared.

use std::{
    collections::VecDeque,
    ffi::OsStr,
    ops::Range,
    path::{Path, PathBuf},
};

use foldhash::fast::FixedState;
use indexmap::IndexMap;

use super::read::{Objects, threads};
use crate::{
    cli::{files::Bound, reporter::Reporter},
    text::read::{self, Input, Wanted},
    tree::{Diagnostics, Node, Severity, SourceId, Sources, failure::Failure, parallel::ordered_map},
};

/// The two sides, and how many objects of theirs need no comparison.
pub(crate) struct Sides {
    /// Before.
    pub old: Objects,
    /// After.
    pub new: Objects,
    /// Objects of equal text.
    pub unchanged: usize,
}

/// Reads files, folders or standard input. Nothing if one cannot be understood; that was said then.
pub(crate) fn sides(old: &Path, new: &Path, allow_outside: bool, reporter: Reporter) -> Result<Option<Sides>, Failure> {
    let [old, new] = [files(old, allow_outside, reporter)?, files(new, allow_outside, reporter)?];
    let (Some(old), Some(new)) = (old, new) else { return Ok(None) };
    let all: Vec<&Input> = old.iter().chain(&new).collect();
    let mut texts = Vec::with_capacity(all.len());
    ordered_map(
        &all,
        threads(),
        |file| Text::read(file),
        |text| {
            texts.push(text?);
            Ok::<(), Failure>(())
        },
    )?;
    let new_texts = texts.split_off(old.len());
    if let Some(sides) = quickly(&texts, &new_texts, reporter) {
        return Ok(Some(sides));
    }
    let (old, new) = (thoroughly(texts, reporter), thoroughly(new_texts, reporter));
    Ok(old.zip(new).map(|(old, new)| Sides { old, new, unchanged: 0 }))
}

/// A file that was read.
struct Text {
    sources: Sources,
    id: Option<SourceId>,
    diagnostics: Diagnostics,
}

impl Text {
    fn read(input: &Input) -> Result<Self, Failure> {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = input.read(&mut sources, &mut diagnostics)?;
        Ok(Self { sources, id, diagnostics })
    }

    fn text(&self) -> &str {
        self.id.map_or("", |id| self.sources.file(id).text.as_str())
    }
}

/// A document as it is written.
struct RawDocument<'a> {
    file: &'a Text,
    range: Range<usize>,
}

impl<'a> RawDocument<'a> {
    /// The documents of all files. `None` if one cannot be taken apart.
    fn all(files: &'a [Text]) -> Option<Vec<Vec<Self>>> {
        let of = |file: &'a Text| {
            file.id?;
            let ranges = read::document_ranges(file.text())?;
            Some(ranges.into_iter().map(|range| Self { file, range }).collect())
        };
        files.iter().map(of).collect()
    }

    /// Its text without the line that sets it apart from the one before.
    fn text(&self) -> &'a str {
        let text = &self.file.text()[self.range.clone()];
        text.strip_prefix("---\n").unwrap_or(text)
    }

    /// Its objects, unless there is something to say about it.
    fn parse(&self) -> Option<Vec<Node>> {
        let mut diagnostics = Diagnostics::new();
        let documents = crate::operator::documents::parse_range(
            self.file.id?,
            &self.file.sources,
            self.range.clone(),
            &mut diagnostics,
        );
        (!diagnostics.has_errors()).then(|| documents.into_iter().map(read::Document::into_node).collect())
    }
}

/// Both sides, where all of it can be understood document by document.
fn quickly(old: &[Text], new: &[Text], reporter: Reporter) -> Option<Sides> {
    let (old_documents, new_documents) = (RawDocument::all(old)?, RawDocument::all(new)?);
    let mut twins = twins(old_documents.iter().flatten(), new_documents.iter().flatten());
    // Of twins, the new one is parsed.
    let unlike = old_documents.iter().flatten().zip(&twins.of_old).filter(|(_, twin)| twin.is_none());
    let wanted: Vec<&RawDocument<'_>> =
        unlike.map(|(document, _)| document).chain(new_documents.iter().flatten()).collect();
    let mut parsed = VecDeque::with_capacity(wanted.len());
    let progress = reporter.progress("reading", wanted.len());
    let outcome = ordered_map(
        &wanted,
        threads(),
        |document| document.parse(),
        |objects| {
            progress.step();
            parsed.push_back(objects.ok_or(())?);
            Ok::<(), ()>(())
        },
    );
    outcome.ok()?;

    let mut old_side = Objects::default();
    let unlike: Vec<Vec<Node>> = parsed.drain(..parsed.len() - twins.of_new.len()).collect();
    let counts: Vec<usize> = parsed.iter().map(Vec::len).collect();
    let mut unlike = unlike.into_iter();
    let mut of_old = twins.of_old.iter();
    for (file, documents) in old.iter().zip(&old_documents) {
        for twin in of_old.by_ref().take(documents.len()) {
            match twin {
                Some(new) => old_side.pass_by(counts[*new]),
                None => old_side.add(unlike.next().unwrap_or_default()),
            }
        }
        old_side.add_file(file.sources.clone());
    }
    let (mut new_side, mut unchanged) = (Objects::default(), 0);
    let mut of_new = twins.of_new.drain(..);
    for (file, documents) in new.iter().zip(&new_documents) {
        for (has_twin, objects) in of_new.by_ref().take(documents.len()).zip(parsed.drain(..documents.len())) {
            if has_twin {
                unchanged += objects.len();
                new_side.pass_by(objects.len());
            } else {
                new_side.add(objects);
            }
        }
        new_side.add_file(file.sources.clone());
    }
    Some(Sides { old: old_side, new: new_side, unchanged })
}

/// Which documents are the same text on both sides.
struct Twins {
    /// For each old document, its place among the new ones.
    of_old: Vec<Option<usize>>,
    /// For each new document, whether there is an old one.
    of_new: Vec<bool>,
}

fn twins<'a>(old: impl Iterator<Item = &'a RawDocument<'a>>, new: impl Iterator<Item = &'a RawDocument<'a>>) -> Twins {
    let mut places: IndexMap<&str, VecDeque<usize>, FixedState> = IndexMap::default();
    let mut of_old = Vec::new();
    for (index, document) in old.enumerate() {
        places.entry(document.text()).or_default().push_back(index);
        of_old.push(None);
    }
    let mut of_new = Vec::new();
    for (index, document) in new.enumerate() {
        let twin = places.get_mut(document.text()).and_then(VecDeque::pop_front);
        of_new.push(twin.is_some());
        if let Some(twin) = twin {
            of_old[twin] = Some(index);
        }
    }
    Twins { of_old, of_new }
}

/// A side whose files are read as wholes; what is wrong with them is said.
fn thoroughly(texts: Vec<Text>, reporter: Reporter) -> Option<Objects> {
    let parse = |text: &Text| {
        let mut diagnostics = text.diagnostics.clone();
        let documents = text
            .id
            .map(|id| crate::operator::documents::parse(id, &text.sources, &mut diagnostics))
            .unwrap_or_default();
        diagnostics.retain(|item| item.severity == Severity::Error);
        (documents.into_iter().map(read::Document::into_node).collect::<Vec<Node>>(), diagnostics)
    };
    let (mut objects, mut errors) = (Objects::default(), false);
    let progress = reporter.progress("reading", texts.len());
    let mut files = texts.iter();
    let outcome = ordered_map(&texts, threads(), parse, |(nodes, diagnostics)| {
        progress.step();
        let sources = files.next().map(|text| text.sources.clone()).unwrap_or_default();
        errors |= diagnostics.has_errors();
        reporter.findings_during(&progress, &diagnostics, &sources);
        objects.add(nodes);
        objects.add_file(sources);
        Ok::<(), ()>(())
    });
    (outcome.is_ok() && !errors).then_some(objects)
}

/// The manifests below a folder; all files, if none is called like one (kubectl names files after objects). Nothing if a
/// link leads out of its repository; that was said then.
fn files(root: &Path, allow_outside: bool, reporter: Reporter) -> Result<Option<Vec<Input>>, Failure> {
    if root.as_os_str() == "-" || !root.is_dir() {
        return Ok(Some(vec![Input::named(root)]));
    }
    let folder = Bound::Repository.folder(root, allow_outside)?;
    let wanted = Wanted { file: is_visible, not_beside: None };
    let mut refused = Diagnostics::new();
    let all = read::list(&folder, &[PathBuf::from(".")], &wanted, &mut |_, found| refused.push(found))?;
    reporter.findings(&refused, &Sources::new());
    if refused.has_errors() {
        return Ok(None);
    }
    let is_manifest = |input: &Input| {
        let extension = input.path.extension();
        extension.is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
    };
    let (manifests, others): (Vec<_>, Vec<_>) = all.into_iter().partition(is_manifest);
    Ok(Some(if manifests.is_empty() { others } else { manifests }))
}

fn is_visible(name: &OsStr) -> bool {
    !name.as_encoded_bytes().starts_with(b".")
}
