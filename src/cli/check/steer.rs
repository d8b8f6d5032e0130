//! What is reported of the findings, and what is only counted: the policies of all roots, comments, annotations, and the
//! baseline.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::{CheckArgs, report::Report};
use crate::{
    cli::inputs::RunInputs,
    review::{
        baseline::Baseline,
        policy::{self, Policy, Suppressed, Suppressor},
        rules::Allowed,
    },
    text::read::{self, Input},
    tree::{Diagnostic, Diagnostics, Sources, failure::Failure},
};

/// The steering of a run.
pub(super) struct Steering {
    policies: Vec<Policy>,
    /// For findings about no root: what the flags say.
    flags: Policy,
    /// Whether comments and annotations count.
    pub allows: bool,
    /// What is known, with the folder that files in it are relative to.
    baseline: Option<(Baseline, PathBuf)>,
    /// What is found, to be written to a file.
    written: Option<(Baseline, PathBuf)>,
    /// The baseline's text.
    sources: Sources,
}

fn folder(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).to_owned()
}

impl Steering {
    /// That of the flags and of the configurations of all roots; faults of a baseline are reported.
    ///
    /// # Errors
    /// When a baseline cannot be read.
    pub(super) fn new(args: &CheckArgs, plan: &RunInputs, diagnostics: &mut Diagnostics) -> Result<Self, Failure> {
        let mut policies: Vec<Policy> = plan.roots.iter().map(|root| root.policy.clone()).collect();
        let mut flags = Policy::default();
        if args.no_suppressions {
            policies.iter_mut().for_each(Policy::forget);
        }
        for policy in policies.iter_mut().chain([&mut flags]) {
            policy.lay(&args.select, &args.ignore, &args.severity);
        }
        let mut sources = plan.sources.clone();
        let mut named = None;
        if let Some(file) = &args.baseline {
            named = Some((Input::named(file).read(&mut sources, diagnostics)?, file.clone()));
        } else if args.write_baseline.is_none() {
            let configured = policies
                .iter()
                .zip(&plan.roots)
                .find_map(|(policy, root)| policy.baseline.as_ref().map(|file| (file, &root.files.config)));
            if let Some((file, config)) = configured {
                let shown = config.shown().join(&file.value);
                match config.read(Path::new(&file.value)) {
                    Ok(bytes) => {
                        let id = read::add(shown.display().to_string(), bytes, &mut sources, diagnostics);
                        named = Some((id, shown));
                    }
                    Err(refusal) => {
                        let keys = ["spec", "check", "baseline"];
                        diagnostics.push(crate::cli::files::refused(refusal, &shown, &keys, &file.origin)?);
                    }
                }
            }
        }
        let baseline = named.map(|(id, file)| {
            let documents =
                id.map(|id| crate::operator::documents::parse(id, &sources, diagnostics)).unwrap_or_default();
            (Baseline::read(documents.iter().map(|document| &*document.node), diagnostics), folder(&file))
        });
        let written = args.write_baseline.clone().map(|file| (Baseline::default(), file));
        Ok(Self { policies, flags, allows: !args.no_suppressions, baseline, written, sources })
    }

    /// The texts of configurations and baseline.
    pub(super) fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Takes out of the findings of `file`, which belongs to `root` if to any, what is not reported.
    pub(super) fn apply(
        &mut self,
        root: Option<usize>,
        file: &str,
        diagnostics: &mut Diagnostics,
        sources: &Sources,
        mut allowed: Option<&mut Allowed>,
    ) -> Vec<Suppressed> {
        let policy = root.and_then(|root| self.policies.get_mut(root)).unwrap_or(&mut self.flags);
        let mut suppressed = Vec::new();
        let mut reported = Diagnostics::new();
        for mut one in std::mem::take(diagnostics) {
            let place = |one: &Diagnostic| {
                let span = one.origin.span().map(|span| sources.written(span));
                span.map_or_else(|| file.to_owned(), |span| sources.file(span.source).name.clone())
            };
            let file = place(&one);
            let reason = if policy::is_refusal(&one) {
                None
            } else {
                allowed.as_deref_mut().and_then(|allowed| allowed.reason(&one, sources))
            };
            let mut by = match reason {
                Some(reason) => Some((Suppressor::Allow, Some(reason))),
                None => policy.suppressor(&one, &file),
            };
            if by.is_none() {
                if let Some((baseline, written)) = &mut self.written {
                    baseline.add(&one, &file, &folder(written));
                    by = (!policy::is_refusal(&one)).then_some((Suppressor::Baseline, None));
                } else if let Some((baseline, base)) = &mut self.baseline {
                    by = baseline.takes(&one, &file, base).then_some((Suppressor::Baseline, None));
                }
            }
            // Last: what `render` refuses is known by the severity that it had.
            policy.grade(&mut one);
            match by {
                Some((by, reason)) => suppressed.push(Suppressed { finding: one, by, reason }),
                None => reported.push(one),
            }
        }
        *diagnostics = reported;
        suppressed
    }

    /// Reports entries that suppress nothing, and writes the baseline that was asked for; returns what to say about it.
    ///
    /// # Errors
    /// When the baseline cannot be written.
    pub(super) fn finish(mut self, report: &mut Report) -> Result<Option<String>, Failure> {
        let mut stale = Diagnostics::new();
        let place = |origin: &crate::tree::Origin| origin.span().map(|span| self.sources.place(span));
        let used: BTreeSet<_> = self.policies.iter().flat_map(Policy::used).map(place).collect();
        let mut said = BTreeSet::new();
        for policy in &self.policies {
            policy.report_unused(|origin| used.contains(&place(origin)) || !said.insert(place(origin)), &mut stale);
        }
        if let Some((baseline, _)) = &self.baseline {
            let policies = if self.policies.is_empty() { std::slice::from_ref(&self.flags) } else { &self.policies };
            baseline.report_stale(|code| policies.iter().all(|policy| policy.selects(code)), &mut stale);
        }
        let sources = std::mem::take(&mut self.sources);
        let suppressed = self.apply(None, "configuration", &mut stale, &sources, None);
        if !stale.is_empty() || !suppressed.is_empty() {
            report.add("suppressions", &stale, &suppressed, &sources);
        }
        let Some((baseline, file)) = &self.written else { return Ok(None) };
        fs::write(file, baseline.text()).map_err(|source| Failure::Write { path: file.clone(), source })?;
        let (count, shown) = (baseline.len(), file.display());
        Ok(Some(format!("{count} findings are written to {shown}; `check --baseline {shown}` reports what is new\n")))
    }
}
