//! `DriverCommandFeatureStep`: the arguments of the image's entry point.

use crate::{
    spark::{
        ResourceType,
        pod::{Build, FeatureStep, KubernetesConf, REFUSED_BY_SPARK, upload},
    },
    tree::{Diagnostic, Diagnostics, Node, Origin, Stage},
};

const NAME: &str = "DriverCommandFeatureStep";

/// Where the driver finds its confs.
pub(crate) const PROPERTIES_FILE: &str = "/opt/spark/conf/spark.properties";

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: NAME, needs: None, configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let submission = conf.submission;
    let kind = submission.resource_type();
    let step = Origin::derived(Stage::FeatureStep, NAME, [submission.primary_resource.origin.clone()]);
    build.system_properties.set("spark.kubernetes.resource.type", kind.as_str(), &step);

    let mut args = vec![Node::from("driver")];
    if let Some(user) = &submission.proxy_user {
        args.extend([Node::from("--proxy-user"), Node::from(&user.value)].map(|arg| arg.at(&user.origin)));
    }
    args.extend(["--properties-file", PROPERTIES_FILE, "--class"].map(Node::from));
    match (kind.runner_class(), &submission.main_class) {
        (Some(class), _) => args.push(Node::from(class).at(&step)),
        (None, Some(class)) => args.push(Node::from(&class.value).at(&class.origin)),
        (None, None) => diagnostics.push(
            Diagnostic::error(REFUSED_BY_SPARK, "no main class is given")
                .at(&submission.primary_resource.origin)
                .hint("name the class whose `main` is to run"),
        ),
    }
    args.push(main_resource(conf, diagnostics));
    args.extend(submission.arguments.iter().map(|arg| Node::from(&arg.value).at(&arg.origin)));
    build.pod.add_args(args);

    if kind == ResourceType::Python {
        const PYTHON: &str = "spark.pyspark.python";
        let rows = [
            ("PYSPARK_PYTHON", conf.conf.node(PYTHON)),
            ("PYSPARK_DRIVER_PYTHON", conf.first_node(&["spark.pyspark.driver.python", PYTHON])),
        ];
        for (env, python) in rows {
            if let Some(python) = python {
                build.pod.add_env(env, python);
            }
        }
    }
}

/// `renameMainAppResource`: a local jar comes with spark.jars, so the driver needs no name for it; a local Python
/// or R file is uploaded.
fn main_resource(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> Node {
    let resource = &conf.submission.primary_resource;
    let name = match (upload::is_local(&resource.value), conf.submission.resource_type()) {
        (false, _) => resource.value.clone(),
        (true, ResourceType::Java) => "spark-internal".to_owned(),
        (true, _) => upload::uploaded(conf, &resource.value, &resource.origin, diagnostics).unwrap_or_default(),
    };
    Node::from(name).at(&resource.origin)
}
