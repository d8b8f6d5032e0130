//! The operator's defaults by their values (`SetSparkApplicationDefaults`): most of them show in confs, these in nothing
//! that is rendered.

use spark_render::internals::{
    operator::{
        api::v1beta2::RestartPolicy,
        documents,
        resolve::{ResolveOptions, resolve},
    },
    tree::{Diagnostics, Sources},
};

/// The restart policy of an application whose own is `written`.
fn restart_policy(written: &str) -> RestartPolicy {
    let text = format!(
        "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata: {{name: pi, namespace: jobs}}\n\
         spec: {{type: Scala, sparkVersion: 3.5.1, image: 'a:1', mainClass: a.B, mainApplicationFile: 'local:///a.jar', \
         driver: {{}}, executor: {{}}, restartPolicy: {written}}}\n"
    );
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("app.yaml", text);
    let documents = documents::parse(id, &sources, &mut diagnostics);
    let application = resolve(&documents[0], &ResolveOptions::default(), &mut diagnostics).unwrap();
    application.spec.restart_policy.clone().unwrap()
}

#[test]
fn restart_policies_are_filled_in_as_the_operator_does() {
    // Type, seconds after a failure, seconds after a failed submission.
    for (written, kind, after_failure, after_submission) in [
        ("{}", "Never", None, None),
        ("{type: Never}", "Never", None, None),
        ("{type: OnFailure}", "OnFailure", Some(5), Some(5)),
        ("{type: Always}", "Always", Some(5), Some(5)),
        ("{type: OnFailure, onFailureRetryInterval: 7}", "OnFailure", Some(7), Some(5)),
        ("{type: OnFailure, onSubmissionFailureRetryInterval: 8}", "OnFailure", Some(5), Some(8)),
    ] {
        let policy = restart_policy(written);
        assert_eq!(policy.r#type.map(|kind| kind.value).as_deref(), Some(kind), "{written}");
        let interval = policy.on_failure_retry_interval.map(|seconds| seconds.value);
        assert_eq!(interval, after_failure, "{written}");
        let interval = policy.on_submission_failure_retry_interval.map(|seconds| seconds.value);
        assert_eq!(interval, after_submission, "{written}");
    }
}
