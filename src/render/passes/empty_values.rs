//! What Spark, the operator or a template writes and no API server keeps (`readOnly: false`, `value: ""`,
//! `publishNotReadyAddresses: false`) is left out, so that a live object differs in nothing from its manifest.

use crate::kube::{self, Manifest, Provenance};

/// Leaves out the empty values of the objects that are ours. Previews stay as Spark makes them: nobody applies them.
pub(crate) fn apply(manifests: &mut [Manifest]) {
    for manifest in manifests.iter_mut().filter(|manifest| manifest.provenance == Provenance::Rendered) {
        kube::drop_empty_values(&mut manifest.object);
    }
}
