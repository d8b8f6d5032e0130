//! `sparkoperator.k8s.io/v1alpha1`: SparkConnect (operator 2.3 and later).

mod spark_connect;

pub(crate) use spark_connect::SparkConnectSpec;
