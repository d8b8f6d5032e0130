//! The leaves of an input, and for each another value that a person could have written.

use spark_render::internals::{
    text::write::yaml,
    tree::{FieldPath, Node, Segment, Span, Value},
};

/// A scalar of an input.
#[derive(Debug, Clone)]
pub struct Leaf {
    pub path: FieldPath,
    pub span: Span,
    /// The place of its key, which goes with it.
    pub key: Option<Span>,
    value: Value,
}

impl Leaf {
    /// Another value of its kind, `step` away where that makes sense.
    fn other(&self, step: u64) -> String {
        match &self.value {
            Value::Bool(flag) => (!flag).to_string(),
            Value::Number(number) => (number.as_u64().unwrap() + step).to_string(),
            Value::String(text) if text.contains('\n') => step.to_string(),
            Value::String(text) => other(text, step),
            other => panic!("{}: no leaf: {other:?}", self.path),
        }
    }

    /// The same leaf of a changed document.
    pub fn in_document(&self, document: &Node) -> Self {
        let node = document.at_path(&self.path).unwrap();
        Self { path: self.path.clone(), span: node.origin.span().unwrap(), key: None, value: node.value.clone() }
    }
}

/// Words that stand for others of the same kind; what a field allows is not to be seen from its value.
const WORDS: &[(&str, &str)] = &[
    ("ALL", "NET_RAW"),
    ("Always", "IfNotPresent"),
    ("ClusterFirst", "Default"),
    ("ClusterIP", "NodePort"),
    ("Directory", "DirectoryOrCreate"),
    ("Equal", ""),
    ("Europe/Vienna", "Europe/Paris"),
    ("Exists", "Equal"),
    ("Forbid", "Replace"),
    ("GCPServiceAccount", "HadoopDelegationToken"),
    ("Generic", "HadoopDelegationToken"),
    ("HadoopDelegationToken", "GCPServiceAccount"),
    ("IPv4,IPv6", "IPv6,IPv4"),
    ("IfNotPresent", "Always"),
    ("In", "NotIn"),
    ("Java", "Scala"),
    ("LoadBalancer", "NodePort"),
    ("Memory", "HugePages"),
    ("Never", "OnFailure"),
    ("NoSchedule", "NoExecute"),
    ("OnDemand", "claim"),
    ("OnFailure", "Never"),
    ("PreferDualStack", "RequireDualStack"),
    ("Python", "R"),
    ("R", "Python"),
    ("RuntimeDefault", "Unconfined"),
    ("Scala", "Java"),
    ("ScheduleAnyway", "DoNotSchedule"),
    ("TCP", "UDP"),
    ("cluster", "client"),
    ("false", "true"),
    ("limits.memory", "requests.memory"),
    ("spec.nodeName", "spec.serviceAccountName"),
    ("status.podIP", "status.hostIP"),
    ("true", "false"),
    ("volcano", "yunikorn"),
    ("yunikorn", "volcano"),
];

/// Values of fields for which a small step does not show what depends on them.
const CHOICES: &[(&str, Kind, &str)] = &[
    ("mainApplicationFile", Kind::Changed, "local:///app/other.py"),
    ("mainApplicationFile", Kind::Changed, "local:///app/other.R"),
    // A jar needs a class, whichever the indentation.
    ("mainApplicationFile", Kind::Evidence, "local:///app/other.jar\n  mainClass: com.example.Other"),
    ("mainApplicationFile", Kind::Evidence, "local:///app/other.jar\n    mainClass: com.example.Other"),
    ("memory", Kind::Changed, "64g"),
    ("memoryOverheadFactor", Kind::Changed, "0.9"),
    ("restartPolicy.type", Kind::Changed, "Always"),
    ("spec.type", Kind::Changed, "Python"),
    // Which fields there are follows the version as a whole: COMPATIBILITY.md says how.
    ("sparkVersion", Kind::Evidence, "3.1.3"),
];

/// The leaves of `document`, together where they have to be the same: a volume and its mounts.
pub fn groups(document: &Node) -> Vec<Vec<Leaf>> {
    let mut leaves = Vec::new();
    collect(document, &FieldPath::root(), None, &mut leaves);
    let mut groups: Vec<Vec<Leaf>> = Vec::new();
    for leaf in leaves {
        let same = |group: &&mut Vec<Leaf>| {
            is_volume_name(&group[0].path) && is_volume_name(&leaf.path) && group[0].value == leaf.value
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(leaf),
            None => groups.push(vec![leaf]),
        }
    }
    groups
}

