//! The pods as they would be without the webhook.

use crate::{
    render::{Options, executors, pipeline::Rendered},
    spark::{
        Submission,
        pod::{self, KubernetesDriverSpec},
    },
    tree::{Diagnostics, Node, Sourced},
};

/// A pod with and without what the webhook adds.
pub(crate) struct PodPair {
    /// `driver` or `executor`.
    pub role: &'static str,
    /// Name of the application.
    pub application: Sourced<String>,
    /// As the webhook leaves it.
    pub with: Node,
    /// As Spark makes it.
    pub without: Node,
}

/// Driver and first executor of an application. None where it cannot be built, which was said when it was rendered.
#[must_use]
pub(crate) fn webhook_loss(rendered: &Rendered, options: &Options) -> Vec<PodPair> {
    pairs(rendered, options).unwrap_or_default()
}

fn pairs(rendered: &Rendered, options: &Options) -> Option<Vec<PodPair>> {
    let (app, plan, submission) = (rendered.app.as_ref()?, rendered.plan.as_ref()?, rendered.submission.as_ref()?);
    let (spark, driver) = (rendered.spark.as_ref()?, rendered.driver.as_ref()?);
    let pair = |role, with, without| PodPair { role, application: app.name.clone(), with, without };
    let mut pairs = vec![pair("driver", driver.clone(), spark.pod.clone())];
    // What is wrong with these pods is not what `check` is about.
    let mut found = Diagnostics::new();
    let bare = executors::submission_without_webhook(app, plan, options, &mut found);
    let bare_driver = pod::driver(&bare, &mut found)?;
    let mut first = |submission: &Submission, driver: &KubernetesDriverSpec| {
        let container = driver.spark_container();
        let made = executors::objects(submission, &driver.system_properties, container, options, &mut found);
        made.shown.into_iter().chain(made.examined).find(|object| object.str_at(&["kind"]) == Some("Pod"))
    };
    if let (Some(with), Some(without)) = (first(submission, spark), first(&bare, &bare_driver)) {
        pairs.push(pair("executor", with, without));
    }
    Some(pairs)
}
