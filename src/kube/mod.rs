//! Made for the cluster it goes to: which Kubernetes version knows what; tailoring and validation by table.
//!
//! Two tables say what exists when (`tables/kinds.tsv`, `tables/fields.tsv`, derived from the schemas of every minor),
//! one says what dropping a field would mean ([`ROWS`]), one when came what is asked for by name ([`Feature`]). The
//! walkers know no version number.

pub mod annotations;
mod api_choices;
mod api_versions;
mod codes;
mod conform;
mod convert;
pub mod duration;
mod ladder;
pub(crate) mod minors;
mod model;
pub mod names;
mod object;
mod on_unsupported;
mod pods;
pub mod quantity;
mod rows;
pub(crate) mod schema;
mod security;
mod since;
mod tailor;
mod typed;
mod unsupported;
mod validate;
mod version;
mod well_typed;

pub use api_choices::{API_CHOICES, ApiChoice};
pub use api_versions::confirm_kinds;
pub use codes::CODES;
pub use conform::{conform, conform_object, conform_template};

pub use ladder::{Ladder, Outcome, VersionRange, ladder};
pub use model::drop_unknown_fields;
pub use object::{Manifest, Provenance};
pub use on_unsupported::OnUnsupported;
pub use quantity::Quantity;
pub use rows::{Action, ROWS, Row};
pub use since::Feature;
pub use tailor::tailor_object;
pub use typed::Typed;
pub use validate::validate;
pub use version::Version;
pub use well_typed::keep_well_typed;
