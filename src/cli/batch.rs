//! Several input files at once: each is read in turn, and their documents are rendered [`PORTION`] at a time, whichever
//! files they are from.

use std::{cell::RefCell, collections::BTreeSet, path::PathBuf};

use super::unit::{Inspected, Reading, Unit, classified, load, pod_template};
use crate::{
    hosts::krm,
    operator::Class,
    render::pipeline,
    text::read::Document,
    tree::{self, Diagnostics, Node, Sources, failure::Failure, parallel::PORTION},
};

/// Reads and renders the files, with a look at each document after it was rendered; `inspect` is told the number of its
/// file. `base` holds the texts of the configuration. One result for each file, in order.
pub fn inspect_inputs(
    readings: &[Reading<'_>],
    only_spark: bool,
    base: &Sources,
    inspect: &mut dyn FnMut(usize, &Inspected<'_>, &mut Diagnostics),
) -> Vec<Result<Unit, Failure>> {
    let templates = RefCell::new(vec![BTreeSet::<PathBuf>::new(); readings.len()]);
    let reader = |file: usize| {
        let templates = &templates;
        move |path: &str| {
            let Reading { input, settings } = readings[file];
            let (template, node) = pod_template(path, input, settings)?;
            templates.borrow_mut()[file].insert(template);
            Some(node)
        }
    };
    let read_template: Vec<_> = (0..readings.len()).map(reader).collect();
    let (units, waiting) = (Vec::with_capacity(readings.len()), Vec::with_capacity(PORTION));
    let mut batch = Batch { readings, only_spark, read_template: &read_template, units, waiting, inspect };
    let last_words: Vec<Diagnostics> = (0..readings.len()).map(|file| batch.read(file, base)).collect();
    batch.render();
    let mut units = batch.units;
    for ((unit, found), templates) in units.iter_mut().zip(last_words).zip(templates.take()) {
        let Ok(unit) = unit else { continue };
        unit.diagnostics.extend(found);
        unit.read.extend(templates);
        tree::settle(&mut unit.diagnostics);
    }
    units
}

/// Files on their way.
struct Batch<'a, R> {
    readings: &'a [Reading<'a>],
    only_spark: bool,
    /// For each file, how its documents read pod templates.
    read_template: &'a [R],
    /// One for each file that was read so far.
    units: Vec<Result<Unit, Failure>>,
    waiting: Vec<Waiting>,
    inspect: &'a mut dyn FnMut(usize, &Inspected<'_>, &mut Diagnostics),
}

/// A document that waits to be rendered with others.
struct Waiting {
    /// The number of its file.
    file: usize,
    document: Document,
    class: Class,
    /// What was found before it was rendered.
    found: Diagnostics,
}

impl<R: Fn(&str) -> Option<Node>> Batch<'_, R> {
    /// Reads the documents of a file. Returns what is to be said after all of them.
    fn read(&mut self, file: usize, base: &Sources) -> Diagnostics {
        let Reading { input, settings } = self.readings[file];
        let mut unit = Unit { sources: base.clone(), ..Unit::default() };
        let id = match load(input, settings, &mut unit) {
            Ok(id) => id,
            Err(failure) => {
                self.units.push(Err(failure));
                return Diagnostics::new();
            }
        };
        let sources = unit.sources.clone();
        let mut loader = id.map(|id| crate::operator::documents::loader(id, &sources, &mut unit.diagnostics));
        self.units.push(Ok(unit));
        let mut found = Diagnostics::new();
        while let Some(document) = loader.as_mut().and_then(|loader| loader.next(&mut found)) {
            let class = classified(&document, input, settings, &mut found);
            let spark = krm::is_rendered(class);
            if let Ok(unit) = &mut self.units[file] {
                unit.applications += usize::from(spark);
            }
            if spark || !self.only_spark {
                self.waiting.push(Waiting { file, document, class, found: std::mem::take(&mut found) });
            }
            if self.waiting.len() == PORTION {
                self.render();
            }
        }
        found
    }

    /// Renders what waits.
    fn render(&mut self) {
        let request = |waiting| {
            let Waiting { file, document, class, .. }: &Waiting = waiting;
            let options = &self.readings[*file].settings.options;
            pipeline::Request { document, class: *class, options, read_template: &self.read_template[*file] }
        };
        let rendered = pipeline::documents(&self.waiting.iter().map(request).collect::<Vec<_>>());
        for (Waiting { file, document, class, found }, rendered) in self.waiting.drain(..).zip(rendered) {
            let unit = self.units[file].as_mut().expect("documents are of files that could be read");
            let pipeline::Rendered { manifests, diagnostics } = rendered;
            unit.diagnostics.extend(found);
            unit.diagnostics.extend(diagnostics);
            let read_template = &self.read_template[file];
            let inspected = Inspected { document: &document, class, manifests: &manifests, read_template };
            (self.inspect)(file, &inspected, &mut unit.diagnostics);
            unit.manifests.extend(manifests);
        }
    }
}
