//! The JVM options of an executor, one env variable `SPARK_JAVA_OPT_<n>` each: what `SparkContext` puts in front
//! of the user's options, the user's own words, and `-D` for every conf that an executor needs before it can
//! ask the driver (`SparkConf.isExecutorStartupConf`).

use crate::{
    spark::{Behaviour, ConfEntry, SparkConf, Version},
    tree::{Node, Origin, Stage},
};

const DEFAULT_OPTIONS: &str = "spark.executor.defaultJavaOptions";
const EXTRA_OPTIONS: &str = "spark.executor.extraJavaOptions";
const SECRET: &str = "spark.authenticate.secret";

/// The options of one executor in order; the index is the number in the variable's name. The last block, which
/// Spark leaves in the order of a hash table, is ordered by key.
#[must_use]
pub(crate) fn java_options(
    version: &Version,
    conf: &SparkConf,
    substitute: impl Fn(&str, &Origin) -> (String, Origin),
) -> Vec<Node> {
    let mut options = Vec::new();
    for (text, origin) in effective_user_options(version, conf) {
        // Spark substitutes first; what it puts in has no blanks, so the words are the same.
        options.extend(split_command_string(&text).iter().map(|word| {
            let (word, origin) = substitute(word, &origin);
            Node::from(word).at(origin)
        }));
    }
    let startup = conf.iter().filter(|(key, _)| is_executor_startup_conf(version, key));
    options.extend(
        startup.map(|(key, ConfEntry { value, .. })| Node::from(format!("-D{key}={value}")).at(conf.origin(key))),
    );
    options
}

/// `spark.executor.extraJavaOptions` as it reads once `SparkContext` has put its own options in front, in pieces:
/// first `supplementJavaModuleOptions`, then `supplementJavaIPv6Options`. Reading the conf prepends the default
/// options, and older versions write back what they read, so that the defaults come again with each supplement.
fn effective_user_options(version: &Version, conf: &SparkConf) -> Vec<(String, Origin)> {
    let piece = |key: &str| conf.get(key).map(|text| (text.to_owned(), conf.origin(key)));
    let default = piece(DEFAULT_OPTIONS);
    let repeated = default.clone().filter(|_| version.has(Behaviour::DefaultJavaOptionsRepeated));
    let modules = module_options(version);
    let ipv6 = ipv6_option(version, conf);
    let mut pieces: Vec<(String, Origin)> = default.into_iter().collect();
    for supplement in [ipv6, modules] {
        if supplement.is_empty() {
            continue;
        }
        pieces.extend(supplement);
        pieces.extend(repeated.clone());
    }
    pieces.extend(piece(EXTRA_OPTIONS));
    pieces
}

fn own(rule: &'static str, text: String) -> (String, Origin) {
    (text, Origin::derived(Stage::FeatureStep, rule, []))
}

fn module_options(version: &Version) -> Vec<(String, Origin)> {
    super::module_options::module_options(version).map(|option| own("JavaModuleOptions", option.to_owned())).collect()
}

fn ipv6_option(version: &Version, conf: &SparkConf) -> Vec<(String, Origin)> {
    if !version.has(Behaviour::ExecutorPreferIpv6Option) {
        return Vec::new();
    }
    vec![own("supplementJavaIPv6Options", format!("-Djava.net.preferIPv6Addresses={}", prefers_ipv6(conf)))]
}

/// `Utils.preferIPv6` of the driver's JVM, which gets the driver's options.
fn prefers_ipv6(conf: &SparkConf) -> bool {
    let options = ["spark.driver.defaultJavaOptions", "spark.driver.extraJavaOptions"];
    let words = options.iter().filter_map(|key| conf.get(key)).flat_map(split_command_string);
    let mut values = words.filter_map(|word| word.strip_prefix("-Djava.net.preferIPv6Addresses=").map(str::to_owned));
    values.next_back().is_some_and(|value| value == "true")
}

