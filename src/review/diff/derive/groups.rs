//! Which objects have to do with each other: those with the label of one application, and others that share a name
//! which changed with objects of one application only.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    operator::names::APP_NAME_LABEL,
    review::diff::{Group, ObjectChange},
};

/// Objects by what links them.
pub(super) struct Links {
    /// For each object, one before it in the same group, or itself.
    parents: Vec<usize>,
    /// For the first object of a group, the application.
    applications: Vec<Option<String>>,
}

impl Links {
    /// The links by the label of the application.
    pub(super) fn of(objects: &[ObjectChange]) -> Self {
        let applications: Vec<Option<String>> = objects.iter().map(application).collect();
        let mut links = Self { parents: (0..objects.len()).collect(), applications };
        let mut labelled: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (place, application) in links.applications.iter().enumerate() {
            if let Some(application) = application {
                labelled.entry(application.clone()).or_default().insert(place);
            }
        }
        for places in labelled.values() {
            links.join(places);
        }
        links
    }

    /// Puts objects together, unless they are of several applications: what these share is of none.
    /// Returns whether they are together.
    pub(super) fn join(&mut self, places: &BTreeSet<usize>) -> bool {
        let roots: BTreeSet<usize> = places.iter().map(|place| self.root(*place)).collect();
        let applications: BTreeSet<&String> =
            roots.iter().filter_map(|root| self.applications[*root].as_ref()).collect();
        if applications.len() > 1 {
            return false;
        }
        let application = applications.into_iter().next().cloned();
        if let Some(first) = roots.first() {
            roots.iter().for_each(|root| self.parents[*root] = *first);
            self.applications[*first] = application;
        }
        true
    }

    fn root(&mut self, mut place: usize) -> usize {
        while self.parents[place] != place {
            self.parents[place] = self.parents[self.parents[place]];
            place = self.parents[place];
        }
        place
    }

    /// The groups, in the order of their first objects.
    pub(super) fn groups(mut self) -> Vec<Group> {
        let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
        for place in 0..self.parents.len() {
            let root = self.root(place);
            groups.entry(root).or_default().objects.push(place);
        }
        for (root, group) in &mut groups {
            group.application = self.applications[*root].take();
        }
        groups.into_values().collect()
    }
}

/// Namespace and name of the application that an object is of.
fn application(object: &ObjectChange) -> Option<String> {
    let name = object.object.str_at(&["metadata", "labels", APP_NAME_LABEL])?;
    Some(object.name.namespace.as_ref().map_or_else(|| name.to_owned(), |namespace| format!("{namespace}/{name}")))
}
