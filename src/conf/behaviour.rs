//! What differs between Spark versions, as data: one row per difference, so that no feature step asks for a
//! version number. COMPATIBILITY.md is printed from this table.

/// A difference between Spark versions that shows in the objects it creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behaviour {
    /// The driver Service carries `ipFamilies` and `ipFamilyPolicy`.
    ServiceIpFamilies,
}

/// A row: who behaves so, from which version, and up to (not including) which.
#[derive(Debug, Clone, Copy)]
pub struct BehaviourRow {
    /// The difference.
    pub behaviour: Behaviour,
    /// First version.
    pub since: (u32, u32, u32),
    /// First version that no longer does.
    pub until: Option<(u32, u32, u32)>,
    /// For readers of COMPATIBILITY.md.
    pub summary: &'static str,
}

/// All differences. Boundaries are those between recorded versions.
pub const BEHAVIOURS: &[BehaviourRow] = &[BehaviourRow {
    behaviour: Behaviour::ServiceIpFamilies,
    since: (3, 4, 0),
    until: None,
    summary: "driver Service has ipFamilies and ipFamilyPolicy",
}];
