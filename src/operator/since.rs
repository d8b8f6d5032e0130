//! Table: versions of the operator that brought, changed or ended what messages speak of.

/// `restartPolicy` fields and others of old have had no effect since.
pub(crate) const FIELDS_WITHOUT_EFFECT: &str = "2.0";
/// The resource `v1beta1` is gone.
pub(crate) const V1BETA1_REMOVED: &str = "2.2.0";
/// Certificates are read and verified; the chart no longer renders an empty Secret.
pub(crate) const CERTIFICATES_VERIFIED: &str = "2.2";
/// Some confs are refused in `sparkConf`.
pub(crate) const CONFS_DENIED: &str = "2.5.2";
/// Units of memory may be in upper case (unreleased).
pub(crate) const UPPER_CASE_UNITS: &str = "2.6";
