//! References to variables in confs: part of the rule `env-reference`. Nobody fills them in, or another reader than the
//! one that they are written for.

use super::{Subject, env_reference::RULE};
use crate::{
    kube::env,
    tree::{Diagnostic, Diagnostics, FieldPath, Mapping, Node},
};

/// Who reads the text of a conf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// The kubelet, as a variable or part of the pod.
    Kubelet,
    /// Spark, with its own substitution.
    Spark,
    /// Hadoop, with its own.
    Hadoop,
    /// The launcher of the driver's JVM.
    Launcher,
    /// A library, as it is.
    Library,
}

/// Confs that end in a pod where the kubelet expands them: `*` stands for anything.
const EXPANDED: &[&str] = &[
    "spark.kubernetes.driverEnv.*",
    "spark.executorEnv.*",
    "spark.executor.extraJavaOptions",
    "spark.executor.defaultJavaOptions",
    "spark.executor.extraClassPath",
    "spark.executor.defaultExtraClassPath",
    "spark.executor.extraLibraryPath",
];

/// The first words of confs that Spark itself declares; what others add has words of its own.
const SPARK_WORDS: &[&str] = &[
    "acls",
    "admin",
    "api",
    "app",
    "appStateStore",
    "archives",
    "authenticate",
    "barrier",
    "blacklist",
    "block",
    "blockManager",
    "broadcast",
    "buffer",
    "checkpoint",
    "cleaner",
    "closure",
    "connect",
    "cores",
    "decommission",
    "default",
    "deploy",
    "diskStore",
    "driver",
    "dynamicAllocation",
    "eventLog",
    "excludeOnFailure",
    "executor",
    "extraListeners",
    "file",
    "files",
    "graphx",
    "history",
    "io",
    "jars",
    "kerberos",
    "kryo",
    "kryoserializer",
    "kubernetes",
    "launcher",
    "local",
    "locality",
    "log",
    "logConf",
    "logLineage",
    "master",
    "maxRemoteBlockSizeFetchToMem",
    "memory",
    "metrics",
    "modify",
    "network",
    "plugins",
    "port",
    "proxy",
    "pyspark",
    "python",
    "r",
    "rdd",
    "redaction",
    "reducer",
    "repl",
    "resources",
    "rpc",
    "scheduler",
    "security",
    "serializer",
    "shuffle",
    "sparkr",
    "speculation",
    "sql",
    "ssl",
    "stage",
    "standalone",
    "storage",
    "streaming",
    "submit",
    "task",
    "taskMetrics",
    "test",
    "ui",
    "unsafe",
    "user",
    "worker",
    "yarn",
];
/// Options of catalogs are read by the catalogs.
const CATALOGS: &str = "spark.sql.catalog.";

fn reader(key: &str) -> Reader {
    let is = |pattern: &&str| pattern.strip_suffix('*').map_or(key == *pattern, |head| key.starts_with(head));
    let word = key.strip_prefix("spark.").and_then(|rest| rest.split('.').next()).unwrap_or_default();
    match key {
        _ if EXPANDED.iter().any(is) || key.ends_with(".mount.subPathExpr") => Reader::Kubelet,
        "spark.driver.extraJavaOptions" | "spark.driver.defaultJavaOptions" => Reader::Launcher,
        _ if key.starts_with("spark.hadoop.") => Reader::Hadoop,
        _ if SPARK_WORDS.contains(&word) && !key.starts_with(CATALOGS) => Reader::Spark,
        _ => Reader::Library,
    }
}

