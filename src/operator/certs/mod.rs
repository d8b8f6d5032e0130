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
pub mod ignore_differences;
mod issue;
mod key;
mod moment;
pub mod options;
mod owner;
mod paths;
mod pem;
mod secret;
mod steps;
mod store;
pub mod webhooks;
mod worktree;
mod x509;

pub use super::version::{Treatment, VERIFIED_DAYS};
pub use adopt::{cert_manager, manifests};
pub use assess::{assess, assess_encrypted_file};
pub use assessment::{Assessment, Expectation, Verdict};
pub use clock::now;
pub use codes::CODES;
pub use findings::{findings, is_concerned};
pub use issue::{IssueError, Pair, ServiceName, Validity, authority, server};
pub use key::{KeyEncoding, KeyForm, KeyType, PrivateKey};
pub use moment::Moment;
pub use owner::{Owner, annotated_owner, remark};
pub use paths::{jq, pointer};
pub use pem::{Block, blocks as pem_blocks};
pub use secret::{
    FindError, Form, Layout, SERVICE_ANNOTATION, SecretOptions, SecretPart, encoded, find, form, holds_certificate,
    is_encrypted_file, layout, manifest, part,
};
pub use steps::{Rotated, Rotation, steps};
pub use store::{Created, Lock, SecretFile};
pub use worktree::{Tracking, tracking};
pub use x509::{Certificate, Signature};
