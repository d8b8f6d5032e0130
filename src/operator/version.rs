//! Generations of the operator, as far as certificates go (see `spec` of each row: the operator's own sources).

use std::fmt;

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
pub const VERIFIED_DAYS: i64 = 180;

/// A version of the operator, or of its chart before 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorVersion {
    major: u32,
    minor: u32,
    patch: Option<u32>,
}

impl OperatorVersion {
    /// The newest one known.
    pub const NEWEST: Self = Self { major: 2, minor: 5, patch: None };

    /// Parses `1.1.26`, `1.4`, `v2.5.2`.
    ///
    /// # Errors
    /// A sentence, when it is none that is supported.
    pub fn parse(text: &str) -> Result<Self, String> {
        let problem = || {
            format!(
                "`{text}` is no supported version of the operator: those are 1.1 to 1.4 (of its chart) and 2.0 to 2.5"
            )
        };
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.').map(str::parse::<u32>);
        let mut next = || parts.next().transpose().map_err(|_| problem());
        let (major, minor, patch, more) = (next()?, next()?, next()?, next()?);
        match (major, minor, more) {
            (Some(major), Some(minor), None) if matches!((major, minor), (1, 1..=4) | (2, 0..=5)) => {
                Ok(Self { major, minor, patch })
            }
            _ => Err(problem()),
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

    /// `sideEffects` of the webhooks: `None` from 2.5.1 on.
    #[must_use]
    pub fn side_effects(self) -> &'static str {
        if (self.major, self.minor, self.patch.unwrap_or(u32::MAX)) >= (2, 5, 1) { "None" } else { "NoneOnDryRun" }
    }

    /// Whether the operator can leave the certificate to cert-manager (2.2 and later).
    #[must_use]
    pub fn knows_cert_manager(self) -> bool {
        self.treatment() == Treatment::Verified
    }
}

impl Default for OperatorVersion {
    fn default() -> Self {
        Self::NEWEST
    }
}

impl fmt::Display for OperatorVersion {
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
            let version = OperatorVersion::parse(text).unwrap();
            assert_eq!(version.treatment(), treatment, "{text}");
            assert_eq!(version.to_string(), text.trim_start_matches('v'));
        }
        let version = |text| OperatorVersion::parse(text).unwrap();
        assert!(version("2.1").is_at_least(version("2.1.1")) && version("2.1.0").is_at_least(version("2.1")));
        assert!(!version("2.1.0").is_at_least(version("2.1.1")) && !version("2.0").is_at_least(version("2.1")));
        for text in ["", "2", "3.0", "2.6", "1.0", "2.5.x", "2.5.1.1"] {
            assert!(OperatorVersion::parse(text).is_err(), "{text}");
        }
    }
}
