//! One object of a name: what several applications share is written once, everything else must not repeat.

use std::collections::BTreeMap;

use hashbrown::{HashTable, hash_table::Entry};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use crate::{
    kube::{Manifest, Provenance},
    text::write::yaml,
    tree::{Node, ObjectRef, Origin},
};

/// What is to be known of an object when its tree is gone.
#[derive(Debug, Clone)]
pub(crate) struct ObjectSummary {
    identity: [u8; 16],
    /// Of what may be shared, a digest of everything in it.
    content: Option<[u8; 16]>,
    is_preview: bool,
    api_version: SmolStr,
    kind: SmolStr,
    namespace: Option<SmolStr>,
    name: SmolStr,
    /// The place of the name.
    pub place: Origin,
}

/// Kinds that two applications with the same ServiceAccount both bring.
const SHARED: &[&str] = &["ServiceAccount", "Role", "RoleBinding"];

impl ObjectSummary {
    /// What is kept of `manifest`.
    pub(crate) fn of(manifest: &Manifest) -> Self {
        let (api_version, kind) = (manifest.api_version(), manifest.kind());
        let metadata = manifest.object.get("metadata");
        let name = metadata.and_then(|metadata| metadata.get("name"));
        let namespace = metadata.and_then(|metadata| metadata.get("namespace")).and_then(Node::as_str);
        let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
        let may_share = manifest.provenance == Provenance::Rendered && SHARED.contains(&kind);
        let content = may_share.then(|| {
            let mut text = String::new();
            yaml::write(&manifest.object, &mut text);
            digest(&[&text])
        });
        let place = name.map_or(&manifest.object.origin, |name| &name.origin);
        let name = name.and_then(Node::as_str).unwrap_or_default();
        Self {
            identity: digest(&[group, kind, namespace.unwrap_or_default(), name]),
            content,
            is_preview: manifest.provenance == Provenance::Preview,
            api_version: api_version.into(),
            kind: kind.into(),
            namespace: namespace.map(SmolStr::from),
            name: name.into(),
            place: place.clone(),
        }
    }

    /// The object, for messages.
    pub(crate) fn object(&self) -> ObjectRef {
        ObjectRef {
            api_version: self.api_version.to_string(),
            kind: self.kind.to_string(),
            namespace: self.namespace.as_ref().map(ToString::to_string),
            name: self.name.to_string(),
        }
    }
}

/// The objects that went by, as digests: memory stays small for tens of thousands.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    objects: HashTable<[u8; 16]>,
    /// The content of those that may be shared.
    contents: BTreeMap<[u8; 16], [u8; 16]>,
}

/// A digest is as good a hash as any: its first half.
fn hash(digest: &[u8; 16]) -> u64 {
    u64::from_ne_bytes(*digest.first_chunk().expect("16 bytes have a first half"))
}

/// What an object is to the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// The first of its name.
    New,
    /// A preview: it is no object of the output.
    Preview,
    /// The same object again, for another application with the same account.
    Shared,
    /// Another object of a name that was there.
    Duplicate,
}

impl Seen {
    /// Notes the object of `card`.
    pub(crate) fn admit(&mut self, card: &ObjectSummary) -> Admission {
        if card.is_preview {
            return Admission::Preview;
        }
        let is_known = |digest: &[u8; 16]| *digest == card.identity;
        if let Entry::Vacant(place) = self.objects.entry(hash(&card.identity), is_known, hash) {
            place.insert(card.identity);
            self.contents.extend(card.content.map(|content| (card.identity, content)));
            return Admission::New;
        }
        match card.content {
            Some(content) if self.contents.get(&card.identity) == Some(&content) => Admission::Shared,
            _ => Admission::Duplicate,
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
