//! The default rules of the JMX exporter give Spark's metrics the names that the operator's rules give them. What Spark
//! registers and what comes of it by the operator's rules is recorded (`tests/record/metrics`); the real exporter looks
//! at our rules with the feature `real-programs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::{collections::BTreeSet, fs};

use regex_lite::Regex;
use serde_yaml::Value as Yaml;

/// The two sets of MBeans with the recorded samples of the operator's rules.
fn recordings() -> [(String, String); 2] {
    let read = |name: &str| fs::read_to_string(format!("fixtures/metrics/{name}")).unwrap();
    let beans = read("beans.txt");
    // Spark 2.4's MBeans have no type.
    let without_types = Regex::new(", type=[a-z]+").unwrap().replace_all(&beans, "").into_owned();
    [(beans, read("operator.txt")), (without_types, read("operator-2.txt"))]
}

fn template(name: &str) -> String {
    fs::read_to_string(format!("templates/prometheus/{name}.yaml")).unwrap()
}

/// What the exporter makes of `beans` by `rules`: the first rule that matches names the sample.
fn samples(beans: &str, rules: &str) -> BTreeSet<String> {
    let rules: Yaml = serde_yaml::from_str(rules).unwrap();
    assert_eq!(rules["lowercaseOutputName"], Yaml::Bool(true));
    let rules: Vec<(Regex, &Yaml)> = rules["rules"]
        .as_sequence()
        .unwrap()
        .iter()
        .map(|rule| (Regex::new(&format!("^.*(?:{}).*$", rule["pattern"].as_str().unwrap())).unwrap(), rule))
        .collect();
    let mut samples = BTreeSet::new();
    for bean in beans.lines().filter(|line| !line.starts_with('#')) {
        let found = rules.iter().find_map(|(pattern, rule)| Some((pattern.captures(bean)?, *rule)));
        let Some((captures, rule)) = found else { continue };
        let filled = |text: &Yaml| {
            let mut filled = String::new();
            captures.expand(&braced(text.as_str().unwrap()), &mut filled);
            filled
        };
        let labels = rule["labels"].as_mapping().unwrap();
        let labels: BTreeSet<String> =
            labels.iter().map(|(name, value)| format!("{}=\"{}\"", name.as_str().unwrap(), filled(value))).collect();
        let labels: Vec<String> = labels.into_iter().collect();
        samples.insert(format!("{}{{{}}}", safe(&filled(&rule["name"])), labels.join(",")));
    }
    samples
}

/// Java ends the number of a group where the digits end, the regex crate where the word ends.
fn braced(text: &str) -> String {
    Regex::new(r"\$(\d)").unwrap().replace_all(text, "$${${1}}").into_owned()
}

/// `JmxCollector.safeName`, in lower case.
fn safe(name: &str) -> String {
    Regex::new("[^a-z0-9:]+").unwrap().replace_all(&name.to_lowercase(), "_").into_owned()
}

fn lines(text: &str) -> BTreeSet<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn default_rules_name_metrics_as_the_operator_does() {
    for (beans, expected) in recordings() {
        let (ours, expected) = (samples(&beans, &template("operator")), lines(&expected));
        assert!(expected.len() > 100);
        assert_eq!(ours.symmetric_difference(&expected).collect::<Vec<_>>(), Vec::<&String>::new());
    }
}

#[test]
fn extended_rules_give_names_without_types_and_all_gauges() {
    let [(with_types, operator), (without_types, _)] = recordings();
    let extended = samples(&with_types, &template("extended"));
    assert_eq!(extended, samples(&without_types, &template("extended")));
    assert!(extended.iter().all(|sample| !sample.contains("_type_")));
    for name in
        ["spark_executor_cputime_count", "spark_driver_jvm_heap_used", "spark_driver_blockmanager_memory_memused_mb"]
    {
        assert!(extended.iter().any(|sample| sample.starts_with(&format!("{name}{{"))), "{name}");
    }
    assert!(extended.len() > lines(&operator).len());
}

/// The real exporter, as an agent in a JVM with the recorded MBeans.
#[cfg(feature = "real-programs")]
#[test]
fn the_exporter_reads_the_rules_as_these_tests_do() {
    use std::{net::TcpListener, process::Command};

    let run = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let agent = run("bash", &["tests/tools/install.sh", "jmx-exporter"]);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("beans.txt");
    for (beans, _) in recordings() {
        fs::write(&file, &beans).unwrap();
        for rules in ["operator", "extended"] {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
            let option = format!("-javaagent:{}={port}:templates/prometheus/{rules}.yaml", agent.trim());
            let program = "tests/record/metrics/Beans.java";
            let real = run("java", &[&option, program, file.to_str().unwrap(), &port]);
            assert_eq!(samples(&beans, &template(rules)), lines(&real), "{rules}");
        }
    }
}
