//! Values that say again what another difference says: executors beside the first one, confs beside the pods that
//! they make, checksums beside what they are of.

use std::collections::BTreeSet;

use super::{groups::Links, is_cause, last_key, texts};
use crate::{
    operator::webhook::PodRole,
    review::diff::{Change, FieldChange, ObjectChange, Step, TextFormat},
    tree::{Node, Value},
};

/// The label by which Spark tells driver and executors apart (`Constants.SPARK_ROLE_LABEL`).
const ROLE_LABEL: &str = "spark-role";
/// What annotations with the checksum of a ConfigMap or Secret begin with, by the custom of Helm's charts.
const CHECKSUM: &str = "checksum/";
/// The fewest digits of a checksum.
const MIN_DIGITS: usize = 16;
/// Steps that lead to a text: `data` and its key.
const TEXT_STEPS: usize = 2;

/// What a conf gives to a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Label,
    Annotation,
    Env,
    Image,
}

/// The confs that give one value to a pod: what they begin with, or the whole key of an image.
const CONFS: &[(&str, PodRole, Part)] = &[
    ("spark.kubernetes.driver.label.", PodRole::Driver, Part::Label),
    ("spark.kubernetes.driver.annotation.", PodRole::Driver, Part::Annotation),
    ("spark.kubernetes.driverEnv.", PodRole::Driver, Part::Env),
    ("spark.kubernetes.driver.container.image", PodRole::Driver, Part::Image),
    ("spark.kubernetes.executor.label.", PodRole::Executor, Part::Label),
    ("spark.kubernetes.executor.annotation.", PodRole::Executor, Part::Annotation),
    ("spark.executorEnv.", PodRole::Executor, Part::Env),
    ("spark.kubernetes.executor.container.image", PodRole::Executor, Part::Image),
];

/// The conf of the image of both roles.
const IMAGE: &str = "spark.kubernetes.container.image";

/// Marks what differs in an executor's pod as it does in the executors' template or in an executor before it.
pub(super) fn mark_executors(objects: &mut [ObjectChange], group: &[usize]) {
    let mut seen: Vec<(Vec<Step>, Change)> = Vec::new();
    let templates = group.iter().flat_map(|place| &objects[*place].fields);
    for field in templates.filter(|field| is_in_template(field) && !field.secret) {
        seen.push((by_label(&field.path.0[TEXT_STEPS..]), field.change.clone()));
    }
    for place in group.iter().filter(|place| is_executor(&objects[**place])).copied().collect::<Vec<_>>() {
        let mut of_this = Vec::new();
        for field in objects[place].fields.iter_mut().filter(|field| !field.secret) {
            let one = (by_label(&field.path.0), field.change.clone());
            if seen.contains(&one) {
                field.follows = true;
            } else {
                of_this.push(one);
            }
        }
        seen.append(&mut of_this);
    }
}

/// Marks the confs whose value a pod shows that differs in the same way.
pub(super) fn mark_confs(objects: &mut [ObjectChange], group: &[usize]) {
    let mut shown: BTreeSet<(PodRoleKey, Part, String, [Option<String>; 2])> = BTreeSet::new();
    for place in group {
        let object = &objects[*place];
        for field in object.fields.iter().filter(|field| !field.follows && !field.secret) {
            let role = if is_in_template(field) || is_executor(object) { PodRole::Executor } else { PodRole::Driver };
            if !is_conf(field)
                && let Some((part, key, values)) = part_of_pod(field, role)
            {
                shown.insert((role.key(), part, key.to_owned(), values));
            }
        }
    }
    for place in group {
        for field in objects[*place].fields.iter_mut().filter(|field| is_conf(field) && !field.secret) {
            let Some((role, part, key)) = last_key(&field.path.0).and_then(conf) else { continue };
            let (key, values) = (key.to_owned(), values(&field.change));
            if let Some(values) = values {
                let one = (role.key(), part, key, values);
                if shown.contains(&one) {
                    field.follows = true;
                } else if part == Part::Image {
                    // It is what is shown of this image.
                    shown.insert(one);
                }
            }
        }
        for field in objects[*place].fields.iter_mut().filter(|field| is_conf(field) && !field.secret) {
            let Some(values) = values(&field.change).filter(|_| last_key(&field.path.0) == Some(IMAGE)) else {
                continue;
            };
            let of_role = |role: PodRole| (role.key(), Part::Image, String::new(), values.clone());
            field.follows |=
                [PodRole::Driver, PodRole::Executor].into_iter().all(|role| shown.contains(&of_role(role)));
        }
    }
}

/// A role that can be ordered: its key.
type PodRoleKey = &'static str;

