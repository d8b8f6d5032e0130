//! What a sync does to a driver that runs: each leaf of each input in `fixtures/explain` is changed in turn, and what
//! would be applied over the running application is compared with what is there.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod in_place;
#[path = "../support/mod.rs"]
mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    thread,
};

use spark_render::internals::{
    kube,
    render::{DriverAccount, Executors, NameSuffix, Options, Target},
    tree::{Node, Origin, Sourced},
};

use self::support::{Fixture, Rendering, leaves};

/// How the inputs are rendered: with everything that can stand beside a driver.
struct Setting {
    name: &'static str,
    target: Target,
    name_suffix: NameSuffix,
}

const SETTINGS: &[Setting] = &[
    Setting { name: "pod", target: Target::Pod, name_suffix: NameSuffix::None },
    Setting { name: "job", target: Target::Job, name_suffix: NameSuffix::None },
];

const HASHED: &[Setting] = &[Setting { name: "hashed", target: Target::Pod, name_suffix: NameSuffix::Hash }];

/// Whichever version an input has, this one has a NetworkPolicy.
const SPARK_VERSION: &str = "4.2.1";

impl Setting {
    fn render(&self, fixture: &Fixture, text: &str) -> Rendering {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let everything = fs::read_to_string(root.join("fixtures/witness/spark-render.yaml")).unwrap();
        let config = fixture.config.as_deref().unwrap_or(&everything);
        Rendering::with(text, Some(config), |options: &mut Options| {
            options.kube_version = kube::Version::NEWEST;
            options.executors = Executors::Preview;
            options.target = self.target;
            options.name_suffix = self.name_suffix;
            options.rbac = Some(DriverAccount::Own);
            options.operator.driver_pdb = true;
            options.resolve.spark_version = Some(Sourced::new(SPARK_VERSION.parse().unwrap(), Origin::default()));
        })
    }
}

/// The inputs that have a driver to run.
fn fixtures() -> Vec<(String, Fixture)> {
    let mut fixtures = Fixture::all_of_explain();
    fixtures.retain(|(_, fixture)| !fixture.text.contains("SparkConnect"));
    assert!(fixtures.len() > 10);
    fixtures
}

/// Every change of `fixture` that can be rendered, with what came of it.
fn changes(setting: &Setting, fixture: &Fixture) -> Vec<(String, Rendering)> {
    let before = setting.render(fixture, &fixture.text);
    let mut all = Vec::new();
    for group in leaves::groups(&before.document) {
        // Another application, or none.
        if matches!(group[0].path.to_string().as_str(), "metadata.name" | "metadata.namespace" | "spec.suspend") {
            continue;
        }
        for variation in leaves::variations(&fixture.text, &before.document, &group) {
            let after = setting.render(fixture, &variation.text);
            if after.errors.is_empty() {
                all.push((group[0].path.to_string(), after));
            }
        }
    }
    all
}

/// `work` on all inputs in all of `settings`.
fn each<R: Send>(settings: &[Setting], work: impl Fn(&Setting, &Fixture) -> R + Sync) -> Vec<(String, R)> {
    let fixtures = fixtures();
    let mut results = Vec::new();
    for setting in settings {
        let done: Vec<(String, R)> = thread::scope(|scope| {
            let work = &work;
            let started: Vec<_> = fixtures
                .iter()
                .map(|(name, fixture)| {
                    scope.spawn(move || (format!("{} {name}", setting.name), work(setting, fixture)))
                })
                .collect();
            started.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        results.extend(done);
    }
    results
}

/// The objects that a host applies.
fn applied(rendering: &Rendering) -> impl Iterator<Item = &Node> {
    rendering
        .objects
        .iter()
        .filter(|object| object.at_keys(&["metadata", "annotations", "config.kubernetes.io/local-config"]).is_none())
}

#[test]
fn only_what_the_table_allows_changes_under_a_running_driver() {
    let results = each(SETTINGS, |setting, fixture| {
        let before = setting.render(fixture, &fixture.text);
        assert!(before.errors.is_empty(), "{:?}", before.errors);
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for (leaf, after) in changes(setting, fixture) {
            for change in in_place::changes(&before, &after) {
                found.entry(change).or_insert_with(|| leaf.clone());
            }
        }
        found
    });
    let mut used = BTreeSet::new();
    let mut faults = Vec::new();
    for (name, found) in results {
        for (change, leaf) in found {
            match in_place::allowed(&change) {
                Some(row) => {
                    used.insert(row);
                }
                None => faults.push(format!("{name}: {change} (by {leaf})")),
            }
        }
    }
    assert!(faults.is_empty(), "{} changes that no row allows\n{}", faults.len(), faults.join("\n"));
    let unused: Vec<_> = in_place::ALLOWED.iter().map(|row| row.change).filter(|row| !used.contains(row)).collect();
    assert!(unused.is_empty(), "rows that nothing needs: {unused:?}");
}

/// With `nameSuffix: hash` the driver of a changed application starts beside the one that runs.
#[test]
fn two_drivers_of_an_application_have_nothing_of_each_other() {
    let results = each(HASHED, |setting, fixture| {
        if setting.render(fixture, &fixture.text).document.str_at(&["kind"]) != Some("SparkApplication") {
            return (Vec::new(), 0);
        }
        let before = setting.render(fixture, &fixture.text);
        let (mut faults, mut pairs) = (Vec::new(), 0);
        for (leaf, after) in changes(setting, fixture) {
            let drivers = |rendering: &Rendering| {
                let pod = in_place::driver_pod(rendering).expect("a Pod");
                pod.str_at(&["metadata", "name"]).unwrap().to_owned()
            };
            if drivers(&before) == drivers(&after) {
                // Nothing of the driver has changed: it stays, and so must all that selects it.
                let same = |kind| in_place::selecting(&before, kind) == in_place::selecting(&after, kind);
                if !["Service", "NetworkPolicy", "PodDisruptionBudget"].into_iter().all(same) {
                    faults.push(format!("{leaf}: the driver stays, what selects it does not"));
                }
                continue;
            }
            pairs += 1;
            faults.extend(in_place::crossed(&before, &after).into_iter().map(|fault| format!("{leaf}: {fault}")));
            faults.extend(in_place::crossed(&after, &before).into_iter().map(|fault| format!("{leaf}: {fault}")));
        }
        (faults, pairs)
    });
    let faults: Vec<String> = results
        .iter()
        .flat_map(|(name, (faults, _))| faults.iter().map(move |fault| format!("{name}: {fault}")))
        .collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(results.iter().map(|(_, (_, pairs))| pairs).sum::<usize>() > 500);
}
