//! Made for the cluster it goes to: which Kubernetes version knows what; tailoring and validation by table.
//!
//! Two tables say what exists when (`tables/kinds.tsv`, `tables/fields.tsv`, derived from the schemas of every minor),
//! one says what dropping a field would mean ([`ROWS`]), one when came what is asked for by name ([`Feature`]), one what
//! servers add by themselves (`defaults`). The walkers know no version number.

pub(crate) mod annotations;
mod api_choices;
mod api_versions;
mod codes;
mod conform;
mod convert;
pub(crate) mod defaults;
pub(crate) mod duration;
mod empty_values;
pub(crate) mod env;
mod ladder;
pub(crate) mod minors;
mod model;
pub(crate) mod names;
mod object;
mod on_unsupported;
mod pods;
pub(crate) mod quantity;
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

pub use api_choices::API_CHOICES;
pub use api_versions::confirm_kinds;
pub(crate) use codes::{CODES, SECURITY_UNSUPPORTED};
pub use conform::{conform, conform_object, conform_template};

pub(crate) use empty_values::drop_empty_values;
pub use ladder::{Ladder, Outcome, ladder};
pub(crate) use model::{DroppedField, drop_unknown_fields};
pub use object::{Manifest, Provenance};
pub use on_unsupported::OnUnsupported;
pub(crate) use quantity::Quantity;
pub(crate) use rows::Row;
pub use rows::{Action, ROWS};
pub(crate) use since::Feature;
pub use tailor::tailor_object;
pub(crate) use typed::Typed;
pub use validate::validate;
pub use version::Version;
pub(crate) use well_typed::keep_well_typed;
