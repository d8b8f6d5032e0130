//! What a person has to do after a rotation, in order, for an operator and an owner.

use super::{Owner, ServiceName, webhooks};
use crate::operator::{Treatment, Version};

/// What was renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotated {
    /// The server's certificate; the authority is the same, so nobody has to learn to trust anything new.
    Server,
    /// The authority, too.
    Authority,
}

/// What the steps are about.
#[derive(Debug, Clone)]
pub struct Rotation<'a> {
    /// What was renewed.
    pub rotated: Rotated,
    /// The operator.
    pub operator: Version,
    /// The owner.
    pub owner: Owner,
    /// The Secret's name.
    pub secret_name: &'a str,
    /// The webhook's Service.
    pub service: &'a ServiceName,
    /// The file.
    pub file: &'a str,
}

/// The ordered steps, one sentence or two each.
#[must_use]
pub fn steps(rotation: &Rotation) -> Vec<String> {
    let Rotation { rotated, operator, owner, secret_name, service, file } = rotation;
    let namespace = &service.namespace;
    let deployment = webhooks::default_name(&service.service);
    let treatment = operator.treatment();
    if treatment == Treatment::Overwritten {
        return vec![format!(
            "Nothing: operator {operator} never reads the Secret. Run one replica, upgrade to {} or later, or render the applications and switch the webhook off.",
            Version::first_that_verifies()
        )];
    }
    let mut steps = Vec::new();
    if *rotated == Rotated::Authority {
        steps.push(match treatment {
            Treatment::Mounted => "Pause submissions: until the operator has restarted, the API server trusts the old authority only, and with failurePolicy Ignore pods lose their env without a word.".to_owned(),
            _ => "Pause submissions: the operator reads one PEM block, so old and new authority cannot overlap, and with failurePolicy Fail the API server refuses applications until the webhook has restarted.".to_owned(),
        });
    }
    match owner {
        Owner::Git => {
            steps.push(format!("Encrypt `{file}` (SOPS, kubeseal) and commit it."));
            if *rotated == Rotated::Authority && treatment != Treatment::Mounted {
                steps.push("If you render the webhook configurations with their caBundle, render them anew (`spark-render certs webhook`) into the same commit.".to_owned());
            }
            steps.push(format!("Let Argo CD or Flux apply it: `kubectl -n {namespace} get secret {secret_name} -o yaml | spark-render certs check -` shows the new dates."));
        }
        Owner::Cluster => {
            steps.push(format!("Delete the live Secret, whose data nobody overwrites: `kubectl -n {namespace} delete secret {secret_name}`. Running webhooks keep what they have in memory; do not restart them before the next step is done."));
            steps.push(format!("Apply the new one before the operator makes its own: `kubectl create -f {file}` (from the decrypted file), or let Argo CD or Flux sync it."));
            steps.push(format!(
                "Look at it: `kubectl -n {namespace} get secret {secret_name} -o yaml | spark-render certs check -`."
            ));
        }
    }
    steps.push(match treatment {
        Treatment::Mounted => match rotated {
            Rotated::Server => "Wait: the operator reads the mounted files again within 15 minutes of their update (which takes the kubelet up to two more). Or restart it.".to_owned(),
            Rotated::Authority => format!("Restart the operator once the kubelet has updated the mounted files (two minutes): it writes caBundle at its start only. `kubectl -n {namespace} rollout restart deployment/{deployment}` (in these charts the operator itself is the webhook: use its Deployment)."),
        },
        _ => match rotated {
            Rotated::Server => format!("Restart the webhook, which reads the Secret at its start only: `kubectl -n {namespace} rollout restart deployment/{deployment}`. Old and new replicas are trusted alike."),
            Rotated::Authority => format!("Stop all replicas of the webhook, then start them: `kubectl -n {namespace} scale deployment/{deployment} --replicas=0`, wait until the pods are gone, and scale up again. A rolling restart would let old and new authority write caBundle in turn."),
        },
    });
    if *rotated == Rotated::Authority {
        steps.push("Compare caBundle of the webhook configurations with `ca-cert.pem` of the Secret, then submit a small application and look for its env. Resume submissions.".to_owned());
    }
    steps
}
