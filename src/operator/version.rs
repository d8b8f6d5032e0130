//! Generations of the operator, as far as certificates go (see `spec` of each row: the operator's own sources).

use std::fmt;

use super::since;
use crate::{
    spark::Behaviour,
    text::dotted::Dotted,
    tree::{CodeDoc, Diagnostic, Diagnostics, Origin},
};

/// Codes of this module.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "operator-version-invalid",
        summary: "a text is no supported version of the operator",
        explanation: "Write the version of the operator, for those before 2.0 that of its Helm chart. `spark-render versions` \
                      lists what is supported.",
    },
    CodeDoc {
        code: "operator-version-unknown",
        summary: "the operator is newer than the newest version that is known",
        explanation: "It is taken for the newest known version. Fields and faults that came later are not looked at.",
    },
];

/// How the operator treats the Secret when it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// Mounted and served as it is; a Job makes it if it is absent (chart 1.1 to 1.3, hack/gencerts.sh).
    Mounted,
    /// Never read; overwritten at each start of each replica (chart 1.4, pkg/webhook/certs.go).
    Overwritten,
    /// Read, and used without looking at names or dates (2.0 and 2.1, pkg/certificate/certificate.go).
    UsedUnchecked,
    /// Read, verified for 180 days ahead, replaced if that fails (2.2 and later, same file).
    Verified,
}

/// Days ahead for which operators from 2.2 on verify the certificate.
pub(crate) const VERIFIED_DAYS: i64 = 180;

/// A supported version of the operator, or of its chart before 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: Option<u32>,
    /// Whether a later minor was asked for, which is taken for this one.
    is_later: bool,
}

/// What a text asks for, and what is used for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The version that is used.
    pub used: Version,
    /// What was asked for, if that is a newer minor than the newest known one.
    pub newer: Option<String>,
}

impl Version {
    /// The newest one known.
    pub const NEWEST: Self = Self { major: 2, minor: 5, patch: None, is_later: false };

    /// Reads `1.1.26`, `1.4`, `v2.5.2`; a later minor of the newest major is read as the newest known one.
    ///
    /// # Errors
    /// A sentence, when it is none that is supported.
    pub fn read(text: &str) -> Result<Reading, String> {
        let newest = Self::NEWEST;
        let problem = || {
            format!(
                "`{text}` is no supported version of the operator: those are 1.1 to 1.4 (of its chart) and 2.0 to {newest}"
            )
        };
        let Dotted { text: asked, numbers, rest } = Dotted::read(text).ok_or_else(problem)?;
        let (major, minor, patch) = match numbers[..] {
            [major, minor] => (major, minor, None),
            [major, minor, patch] => (major, minor, Some(patch)),
            _ => return Err(problem()),
        };
        if !rest.is_empty() {
            return Err(problem());
        }
        if major == newest.major && minor > newest.minor {
            let used = Self { is_later: true, ..newest };
            return Ok(Reading { used, newer: Some(asked.to_owned()) });
        }
        if !matches!((major, minor), (1, 1..=4) | (2, _)) {
            return Err(problem());
        }
        Ok(Reading { used: Self { major, minor, patch, is_later: false }, newer: None })
    }

    /// Reads `text` and says what is wrong with it, or that another version is used. Nothing after an error.
    pub fn resolve(text: &str, origin: &Origin, diagnostics: &mut Diagnostics) -> Option<Self> {
        match Self::read(text) {
            Ok(reading) => {
                reading.note().into_iter().for_each(|note| diagnostics.push(note.at(origin)));
                Some(reading.used)
            }
            Err(message) => {
                diagnostics.push(
                    Diagnostic::error("operator-version-invalid", message)
                        .at(origin)
                        .hint(format!("write the version of the operator, for example `{}`", Self::NEWEST)),
                );
                None
            }
        }
    }

    /// Whether it has what came with `version`. Without a patch it is the newest of its minor.
    #[must_use]
    pub fn is_at_least(self, version: Self) -> bool {
        let numbers = |one: Self, patch: u32| (one.major, one.minor, one.patch.unwrap_or(patch));
        numbers(self, u32::MAX) >= numbers(version, 0)
    }

    /// What it does with the Secret.
    #[must_use]
    pub fn treatment(self) -> Treatment {
        match (self.major, self.minor) {
            (1, 4) => Treatment::Overwritten,
            (1, _) => Treatment::Mounted,
            (_, 0 | 1) => Treatment::UsedUnchecked,
            _ => Treatment::Verified,
        }
    }

