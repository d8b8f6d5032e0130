//! `schema`: what editors and kustomize want to know about our resources and the operator's.

mod config;

use crate::{
    hosts::kustomize,
    operator::{self, fields},
};
use clap::ValueEnum;

/// What `schema` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Schema {
    /// JSON Schema of the SparkRender configuration.
    #[default]
    Config,
    /// JSON Schema of SparkApplication v1beta2.
    SparkApplication,
    /// JSON Schema of ScheduledSparkApplication v1beta2.
    ScheduledSparkApplication,
    /// JSON Schema of SparkConnect v1alpha1.
    SparkConnect,
    /// File for `configurations` of a kustomization: name references and images in Spark resources.
    KustomizeConfigurations,
    /// File for `openapi` of a kustomization: lists of Spark resources that patches merge.
    KustomizeOpenapi,
}

/// The text of `schema`.
#[must_use]
pub fn text(schema: Schema) -> String {
    match schema {
        Schema::Config => config::schema(),
        Schema::SparkApplication => operator::schema::of(fields::SPARK_APPLICATION, "v1beta2"),
        Schema::ScheduledSparkApplication => operator::schema::of(fields::SCHEDULED_SPARK_APPLICATION, "v1beta2"),
        Schema::SparkConnect => operator::schema::of(fields::SPARK_CONNECT, "v1alpha1"),
        Schema::KustomizeConfigurations => kustomize::schema::configurations(),
        Schema::KustomizeOpenapi => kustomize::schema::openapi(),
    }
}
