//! From pods to the complete, ordered set of manifests: names, companions, and the objects that the operator makes.

mod assembly;
mod codes;
mod names;
mod object;
mod objects;
mod parts;
mod passes;
mod rule;
mod spark_application;
mod spark_connect;
mod workload;

pub use assembly::{Assembly, Previews, assemble};
pub use codes::CODES;
pub use object::{Manifest, Provenance};
pub use objects::{batch_scheduler, url_format};
pub use spark_application::{Rewriting, rewrite, templates_mut};
pub use spark_connect::{ConnectAssembly, assemble_connect};
pub use workload::{Workload, schedule};