    /// The first one that verifies certificates, and whose chart renders no empty Secret.
    #[must_use]
    pub fn first_that_verifies() -> &'static str {
        since::CERTIFICATES_VERIFIED
    }

    /// Whether webhook configurations are rendered by Helm, and only their caBundle is written by the operator;
    /// operators before 2.0 create and delete the configurations themselves.
    #[must_use]
    pub fn webhooks_are_rendered(self) -> bool {
        self.major >= 2
    }

    /// Whether SparkApplications have `driver.template` and `executor.template` (2.1.0).
    #[must_use]
    pub fn has_pod_templates(self) -> bool {
        (self.major, self.minor) >= (2, 1)
    }

    /// The Spark inside of the operator's image, which builds the driver.
    #[must_use]
    pub fn submitter(self) -> (u32, u32) {
        match (self.major, self.minor) {
            (1, 1) => (3, 1),
            (1, _) | (2, 0..=2) => (3, 5),
            _ => (4, 0),
        }
    }

    /// Whether the webhook also handles SparkConnect (2.5.0).
    #[must_use]
    pub fn handles_spark_connect(self) -> bool {
        (self.major, self.minor) >= (2, 5)
    }

    /// Whether the confs of a SparkConnect are quoted in the server's command, so that no shell reads them (after 2.5,
    /// `internal/controller/sparkconnect/options.go`).
    #[must_use]
    pub fn quotes_connect_confs(self) -> bool {
        self.is_later
    }

    /// `sideEffects` of the webhooks: `None` from 2.5.1 on.
    #[must_use]
    pub fn side_effects(self) -> &'static str {
        if (self.major, self.minor, self.patch.unwrap_or(u32::MAX)) >= (2, 5, 1) { "None" } else { "NoneOnDryRun" }
    }

    /// Whether the operator's own Spark behaves so.
    #[must_use]
    pub fn submits_with(self, behaviour: Behaviour) -> bool {
        let (major, minor) = self.submitter();
        behaviour.is_of((major, minor, 0))
    }

    /// Whether the operator can leave the certificate to cert-manager (2.2 and later).
    #[must_use]
    pub fn knows_cert_manager(self) -> bool {
        self.treatment() == Treatment::Verified
    }
}

impl Reading {
    /// Says that another version is used than was asked for.
    #[must_use]
    pub fn note(&self) -> Option<Diagnostic> {
        let newer = self.newer.as_ref()?;
        let message =
            format!("operator {newer} is newer than the newest known version; it is taken for operator {}", self.used);
        Some(Diagnostic::note("operator-version-unknown", message).hint("look for a newer release of this tool"))
    }
}

impl Default for Reading {
    fn default() -> Self {
        Self { used: Version::NEWEST, newer: None }
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.newer {
            Some(newer) => f.write_str(newer),
            None => self.used.fmt(f),
        }
    }
}

impl Default for Version {
    fn default() -> Self {
        Self::NEWEST
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_fall_into_four_generations() {
        for (text, treatment) in [
            ("1.1.26", Treatment::Mounted),
            ("1.3.2", Treatment::Mounted),
            ("1.4", Treatment::Overwritten),
            ("v2.1.1", Treatment::UsedUnchecked),
            ("2.2.0", Treatment::Verified),
            ("2.5.2", Treatment::Verified),
        ] {
            let version = Version::read(text).unwrap().used;
            assert_eq!(version.treatment(), treatment, "{text}");
            assert_eq!(version.to_string(), text.trim_start_matches('v'));
        }
        let version = |text| Version::read(text).unwrap().used;
        assert!(version("2.1").is_at_least(version("2.1.1")) && version("2.1.0").is_at_least(version("2.1")));
        assert!(!version("2.1.0").is_at_least(version("2.1.1")) && !version("2.0").is_at_least(version("2.1")));
        for text in ["", "2", "3.0", "9.9", "1.5", "1.0", "2.5.x", "2.5.1.1", "2.5-rc", "bogus"] {
            assert!(Version::read(text).is_err(), "{text}");
        }
    }

    /// What the versions on both sides of each change do: the Spark inside, `sideEffects`, whether Helm renders the webhooks,
    /// whether there are pod templates, whether SparkConnect is handled, whether cert-manager may make the certificate.
    #[test]
    fn each_change_comes_with_its_version() {
        for (text, submitter, side_effects, has) in [
            ("1.1.26", (3, 1), "NoneOnDryRun", [false, false, false, false]),
            ("1.2.0", (3, 5), "NoneOnDryRun", [false, false, false, false]),
            ("1.4.6", (3, 5), "NoneOnDryRun", [false, false, false, false]),
            ("2.0.2", (3, 5), "NoneOnDryRun", [true, false, false, false]),
            ("2.1.0", (3, 5), "NoneOnDryRun", [true, true, false, false]),
            ("2.2.0", (3, 5), "NoneOnDryRun", [true, true, false, true]),
            ("2.3.0", (4, 0), "NoneOnDryRun", [true, true, false, true]),
            ("2.4.0", (4, 0), "NoneOnDryRun", [true, true, false, true]),
            ("2.5.0", (4, 0), "NoneOnDryRun", [true, true, true, true]),
            ("2.5.1", (4, 0), "None", [true, true, true, true]),
            ("2.5", (4, 0), "None", [true, true, true, true]),
        ] {
            let version = Version::read(text).unwrap().used;
            assert_eq!((version.submitter(), version.side_effects()), (submitter, side_effects), "{text}");
            let found = [
                version.webhooks_are_rendered(),
                version.has_pod_templates(),
                version.handles_spark_connect(),
                version.knows_cert_manager(),
            ];
            assert_eq!(found, has, "{text}");
        }
    }

    #[test]
    fn a_later_minor_of_the_newest_major_is_the_newest_known_with_a_note() {
        for text in ["2.6", "v2.9.1"] {
            let reading = Version::read(text).unwrap();
            assert_eq!(reading.used.to_string(), Version::NEWEST.to_string());
            assert!(reading.used.quotes_connect_confs() && !Version::NEWEST.quotes_connect_confs());
            assert!(reading.note().unwrap().message.contains(text.trim_start_matches('v')));
        }
        assert!(Version::read("2.5.9").unwrap().note().is_none());
    }
}
