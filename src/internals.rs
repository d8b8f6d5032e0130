//! What the tests, benchmarks and fuzz targets of this repository use beside [`crate::embed`]. No other program may: it
//! changes with any release.
#![allow(missing_docs, reason = "each module stands for the one of the same name")]

pub mod cli {
    pub use crate::cli::{ExitStatus, report_bugs, run::run};
    pub mod argocd {
        pub use crate::cli::argocd::read_parameters;
    }
    pub mod files {
        pub use crate::cli::files::Files;
    }
    pub mod rendered_file {
        pub use crate::cli::rendered_file::inspect_input;
    }
    pub mod schema {
        pub use crate::cli::schema::{Schema, text};
    }
    pub mod settings {
        pub use crate::cli::settings::Settings;
    }
    pub mod versions {
        pub use crate::cli::versions::{VersionsFormat, run};
    }
}
pub mod hosts {
    pub mod krm {
        pub use crate::hosts::krm::{
            Finding, Renamed, ResourceList, class_of, drop_account_alias, follow, is_file_based, is_output,
            is_rendered, keep_source, place, report_hashed, report_own, results, without_bookkeeping,
        };
    }
}
pub mod kube {
    pub use crate::kube::{
        API_CHOICES, Action, Ladder, Manifest, OnUnsupported, Outcome, Provenance, ROWS, Version, confirm_kinds,
        conform, conform_object, conform_template, ladder, tailor_object, validate,
    };
}
pub mod operator {
    pub use crate::operator::{
        CertificatesOptions, Class, OperatorOptions, Plan, PlanOptions, Version, classify, is_spark, plan,
    };
    pub mod api {
        pub use crate::operator::api::{ResourceKind, decode};
        pub mod v1beta2 {
            pub use crate::operator::api::v1beta2::RestartPolicy;
        }
    }
    pub mod certs {
        pub use crate::operator::certs::{
            KeyEncoding, KeyType, Layout, Moment, Owner, Pair, PrivateKey, Rotated, Rotation, SecretOptions,
            ServiceName, Validity, authority, findings, jq, manifest, manifests, pointer, server, steps,
        };
        pub mod ignore_differences {
            pub use crate::operator::certs::ignore_differences::{Protected, entries, patch, snippet};
        }
        pub mod options {
            pub use crate::operator::certs::options::CertificateSource;
        }
    }
    pub mod documents {
        pub use crate::operator::documents::{loader, parse};
    }
    pub mod resolve {
        pub use crate::operator::resolve::{ResolveOptions, resolve};
    }
    pub mod webhook {
        pub use crate::operator::webhook::{ExecutorTemplate, STEPS, driver, executor_template};
    }
}
pub mod render {
    pub use crate::render::{DriverAccount, Executors, Host, NameSuffix, Options, Target, TtlPolicy, settle};
    pub mod config {
        pub use crate::render::config::{Layers, SparkRenderSpec, config_of_config_map, read};
        pub mod texts {
            pub use crate::render::config::texts::from_texts;
        }
    }
    pub mod options {
        pub use crate::render::options::Host;
    }
    pub mod pipeline {
        pub use crate::render::pipeline::document;
    }
}
pub mod review {
    pub use crate::review::find_code;
    pub mod compatibility {
        pub mod document {
            pub use crate::review::compatibility::document::markdown;
        }
    }
    pub mod diff {
        pub use crate::review::diff::{
            Change, FieldChange, IgnorePath, ObjectChangeKind, Options, Step, compare, sides,
        };
        pub mod format {
            pub use crate::review::diff::format::{DEFAULT_BYTES, Side, View, json, markdown, text, unified};
        }
    }
    pub mod explain {
        pub use crate::review::explain::{find, json, text};
    }
    pub mod policy {
        pub use crate::review::policy::Policy;
    }
    pub mod rules {
        pub use crate::review::rules::{CODES, check, check_options};
    }
}
pub mod spark {
    pub use crate::spark::{RECORDED, SparkConf, Submission, Version};
    pub mod conf_keys {
        pub use crate::spark::conf_keys::all;
    }
    pub mod pod {
        pub use crate::spark::pod::{
            ExecutorRequest, KubernetesConf, KubernetesDriverSpec, RunningDriver, UNKNOWN_POD_IP, driver, executor,
        };
    }
    pub mod properties {
        pub use crate::spark::properties::read;
    }
    pub mod submit {
        pub use crate::spark::submit::{Input, Machine, submission};
    }
}
pub mod text {
    pub mod template {
        pub use crate::text::template::{render, set};
    }
    pub mod read {
        pub use crate::text::read::{Document, Input, Root, add, parse};
    }
    pub mod write {
        pub mod json {
            pub use crate::text::write::json::{write_line, write_pretty};
        }
        pub mod yaml {
            pub use crate::text::write::yaml::{write, write_annotated, write_stream};
        }
    }
}
pub mod tree {
    pub use crate::tree::{
        Diagnostic, Diagnostics, FieldPath, Mapping, Node, Origin, Segment, Severity, SourceId, Sourced, Sources, Span,
        Stage, Value,
    };
    pub mod bug {
        pub use crate::tree::bug::{guarded, keep, met, rehearse};
    }
    pub mod limits {
        pub use crate::tree::limits::{DEPTH, TEMPLATE_BYTES};
    }
    pub mod printers {
        pub use crate::tree::printers::{DiagnosticFormat, render};
    }
    pub mod secret {
        pub use crate::tree::secret::Cover;
    }
}
