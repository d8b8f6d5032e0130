//! One object of a name: what several applications share is written once, everything else must not repeat.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::{
    emit,
    manifest::{Manifest, Provenance},
};

/// The objects that went by, as digests: memory stays small for tens of thousands.
#[derive(Debug, Default)]
pub struct Seen {
    /// Identity → content, where the content may be shared.
    digests: BTreeMap<[u8; 16], Option<[u8; 16]>>,
}

/// What an object is to the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// The first of its name.
    New,
    /// A preview: it is no object of the output.
    Preview,
    /// The same object again, for another application with the same account.
    Shared,
    /// Another object of a name that was there.
    Duplicate,
}

/// Kinds that two applications with the same ServiceAccount both bring.
const SHARED: &[&str] = &["ServiceAccount", "Role", "RoleBinding"];

impl Seen {
    /// Notes `manifest`.
    pub fn admit(&mut self, manifest: &Manifest) -> Admission {
        if manifest.provenance == Provenance::Preview {
            return Admission::Preview;
        }
        let group = manifest.api_version().rsplit_once('/').map_or("", |(group, _)| group);
        let name = [group, manifest.kind(), manifest.namespace().unwrap_or_default(), manifest.name()];
        let may_share = manifest.provenance == Provenance::Rendered && SHARED.contains(&manifest.kind());
        let content = may_share.then(|| {
            let mut text = String::new();
            emit::yaml::write(&manifest.object, &mut text);
            digest(&[&text])
        });
        match self.digests.entry(digest(&name)) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(content);
                Admission::New
            }
            std::collections::btree_map::Entry::Occupied(entry) if content.is_some() && *entry.get() == content => {
                Admission::Shared
            }
            std::collections::btree_map::Entry::Occupied(_) => Admission::Duplicate,
        }
    }
}

fn digest(parts: &[&str]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    let digest = hash.finalize();
    std::array::from_fn(|index| digest[index])
}
