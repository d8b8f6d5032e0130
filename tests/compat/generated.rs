//! The tables that scripts derive are as these wrote them: nobody corrects a version by hand.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

/// Where the tables are, and what their `update.sh` wrote beside itself, in the form of `sha256sum`.
const TABLES: &[(&str, &str, usize)] = &[
    ("src/kube/tables", "scripts/kube-schema/tables.sha256", 2),
    ("src/spark/conf_keys", "scripts/conf-keys/tables.sha256", 1),
];

#[test]
fn tables_are_as_they_were_derived() {
    for (folder, sums, count) in TABLES {
        let text = fs::read_to_string(sums).unwrap();
        assert_eq!(text.lines().count(), *count, "{text}");
        for line in text.lines() {
            let (sum, file) = line.split_once("  ").unwrap();
            let bytes = fs::read(Path::new(folder).join(file)).unwrap();
            let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, sum, "{folder}/{file} is not what update.sh wrote");
        }
    }
}
