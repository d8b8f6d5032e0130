//! `NetworkPolicyFeatureStep` (from 4.2): executors take connections from their own application only.

use crate::spark::names::{APP_SELECTOR_LABEL, ROLE_LABEL};
use crate::{
    map, seq,
    spark::{
        Behaviour,
        pod::{Build, FeatureStep, KubernetesConf},
    },
    tree::Diagnostics,
};

const NAME: &str = "NetworkPolicyFeatureStep";

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: NAME, needs: Some(Behaviour::NetworkPolicy), configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, _: &mut Diagnostics) {
    let own = map! { "matchLabels" => map! { APP_SELECTOR_LABEL => conf.app_id_node() } };
    build.resources.push(map! {
        "apiVersion" => "networking.k8s.io/v1",
        "kind" => "NetworkPolicy",
        "metadata" => map! {
            "labels" => map! { APP_SELECTOR_LABEL => conf.app_id_node() },
            "name" => conf.prefixed_name("-policy", NAME),
            "namespace" => conf.namespace(),
        },
        "spec" => map! {
            "ingress" => seq![map! { "from" => seq![map! { "podSelector" => own }] }],
            "podSelector" => map! {
                "matchLabels" => map! { ROLE_LABEL => "executor", APP_SELECTOR_LABEL => conf.app_id_node() },
            },
        },
    });
}
