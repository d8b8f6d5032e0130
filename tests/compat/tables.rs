//! The embedded tables, read a second time and simply, so that the tests do not rest on the code they test.

use std::{collections::BTreeMap, fs};

/// A field: name, signatures with their minors, gate, values.
pub(crate) struct Field {
    pub name: String,
    pub shapes: Vec<(String, String)>,
    pub gate: Option<String>,
    pub choices: Vec<String>,
}

pub(crate) struct Tables {
    /// apiVersion, kind, type, minors.
    pub kinds: Vec<(String, String, String, String)>,
    pub types: BTreeMap<String, Vec<Field>>,
}

pub(crate) fn within(minors: &str, minor: u32) -> bool {
    minors.is_empty()
        || minors != "never"
            && minors.split(',').any(|part| match part.split_once('-') {
                Some((low, high)) => {
                    low.parse().map_or(true, |low: u32| low <= minor)
                        && high.parse().map_or(true, |high: u32| minor <= high)
                }
                None => part.parse::<u32>().unwrap() <= minor,
            })
}

impl Field {
    pub(crate) fn shape(&self, minor: u32) -> Option<&str> {
        self.shapes.iter().find(|(_, minors)| within(minors, minor)).map(|(shape, _)| shape.as_str())
    }

    pub(crate) fn is_on(&self, minor: u32) -> bool {
        self.shape(minor).is_some() && self.gate.as_ref().is_none_or(|on| within(on, minor))
    }

    /// A value that every minor in which the field is on has.
    pub(crate) fn choice(&self) -> Option<&str> {
        self.choices
            .first()
            .map(|choice| choice.split(['@', '/', '*']).next().unwrap())
            .map(|text| if text.is_empty() { "*" } else { text })
    }
}

pub(crate) fn read() -> Tables {
    let text = |name: &str| fs::read_to_string(format!("src/kube/tables/{name}.tsv")).unwrap();
    let kinds = text("kinds")
        .lines()
        .skip(1)
        .map(|line| {
            let mut columns = line.split('\t').map(str::to_owned).chain(std::iter::repeat(String::new()));
            let mut next = || columns.next().unwrap();
            (next(), next(), next(), next())
        })
        .filter(|row| !row.2.is_empty())
        .collect();
    let mut types: BTreeMap<String, Vec<Field>> = BTreeMap::new();
    let mut current = String::new();
    for line in text("fields").lines().skip(1) {
        let Some(line) = line.strip_prefix('\t') else {
            line.split('\t').next().unwrap().clone_into(&mut current);
            types.insert(current.clone(), Vec::new());
            continue;
        };
        let columns: Vec<&str> = line.split('\t').collect();
        let signature = columns[1].split(['!', '#', '?']).next().unwrap();
        let shapes = signature
            .split('|')
            .map(|one| one.split_once('@').unwrap_or((one, "")))
            .map(|(shape, minors)| (shape.to_owned(), minors.to_owned()))
            .collect();
        let gate =
            columns.get(2).filter(|gate| !gate.is_empty()).map(|gate| gate.split_once('@').unwrap().1.to_owned());
        let choices = columns.get(3).map(|all| all.split(' ').map(str::to_owned).collect()).unwrap_or_default();
        types.get_mut(&current).unwrap().push(Field { name: columns[0].to_owned(), shapes, gate, choices });
    }
    Tables { kinds, types }
}
