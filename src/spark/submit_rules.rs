//! What `org.apache.spark.deploy.SparkSubmit` does with the confs of any submission, whoever wrote them.

use super::{Behaviour, SparkConf, Version, pod::REFUSED_BY_SPARK, size};
use crate::tree::{Diagnostic, Diagnostics, Origin, Sourced, Stage};

/// `SparkSubmitArguments.validateSubmitArguments`.
pub(crate) fn check_numbers(conf: &SparkConf, version: &Version, diagnostics: &mut Diagnostics) {
    const SIZES: &[(&str, &str)] =
        &[("spark.driver.memory", "driver memory"), ("spark.executor.memory", "executor memory")];
    const COUNTS: &[(&str, &str)] = &[
        ("spark.driver.cores", "driver cores"),
        ("spark.executor.cores", "executor cores"),
        ("spark.cores.max", "total executor cores"),
        ("spark.executor.instances", "number of executors"),
    ];
    let dynamic = conf.get("spark.dynamicAllocation.enabled").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    let size = |text: &str| size::bytes_for(text, version).is_ok_and(|bytes| bytes > 0);
    let count = |text: &str| text.parse::<i32>().is_ok_and(|count| count > 0);
    let sizes = SIZES.iter().map(|(key, what)| (*key, *what, conf.get(key).is_none_or(size)));
    let counts = COUNTS.iter().map(|(key, what)| (*key, *what, conf.get(key).is_none_or(count)));
    for (key, what, fine) in sizes.chain(counts) {
        let checked = match key {
            "spark.executor.instances" => !dynamic,
            "spark.driver.cores" => version.has(Behaviour::DriverCoresChecked),
            _ => true,
        };
        if checked && !fine {
            let text = conf.get(key).unwrap_or_default();
            diagnostics.push(
                Diagnostic::error(REFUSED_BY_SPARK, format!("{what} `{text}` is no positive number"))
                    .at(conf.origin(key))
                    .hint("write a positive number"),
            );
        }
    }
}

/// `SparkSubmit.prepareSubmitEnvironment`: `spark.submit.pyFiles` is there even if empty, and the main jar goes
/// behind `spark.jars`.
pub(crate) fn add_application_files(conf: &mut SparkConf, resource: &Sourced<String>) {
    let origin = Origin::derived(Stage::SparkDefault, "spark.submit.pyFiles", []);
    conf.set_if_missing("spark.submit.pyFiles", "", origin);
    let name = resource.value.as_str();
    if [".py", ".R", ".r"].iter().any(|ending| name.ends_with(ending)) {
        return;
    }
    let given = conf.entry("spark.jars");
    let jars = given.map_or("", |given| &given.value).split(',').map(str::trim).filter(|jar| !jar.is_empty());
    let main = Some(name).filter(|name| *name != "spark-internal");
    let jars = jars.chain(main).collect::<Vec<_>>().join(",");
    let inputs = [given.map(|given| given.origin().clone()).unwrap_or_default(), resource.origin.clone()];
    conf.set("spark.jars", jars, Origin::derived(Stage::Conf, "SparkSubmit", inputs));
}
