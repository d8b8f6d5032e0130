//! The webhook certificate Secret, made once and never fought over: made, checked, renewed, and kept out of the
//! hands of second owners.
//!
//! The operator's webhook wants an authority and a server certificate in a Secret. Who makes them, and who may
//! overwrite them, is where installations break (empty values from Helm, self-healing hosts, racing replicas).

mod adopt;
mod assess;
mod assessment;
mod clock;
mod codes;
mod findings;
pub(crate) mod ignore_differences;
mod issue;
mod key;
mod moment;
pub(crate) mod options;
mod owner;
mod paths;
mod pem;
mod secret;
mod steps;
mod store;
pub(crate) mod webhooks;
mod worktree;
mod x509;

pub use adopt::manifests;
pub(crate) use assess::{assess, assess_encrypted_file};
pub(crate) use assessment::{Assessment, Expectation, Verdict};
pub(crate) use clock::now;
pub(crate) use codes::CODES;
pub use findings::findings;
pub(crate) use findings::is_concerned;
pub use issue::{Pair, ServiceName, Validity, authority, server};
pub use key::KeyEncoding;
pub(crate) use key::KeyForm;
pub use key::{KeyType, PrivateKey};
pub use moment::Moment;
pub use owner::Owner;
pub(crate) use owner::{annotated_owner, remark};
pub use paths::{jq, pointer};
pub(crate) use pem::{Block, blocks as pem_blocks};
pub(crate) use secret::{
    FindError, Form, SERVICE_ANNOTATION, SecretPart, encoded, find, form, holds_certificate, is_encrypted_file, layout,
    part,
};
pub use secret::{Layout, SecretOptions, manifest};
pub use steps::{Rotated, Rotation, steps};
pub(crate) use store::{Created, SecretFile};
pub(crate) use worktree::{Tracking, tracking};
pub(crate) use x509::{Certificate, Signature};