fn collect(node: &Node, path: &FieldPath, key: Option<Span>, leaves: &mut Vec<Leaf>) {
    match &node.value {
        Value::Mapping(mapping) => {
            mapping.entries().for_each(|(key, value)| collect(value, &path.key(key.text.clone()), key.span, leaves));
        }
        Value::Sequence(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, &path.index(index), None, leaves));
        }
        // They say what the document is.
        _ if matches!(path.to_string().as_str(), "apiVersion" | "kind") => {}
        value => {
            let span = node.origin.span().unwrap();
            leaves.push(Leaf { path: path.clone(), span, key, value: value.clone() });
        }
    }
}

fn is_volume_name(path: &FieldPath) -> bool {
    let [.., Segment::Key(list), Segment::Index(_), Segment::Key(field)] = path.0.as_slice() else { return false };
    field == "name" && (list == "volumes" || list == "volumeMounts")
}

/// An input with one leaf (or one group of them) otherwise.
pub struct Variation {
    pub kind: Kind,
    pub text: String,
}

/// What was done to the leaf, and with that what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It has another value: exactly the fields that name it may change, and those that name it should.
    Changed,
    /// It is gone: fields that were there change only if they named it. What comes instead has no place to name.
    Removed,
    /// More than the leaf is changed: only shows that fields that name it have reason to.
    Evidence,
}

/// Every way to change `group`.
pub fn variations(text: &str, document: &Node, group: &[Leaf]) -> Vec<Variation> {
    let variation = |kind, text| Variation { kind, text };
    let steps = [1, 5].map(|step| variation(Kind::Changed, changed(text, group, &|leaf| leaf.other(step))));
    let mut variations = Vec::from(steps);
    let path = group[0].path.to_string();
    for (_, kind, value) in CHOICES.iter().filter(|(field, ..)| path.ends_with(field)) {
        variations.push(variation(*kind, changed(text, group, &|_| (*value).to_owned())));
    }
    variations.push(variation(Kind::Removed, without(document, group, false)));
    // An item of a list goes with its name.
    if group.iter().all(|leaf| matches!(leaf.path.0.last(), Some(Segment::Key(key)) if key == "name")) {
        variations.push(variation(Kind::Evidence, without(document, group, true)));
    }
    variations
}

/// `text` with another value for each leaf of `group`.
fn changed(text: &str, group: &[Leaf], other: &dyn Fn(&Leaf) -> String) -> String {
    let mut text = text.to_owned();
    for leaf in group.iter().rev() {
        let range = leaf.span.start as usize..leaf.span.end as usize;
        let new = written(&text[range.clone()], &other(leaf));
        text.replace_range(range, &new);
    }
    text
}

/// The document without the leaves of `group`, or without the items of lists that they are in.
fn without(document: &Node, group: &[Leaf], whole_items: bool) -> String {
    let mut document = document.clone();
    for leaf in group.iter().rev() {
        let mut steps = leaf.path.0.as_slice();
        while whole_items && !matches!(steps.last(), None | Some(Segment::Index(_))) {
            steps = &steps[..steps.len() - 1];
        }
        let Some((last, parents)) = steps.split_last() else { continue };
        let parent = parents.iter().fold(&mut document, |node, segment| match segment {
            Segment::Key(key) => node.get_mut(key).unwrap(),
            Segment::Index(index) => &mut node.as_sequence_mut().unwrap()[*index],
        });
        match last {
            Segment::Key(key) => {
                parent.as_mapping_mut().unwrap().remove(key);
            }
            Segment::Index(index) => {
                parent.as_sequence_mut().unwrap().remove(*index);
            }
        }
    }
    let mut text = String::new();
    yaml::write(&document, &mut text);
    text
}

/// `new` in the style of `old`.
fn written(old: &str, new: &str) -> String {
    if old.contains('\n') {
        // A block gets longer.
        let end = old.trim_end().len();
        format!("{}{new}{}", &old[..end], &old[end..])
    } else if old.starts_with('"') {
        format!("{new:?}")
    } else {
        new.to_owned()
    }
}

fn other(text: &str, step: u64) -> String {
    // The only other version of Python that there is.
    if text == "3" {
        return "2".to_owned();
    }
    if let Some((_, other)) = WORDS.iter().find(|(word, _)| *word == text) {
        return (*other).to_owned();
    }
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let is_quantity = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let (before, unit) = if is_quantity { text.split_at(number.len()) } else { (text, "") };
    let start = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    if let Ok(number) = before[start..].parse::<u64>() {
        return format!("{}{}{unit}", &before[..start], number + step);
    }
    if let Some(rest) = text.strip_prefix("30 ") {
        return format!("31 {rest}");
    }
    match text.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}2.{extension}"),
        None => format!("{text}2"),
    }
}