/// `SparkConf.isExecutorStartupConf`.
#[must_use]
pub(crate) fn is_executor_startup_conf(version: &Version, key: &str) -> bool {
    (key.starts_with("spark.auth") && key != SECRET)
        || key.starts_with("spark.rpc")
        || key.starts_with("spark.network")
        || (version.has(Behaviour::ExecutorStartupSslConfs)
            && key.starts_with("spark.ssl")
            && !key.contains("Password"))
        || (key.starts_with("spark.") && key.strip_suffix(".port").is_some())
        || key.starts_with("spark.port.")
}

/// `Utils.splitCommandString`: words as a shell would see them, quotes removed.
#[must_use]
pub(crate) fn split_command_string(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut in_word = false;
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            // Inside double quotes a backslash escapes whatever follows; inside single quotes it is itself.
            (Some('"'), '\\') => word.extend(characters.next()),
            (Some(_), _) => word.push(character),
            (None, '"' | '\'') => {
                in_word = true;
                quote = Some(character);
            }
            (None, ' ' | '\t' | '\r' | '\n') => {
                if std::mem::take(&mut in_word) {
                    words.push(std::mem::take(&mut word));
                }
            }
            (None, _) => {
                in_word = true;
                word.push(character);
            }
        }
    }
    if in_word || quote.is_some() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(version: &str, confs: &[(&'static str, &str)]) -> Vec<String> {
        let mut conf = SparkConf::new();
        for (key, value) in confs {
            conf.set(*key, *value, Origin::Unknown);
        }
        let version = version.parse().expect("a version");
        java_options(&version, &conf, |text, origin| (text.replace("{{EXECUTOR_ID}}", "7"), origin.clone()))
            .iter()
            .filter_map(|node| node.as_str().map(str::to_owned))
            .collect()
    }

    #[test]
    fn words_split_like_a_shell_would() {
        assert_eq!(split_command_string(r#"-Da='x y' -Db="q \" r" '' c\d"#), ["-Da=x y", "-Db=q \" r", "", r"c\d"]);
        assert_eq!(split_command_string("  "), Vec::<String>::new());
    }

    #[test]
    fn only_startup_confs_become_options() {
        let version: Version = "4.0.0".parse().expect("a version");
        for key in [
            "spark.authenticate",
            "spark.rpc.io.x",
            "spark.network.timeout",
            "spark.ui.port",
            "spark.port.maxRetries",
            "spark.ssl.enabled",
        ] {
            assert!(is_executor_startup_conf(&version, key), "{key}");
        }
        for key in ["spark.authenticate.secret", "spark.ssl.keyPassword", "spark.portable", "spark.ui.reverseProxy"] {
            assert!(!is_executor_startup_conf(&version, key), "{key}");
        }
        assert!(!is_executor_startup_conf(&"3.5.1".parse().expect("a version"), "spark.ssl.enabled"));
    }

    #[test]
    fn the_module_options_of_a_patch_release_differ() {
        let lacks = |version: &str| !texts(version, &[]).iter().any(|option| option.contains("jdk.internal.ref"));
        assert!(lacks("3.4.1") && !lacks("3.4.4") && !lacks("3.3.4"));
    }

    #[test]
    fn the_default_options_come_before_sparks_own() {
        let confs = [("spark.executor.defaultJavaOptions", "-Dd=1"), ("spark.executor.extraJavaOptions", "-De=2")];
        let options = texts("4.3.0", &confs);
        assert_eq!((options[0].as_str(), options[1].as_str()), ("-Dd=1", "-Djava.net.preferIPv6Addresses=false"));
        assert_eq!(options.last().map(String::as_str), Some("-De=2"));
        let repeated = |version| texts(version, &confs).iter().filter(|option| *option == "-Dd=1").count();
        assert_eq!([repeated("4.3.0"), repeated("3.5.1"), repeated("3.3.4"), repeated("3.1.3")], [1, 3, 2, 1]);
    }

    #[test]
    fn ids_are_substituted_in_the_users_options() {
        let options = texts("3.1.3", &[("spark.executor.extraJavaOptions", "-Dexec={{EXECUTOR_ID}} '-Da= b'")]);
        assert_eq!(options, ["-Dexec=7", "-Da= b"]);
    }
}
