//! The tables of kinds and fields are as `scripts/kube-schema/update.sh` wrote them: nobody corrects a version by hand.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

/// Written beside the tables by `update.sh`, in the form of `sha256sum`.
const SUMS: &str = "scripts/kube-schema/tables.sha256";

#[test]
fn tables_are_as_they_were_derived() {
    let sums = fs::read_to_string(SUMS).unwrap();
    assert_eq!(sums.lines().count(), 2, "{sums}");
    for line in sums.lines() {
        let (sum, file) = line.split_once("  ").unwrap();
        let bytes = fs::read(Path::new("src/kube/tables").join(file)).unwrap();
        let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, sum, "{file} is not what update.sh wrote");
    }
}