/// Says which references in confs stay as text.
pub(super) fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let mut look = |path: FieldPath, reader: Reader, value: &Node| {
        let text = value.as_str().unwrap_or_default();
        // The whole text may be hidden as a secret, the name is none.
        for name in lost(text, reader) {
            let message = format!("the reference to `{name}` stays as text: {}", why(reader));
            diagnostics.push(
                Diagnostic::warning(RULE.doc.code, message)
                    .field(path.clone())
                    .at(&value.origin)
                    .hint(instead(reader, &name)),
            );
        }
    };
    for (section, prefix) in [("sparkConf", ""), ("hadoopConf", "spark.hadoop.")] {
        let map = subject.written(&[section]).and_then(Node::as_mapping);
        for (key, value) in map.into_iter().flat_map(Mapping::iter) {
            look(subject.app.spec_path().key(section).key(key), reader(&format!("{prefix}{key}")), value);
        }
    }
    if let Some(options) = subject.written(&["driver", "javaOptions"]) {
        look(subject.app.spec_path().key("driver").key("javaOptions"), Reader::Launcher, options);
    }
}

/// The variables to which `text` refers in a form that `reader` leaves as it is.
fn lost(text: &str, reader: Reader) -> Vec<String> {
    let mut found = Vec::new();
    if reader == Reader::Kubelet || !text.contains('$') {
        return found;
    }
    let names = env::tokens(text).into_iter().filter_map(|token| match token {
        env::Token::Reference(name) => Some(name),
        env::Token::Text(_) => None,
    });
    found.extend(names.filter(|name| is_name(name)));
    for (form, knows) in [("env:", Reader::Spark), ("env.", Reader::Hadoop)] {
        for part in text.split("${").skip(1).filter(|_| reader != knows) {
            let name = part.split_once('}').and_then(|(inner, _)| inner.strip_prefix(form));
            found.extend(name.filter(|name| is_name(name)).map(str::to_owned));
        }
    }
    found
}

fn why(reader: Reader) -> &'static str {
    match reader {
        Reader::Kubelet => unreachable!("the kubelet fills in its references"),
        Reader::Spark => "Spark knows another form",
        Reader::Hadoop => "Hadoop knows another form",
        Reader::Launcher => "nobody fills in options of the driver's JVM",
        Reader::Library => "nobody fills in a conf that is not Spark's own",
    }
}

fn instead(reader: Reader, name: &str) -> String {
    match reader {
        Reader::Kubelet | Reader::Spark => format!("write `${{env:{name}}}`"),
        Reader::Hadoop => format!("write `${{env.{name}}}`"),
        Reader::Launcher => {
            format!(
                "read the variable in the program, or refer to `$({name})` in a variable `JAVA_TOOL_OPTIONS` of `driver.env`"
            )
        }
        Reader::Library => {
            format!("read the variable `{name}` in the program, or the value from a file of a mounted Secret")
        }
    }
}

/// Names that can be variables: others, such as `$(date +%F)`, are meant for a shell.
pub(super) fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::{Reader, lost, reader};

    #[test]
    fn each_conf_has_its_reader() {
        for (key, wanted) in [
            ("spark.executorEnv.A", Reader::Kubelet),
            ("spark.executor.extraJavaOptions", Reader::Kubelet),
            ("spark.driver.extraJavaOptions", Reader::Launcher),
            ("spark.kubernetes.driver.volumes.emptyDir.a.mount.path", Reader::Spark),
            ("spark.kubernetes.driver.volumes.emptyDir.a.mount.subPathExpr", Reader::Kubelet),
            ("spark.hadoop.fs.s3a.secret.key", Reader::Hadoop),
            ("spark.ssl.keyStorePassword", Reader::Spark),
            ("spark.sql.warehouse.dir", Reader::Spark),
            ("spark.sql.catalog.prod.token", Reader::Library),
            ("spark.mine.password", Reader::Library),
        ] {
            assert_eq!(reader(key), wanted, "{key}");
        }
    }

    #[test]
    fn each_reader_knows_its_own_form_only() {
        let text = "$(A) $$(B) ${env:C} ${env.D} ${E} $(date +%F)";
        assert!(lost(text, Reader::Kubelet).is_empty());
        assert_eq!(lost(text, Reader::Spark), ["A", "D"]);
        assert_eq!(lost(text, Reader::Hadoop), ["A", "C"]);
        assert_eq!(lost(text, Reader::Launcher), ["A", "C", "D"]);
        assert_eq!(lost(text, Reader::Library), ["A", "C", "D"]);
    }
}