/// Marks annotations with a checksum, where the object names a ConfigMap or Secret that differs.
pub(super) fn mark_checksums(objects: &mut [ObjectChange], links: &mut Links) {
    for place in 0..objects.len() {
        let is_checksum = |field: &FieldChange| {
            let key = last_key(&field.path.0).is_some_and(|key| key.starts_with(CHECKSUM));
            key && texts(field).is_some_and(|(old, new)| is_digest(old) && is_digest(new) && old.len() == new.len())
        };
        if !objects[place].fields.iter().any(is_checksum) {
            continue;
        }
        let named = names_in(&objects[place].object);
        let is_source = |source: &ObjectChange| {
            let old = source.renamed_from.as_ref().unwrap_or(&source.name);
            matches!(source.name.kind.as_str(), "ConfigMap" | "Secret")
                && old.namespace == objects[place].name.namespace
                && named.contains(old.name.as_str())
                && is_cause(source)
        };
        let mut together: BTreeSet<usize> =
            (0..objects.len()).filter(|other| *other != place && is_source(&objects[*other])).collect();
        if together.is_empty() {
            continue;
        }
        together.insert(place);
        if links.join(&together) {
            objects[place].fields.iter_mut().filter(|field| is_checksum(field)).for_each(|field| field.follows = true);
        }
    }
}

fn is_digest(text: &str) -> bool {
    text.len() >= MIN_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// All texts of an object.
fn names_in(node: &Node) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut rest = vec![node];
    while let Some(node) = rest.pop() {
        match &node.value {
            Value::Mapping(mapping) => rest.extend(mapping.iter().map(|(_, value)| value)),
            Value::Sequence(items) => rest.extend(items.iter()),
            Value::String(text) => {
                names.insert(&**text);
            }
            _ => {}
        }
    }
    names
}

fn is_executor(object: &ObjectChange) -> bool {
    object.name.kind == "Pod"
        && object.object.str_at(&["metadata", "labels", ROLE_LABEL]) == Some(PodRole::Executor.key())
}

fn is_in_template(field: &FieldChange) -> bool {
    matches!(field.text, Some((TEXT_STEPS, TextFormat::Yaml))) && field.path.0.len() > TEXT_STEPS
}

fn is_conf(field: &FieldChange) -> bool {
    matches!(field.text, Some((_, TextFormat::Properties)))
}

/// A path whose items are found by their keys, where they have some.
fn by_label(steps: &[Step]) -> Vec<Step> {
    let by_label = |step: &Step| match step {
        Step::Item { label: Some(label), .. } => Step::Item { index: 0, label: Some(label.clone()) },
        other => other.clone(),
    };
    steps.iter().map(by_label).collect()
}

/// Role, part and key of the value that a conf gives.
fn conf(key: &str) -> Option<(PodRole, Part, &str)> {
    CONFS.iter().find_map(|(prefix, role, part)| {
        let rest = key.strip_prefix(prefix)?;
        ((*part == Part::Image) == rest.is_empty()).then_some((*role, *part, rest))
    })
}

/// Part, key and values of a field that one conf gives.
fn part_of_pod(field: &FieldChange, role: PodRole) -> Option<(Part, &str, [Option<String>; 2])> {
    let steps = field.path.0.as_slice();
    let is_container =
        |step: &Step| matches!(step, Step::Item { label, .. } if label.as_deref() == Some(role.container_name()));
    match steps {
        [.., Step::Key(metadata), Step::Key(map), Step::Key(key)] if metadata == "metadata" => match map.as_str() {
            "labels" => Some((Part::Label, key, values(&field.change)?)),
            "annotations" => Some((Part::Annotation, key, values(&field.change)?)),
            _ => None,
        },
        [.., Step::Key(list), container, Step::Key(key)]
            if list == "containers" && key == "image" && is_container(container) =>
        {
            Some((Part::Image, "", values(&field.change)?))
        }
        [.., container, Step::Key(env), Step::Item { label: Some(name), .. }, Step::Key(value)]
            if env == "env" && value == "value" && is_container(container) =>
        {
            Some((Part::Env, name, values(&field.change)?))
        }
        [.., container, Step::Key(env), Step::Item { label: Some(name), .. }]
            if env == "env" && is_container(container) =>
        {
            let text =
                |item: &Node| (item.as_mapping()?.len() == 2).then(|| Some(item.str_at(&["value"])?.to_owned()))?;
            match &field.change {
                Change::Added(item) => Some((Part::Env, name, [None, Some(text(item)?)])),
                Change::Removed(item) => Some((Part::Env, name, [Some(text(item)?), None])),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The text before and after.
fn values(change: &Change) -> Option<[Option<String>; 2]> {
    let text = |node: &Node| node.as_str().map(str::to_owned);
    match change {
        Change::Added(new) => Some([None, Some(text(new)?)]),
        Change::Removed(old) => Some([Some(text(old)?), None]),
        Change::Changed { old, new } => Some([Some(text(old)?), Some(text(new)?)]),
        Change::Moved { .. } => None,
    }
}
