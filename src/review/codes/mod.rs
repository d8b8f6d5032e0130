//! The registry of diagnostic codes. Each module documents its own codes in a table `CODES`; here they are
//! put together for `explain CODE`, SARIF and the tests.

mod commands;

use crate::tree::CodeDoc;

/// The tables of all modules, in pipeline order.
#[must_use]
pub(crate) fn registry() -> Vec<&'static CodeDoc> {
    let tables: &[&'static [CodeDoc]] = &[
        crate::tree::bug::CODES,
        crate::text::read::CODES,
        crate::text::template::CODES,
        crate::operator::api::CODES,
        crate::operator::resolve::CODES,
        crate::operator::CODES,
        crate::operator::version::CODES,
        crate::spark::submit::CODES,
        crate::spark::pod::CODES,
        crate::operator::webhook::CODES,
        crate::render::CODES,
        crate::kube::CODES,
        crate::render::config::CODES,
        crate::operator::certs::CODES,
        super::rules::CODES,
        crate::hosts::krm::CODES,
        super::policy::CODES,
        commands::CODES,
        crate::hosts::setup::CODES,
        crate::hosts::folder::CODES,
    ];
    tables.iter().flat_map(|table| table.iter()).collect()
}

/// The documentation of `code`.
#[must_use]
pub fn find(code: &str) -> Option<&'static CodeDoc> {
    registry().into_iter().find(|doc| doc.code == code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_explained_once() {
        let mut seen = BTreeSet::new();
        for doc in registry() {
            assert!(seen.insert(doc.code), "`{}` is explained twice", doc.code);
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(doc.code.chars().all(kebab), "`{}` is not in kebab case", doc.code);
            assert!(!doc.summary.is_empty() && !doc.explanation.is_empty(), "`{}` is not explained", doc.code);
            assert!(!doc.explanation.contains("   "), "the explanation of `{}` has a gap", doc.code);
        }
    }
}
