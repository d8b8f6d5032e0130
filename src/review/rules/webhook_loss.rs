//! The pods as they would be without the webhook: built by the same feature steps, before and after the webhook's own.

use crate::{
    operator::{self, resolve, webhook},
    render::pipeline::{self, ReadTemplate, RenderOptions},
    spark::{
        Submission,
        pod::{self, DriverSpec},
    },
    text::read::Document,
    tree::{Diagnostics, Node, Sourced},
};

/// A pod with and without what the webhook adds.
pub struct PodPair {
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
pub fn webhook_loss(document: &Document, options: &RenderOptions, read_template: ReadTemplate<'_>) -> Vec<PodPair> {
    pairs(document, options, read_template).unwrap_or_default()
}

fn pairs(document: &Document, options: &RenderOptions, read_template: ReadTemplate<'_>) -> Option<Vec<PodPair>> {
    let mut said = Diagnostics::new();
    let app = resolve::resolve(document, &options.resolve, &mut said)?;
    let mut plan = operator::plan(&app, &pipeline::plan_options(&app, options, read_template), &mut said)?;
    let base = plan.executor_template.take();
    let unmutated_submission = plan.clone().submission(base.clone());
    let executor = webhook::executor_template(&app, base, &plan.conf, &mut said);
    executor.apply_to(&mut plan.conf);
    let extended = plan.submission(executor.template);

    let unmutated = pod::driver(&unmutated_submission, &mut said)?;
    let carrier = pod::driver(&extended, &mut said)?;
    let mut pairs = vec![PodPair {
        role: "driver",
        application: app.name.clone(),
        with: webhook::driver(&app, unmutated.pod.clone(), &mut said),
        without: unmutated.pod.clone(),
    }];
    let mut first = |submission: &Submission, driver: &DriverSpec| {
        let container = driver.spark_container();
        let previews = pipeline::previews(submission, &driver.system_properties, container, &mut said);
        previews.into_iter().find(|object| object.str_at(&["kind"]) == Some("Pod"))
    };
    if let (Some(without), Some(with)) = (first(&unmutated_submission, &unmutated), first(&extended, &carrier)) {
        pairs.push(PodPair { role: "executor", application: app.name.clone(), with, without });
    }
    Some(pairs)
}
