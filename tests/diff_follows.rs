//! What `diff` folds: nothing is lost, nothing is folded that does not follow from a difference that is shown, and what
//! a reader changed is what a reader sees.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use std::{collections::BTreeMap, fs, process::Command, thread};

use spark_render::internals::{
    kube,
    review::diff::{
        self, Change, FieldChange, ObjectChangeKind, Options, Step,
        format::{self, View},
    },
    tree::Node,
};

use self::support::{
    Fixture, Rendering,
    leaves::{self, Kind},
    nodes::{map, seq},
};

fn strict() -> Options {
    Options { keep_defaults: true, ..Options::default() }
}

fn texts(old: &[Node], new: &[Node]) -> [String; 2] {
    let comparison = diff::compare(old, new, &strict());
    [false, true].map(|derived| format::text(&comparison, &View { derived, ..View::default() }))
}

/// Application ids and hashes in names made equal, by their form alone.
fn without_ids(text: &str) -> String {
    let is_hexadecimal = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let split = |c: char| !c.is_ascii_alphanumeric();
    let mut out = String::new();
    for part in text.split_inclusive(split) {
        let word = part.trim_end_matches(split);
        let is_id = matches!(word.len(), 10 | 32) && is_hexadecimal(word);
        out.push_str(if is_id { "#" } else { word });
        out.push_str(&part[word.len()..]);
    }
    out
}

/// `field`'s two values as text.
fn values(change: &Change) -> [String; 2] {
    let text = |node: &Node| node.to_json().to_string();
    match change {
        Change::Added(new) => [String::new(), text(new)],
        Change::Removed(old) => [text(old), String::new()],
        Change::Changed { old, new } => [text(old), text(new)],
        Change::Moved { to } => [String::new(), to.to_string()],
    }
}

/// The number in `… and 8 values that follow`, of all lines.
fn counted(text: &str) -> usize {
    let numbers = text.lines().filter_map(|line| line.trim_start().strip_prefix("… and "));
    numbers.map(|rest| rest.split(' ').next().unwrap().parse::<usize>().unwrap()).sum()
}

/// Holds each promise about one comparison; returns how many differences follow.
fn check(old: &[Node], new: &[Node], context: &str) -> usize {
    let comparison = diff::compare(old, new, &strict());
    let [folded, derived] = texts(old, new);
    let all: Vec<_> = comparison.objects.iter().flat_map(|object| &object.fields).collect();
    let follow = all.iter().filter(|field| field.follows).count();

    // Each object is in one group, and with `--derived` each difference has its line.
    let mut places: Vec<usize> = comparison.groups.iter().flat_map(|group| group.objects.clone()).collect();
    places.sort_unstable();
    assert_eq!(places, (0..comparison.objects.len()).collect::<Vec<_>>(), "{context}");
    let is_field = |line: &&str| {
        let rest = line.strip_prefix("  ").unwrap_or_default();
        ["~ ", "> "].iter().any(|sign| rest.starts_with(sign))
    };
    let wanted = |field: &&&FieldChange| matches!(field.change, Change::Changed { .. } | Change::Moved { .. });
    assert_eq!(derived.lines().filter(is_field).count(), all.iter().filter(wanted).count(), "{context}\n{derived}");
    for field in &all {
        assert!(derived.contains(&format!(" {}:", field.path)), "{context}: {}\n{derived}", field.path);
    }

    // What is shown and what is counted is all.
    assert_eq!(counted(&folded), follow, "{context}\n{folded}");
    for object in &comparison.objects {
        let in_options = |place: &usize| object.options.iter().any(|options| options.fields.contains(place));
        for (place, field) in object.fields.iter().enumerate().filter(|(_, field)| !field.follows) {
            let shown = match (&field.change, field.path.0.last()) {
                _ if in_options(&place) => folded.contains("[SPARK_JAVA_OPT_*]: "),
                (Change::Moved { to }, Some(Step::Item { label, index })) => {
                    let item = label.clone().unwrap_or_else(|| index.to_string());
                    folded
                        .lines()
                        .any(|line| line.starts_with("  > ") && line.contains(&item) && line.contains(&to.to_string()))
                }
                _ => folded.contains(&format!(" {}:", field.path)),
            };
            assert!(shown, "{context}: {}\n{folded}", field.path);
        }
    }

    // Nothing follows from nothing, and each value that follows can be told from what is shown.
    for group in &comparison.groups {
        let objects = || group.objects.iter().map(|place| &comparison.objects[*place]);
        let fields = || objects().flat_map(|object| &object.fields);
        assert_eq!(fields().filter(|field| field.follows).count(), group.follow, "{context}");
        let has_cause =
            objects().any(|object| object.kind != ObjectChangeKind::Changed) || fields().any(|field| !field.follows);
        assert!(group.follow == 0 || has_cause, "{context}\n{derived}");
        let shown: Vec<[String; 2]> =
            fields().filter(|field| !field.follows).map(|field| values(&field.change)).collect();
        for field in fields().filter(|field| field.follows) {
            let [old, new] = values(&field.change);
            let is_renamed = without_ids(&old) == without_ids(&new);
            let has_twin = fields().any(|other| {
                let [other_old, other_new] = values(&other.change);
                other.follows
                    && without_ids(&other_old) == without_ids(&new)
                    && without_ids(&other_new) == without_ids(&old)
            });
            // A variable that came or went is a whole item where a pod shows it.
            let is_part = |part: &String, whole: &String| !part.is_empty() && whole.contains(part.as_str());
            let is_copy = shown.iter().any(|[before, after]| match (old.is_empty(), new.is_empty()) {
                (true, _) => before.is_empty() && is_part(&new, after),
                (_, true) => after.is_empty() && is_part(&old, before),
                _ => *before == old && *after == new,
            });
            let path = field.path.to_string();
            let is_option = path.contains("SPARK_JAVA_OPT_");
            let is_mount = path.contains(".volumeMounts[") && path.ends_with("].name");
            let is_checksum = path.contains("checksum/") && objects().any(|object| object.name.kind == "ConfigMap");
            assert!(
                is_renamed || has_twin || is_copy || is_option || is_checksum || is_mount,
                "{context}: {path}\n{derived}"
            );
        }
        // Options that differ are said whole: taken away and put in, they make the new list.
        for object in objects().filter(|object| !object.options.is_empty()) {
            let (before, after) = diff::sides(object);
            let (before, after) = (options(&before.unwrap()), options(&after.unwrap()));
            let mut made = before.clone();
            for change in &object.options {
                for option in &change.removed {
                    *made.get_mut(option).unwrap() -= 1;
                }
                for option in &change.added {
                    *made.entry(option.clone()).or_default() += 1;
                }
            }
            made.retain(|_, count| *count > 0);
            assert_eq!(made, after, "{context}");
        }
    }
    follow
}

/// How often each numbered option is in an object.
fn options(object: &Node) -> BTreeMap<String, usize> {
    let (mut found, mut rest) = (BTreeMap::new(), vec![object.to_json()]);
    while let Some(value) = rest.pop() {
        match value {
            serde_json::Value::Object(mapping) => {
                let name = mapping.get("name").and_then(serde_json::Value::as_str).unwrap_or_default();
                if name.starts_with("SPARK_JAVA_OPT_") {
                    *found.entry(mapping["value"].as_str().unwrap().to_owned()).or_default() += 1;
                }
                rest.extend(mapping.into_iter().map(|(_, value)| value));
            }
            serde_json::Value::Array(items) => rest.extend(items),
            _ => {}
        }
    }
    found
}

#[test]
fn nothing_is_lost_where_one_value_of_an_input_changes() {
    let one = |name: &str, fixture: &Fixture| -> usize {
        let before = fixture.render();
        let mut follow = 0;
        for group in leaves::groups(&before.document) {
            for variation in leaves::variations(&fixture.text, &before.document, &group) {
                if variation.kind == Kind::Changed {
                    let after = fixture.render_changed(&variation.text);
                    let context = format!("{name}: {}", group[0].path);
                    follow += check(&before.objects, &after.objects, &context);
                    break;
                }
            }
        }
        follow
    };
    let fixtures = Fixture::all_of_explain();
    let follow: usize = thread::scope(|scope| {
        let running: Vec<_> = fixtures.iter().map(|(name, fixture)| scope.spawn(move || one(name, fixture))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(follow > 2000, "{follow}");
}

#[test]
fn nothing_is_lost_between_versions_and_applications() {
    let all: Vec<(String, Vec<Node>)> = Fixture::all_of_explain()
        .into_iter()
        .flat_map(|(name, fixture)| {
            [kube::Version::NEWEST, kube::Version::nearest(20)].map(|version| {
                let objects = Rendering::of(&fixture.text, fixture.config.as_deref(), version).objects;
                (format!("{name} for 1.{}", version.minor()), objects)
            })
        })
        .collect();
    for (old_name, old) in all.iter().step_by(2) {
        for (new_name, new) in all.iter().step_by(5) {
            check(old, new, &format!("{old_name} → {new_name}"));
        }
    }
}

const OLD_ID: &str = "spark-00000000000000000000000000000001";
const NEW_ID: &str = "spark-00000000000000000000000000000002";

fn pod(application: &str, name: &str, role: &str, id: &str, env: Vec<Node>) -> Node {
    map! {
        "apiVersion" => "v1", "kind" => "Pod",
        "metadata" => map! {
            "name" => name.to_owned(), "namespace" => "jobs",
            "labels" => map! {
                "sparkoperator.k8s.io/app-name" => application.to_owned(), "spark-role" => role.to_owned(),
    "spark-app-selector" => id.to_owned(),
            },
        },
        "spec" => map! { "containers" => seq![map! {
            "name" => format!("spark-kubernetes-{role}"), "image" => "spark:1", "env" => env,
        }] },
    }
}

fn variable(name: &str, value: &str) -> Node {
    map! { "name" => name.to_owned(), "value" => value.to_owned() }
}

fn properties(name: &str, text: &str) -> Node {
    map! {
        "apiVersion" => "v1", "kind" => "ConfigMap", "metadata" => map! { "name" => name.to_owned(), "namespace" => "jobs" },
        "data" => map! { "spark.properties" => text.to_owned() },
    }
}

fn numbered(options: &[&str]) -> Vec<Node> {
    let option = |(number, option): (usize, &&str)| variable(&format!("SPARK_JAVA_OPT_{number}"), option);
    options.iter().enumerate().map(option).collect()
}

fn shown(old: &[Node], new: &[Node]) -> String {
    check(old, new, "");
    texts(old, new)[0].clone()
}

#[test]
fn an_id_follows_only_where_something_else_differs() {
    let driver = |id, value| vec![pod("a", "a-driver", "driver", id, vec![variable("A", value)])];
    let text = shown(&driver(OLD_ID, "1"), &driver(NEW_ID, "1"));
    assert!(text.contains("spark-app-selector") && counted(&text) == 0, "{text}");
    let text = shown(&driver(OLD_ID, "1"), &driver(NEW_ID, "2"));
    assert!(!text.contains("spark-app-selector") && counted(&text) == 1, "{text}");
    // An id that became two is no name for one thing.
    let two =
        |first, second, value| [driver(first, value), vec![pod("b", "b-driver", "driver", second, vec![])]].concat();
    let other = "spark-00000000000000000000000000000003";
    let text = shown(&two(OLD_ID, OLD_ID, "1"), &two(NEW_ID, other, "2"));
    assert_eq!((counted(&text), text.matches("spark-app-selector").count()), (0, 2), "{text}");
}

#[test]
fn a_hash_follows_only_from_a_difference_of_what_it_is_of() {
    let driver = |config: &str, value| {
        let mut pod = pod("a", "a-driver", "driver", OLD_ID, vec![variable("A", value)]);
        let volume = map! { "name" => "conf", "configMap" => map! { "name" => config.to_owned() } };
        pod.mapping_at("spec").insert("volumes", seq![volume]);
        pod
    };
    let (old, new) = ("a-conf-map-0123456789", "a-conf-map-abcdef0123");
    let text =
        shown(&[driver(old, "1"), properties(old, "spark.x=1\n")], &[driver(new, "1"), properties(new, "spark.x=2\n")]);
    assert!(text.contains("spark.x") && counted(&text) == 2, "{text}");
    assert!(!text.contains("(was"), "{text}");
    // The content is the same: something else is behind the new name.
    let text =
        shown(&[driver(old, "1"), properties(old, "spark.x=1\n")], &[driver(new, "2"), properties(new, "spark.x=1\n")]);
    assert!(text.contains("configMap.name") && text.contains("(was") && counted(&text) == 0, "{text}");
}

#[test]
fn a_variable_of_both_roles_is_two_differences() {
    let side = |value: &str, id| {
        let confs = format!("spark.kubernetes.driverEnv.A={value}\nspark.executorEnv.A={value}\nspark.app.id={id}\n");
        vec![pod("a", "a-driver", "driver", id, vec![variable("A", value)]), properties("a-conf-map", &confs)]
    };
    let text = shown(&side("1", OLD_ID), &side("2", NEW_ID));
    // No executor shows it: the conf does.
    assert!(text.contains("env[A].value") && text.contains("spark.executorEnv.A"), "{text}");
    assert!(!text.contains("driverEnv") && counted(&text) == 3, "{text}");
}

#[test]
fn values_that_are_equal_by_chance_are_no_copies() {
    let side = |value: &str| {
        let mut driver = pod("a", "a-driver", "driver", OLD_ID, vec![variable("A", value)]);
        driver.mapping_at("metadata").insert("annotations", map! { "B" => value.to_owned() });
        let confs =
            format!("spark.kubernetes.driver.label.A={value}\nspark.kubernetes.driverEnv.B={value}\nspark.A={value}\n");
        vec![driver, properties("a-conf-map", &confs)]
    };
    let text = shown(&side("1"), &side("2"));
    assert_eq!((text.matches(" → ").count(), counted(&text)), (5, 0), "{text}");
}

#[test]
fn options_are_compared_as_a_list() {
    let side = |options: &[&str]| vec![pod("a", "a-exec-1", "executor", OLD_ID, numbered(options))];
    let old = side(&["-Da=1", "-Db=1", "-Dc=1", "-Dd=1"]);
    let text = shown(&old, &side(&["-Da=1", "-Dx=1", "-Db=1", "-Dc=1", "-Dd=1"]));
    assert!(text.contains(r#"[SPARK_JAVA_OPT_*]: + "-Dx=1""#) && !text.contains("-Dc") && counted(&text) > 0, "{text}");
    let text = shown(&old, &side(&["-Da=1", "-Dc=1", "-Dd=1"]));
    assert!(text.contains(r#"[SPARK_JAVA_OPT_*]: - "-Db=1""#) && !text.contains("-Dd") && counted(&text) > 0, "{text}");
    // One that has another value in its place, and an order that is another one, are no news of numbers.
    let text = shown(&old, &side(&["-Da=1", "-Db=2", "-Dc=1", "-Dd=1"]));
    assert!(text.contains(r#"[SPARK_JAVA_OPT_1].value: "-Db=1" → "-Db=2""#) && counted(&text) == 0, "{text}");
    let text = shown(&old, &side(&["-Dd=1", "-Da=1", "-Db=1", "-Dc=1"]));
    assert!(text.contains(r#"+ "-Dd=1""#) && text.contains(r#"- "-Dd=1""#), "{text}");
}

#[test]
fn executors_of_two_applications_are_not_each_other_s() {
    let side = |value: &str| -> Vec<Node> {
        let executor = |application: &str, number: usize| {
            pod(application, &format!("{application}-exec-{number}"), "executor", OLD_ID, vec![variable("A", value)])
        };
        vec![executor("a", 1), executor("a", 2), executor("b", 1)]
    };
    let text = shown(&side("1"), &side("2"));
    assert!(text.contains("Pod jobs/a-exec-1") && text.contains("Pod jobs/b-exec-1"), "{text}");
    assert!(!text.contains("a-exec-2") && counted(&text) == 1, "{text}");
    // Nor where both use an object whose name follows its content.
    let (old_name, new_name) = ("shared-0123456789", "shared-abcdef0123");
    let shared = |name: &str, value: &str| {
        let mut objects = side(value);
        for object in &mut objects {
            object.mapping_at("spec").insert("hostname", name.to_owned());
        }
        objects.push(properties(name, &format!("a={value}\n")));
        objects
    };
    let text = shown(&shared(old_name, "1"), &shared(new_name, "2"));
    assert!(text.contains("Pod jobs/a-exec-1") && text.contains("Pod jobs/b-exec-1"), "{text}");
    assert_eq!((text.matches("env[A].value").count(), text.matches("hostname").count()), (2, 0), "{text}");
}

#[test]
fn a_mount_follows_where_its_volume_has_another_number_only() {
    let side = |folders: &[(&str, &str)]| {
        let mut driver = pod("a", "a-driver", "driver", OLD_ID, Vec::new());
        let numbered = || folders.iter().enumerate().map(|(number, folder)| (format!("local-{number}"), folder));
        let volumes: Vec<Node> = numbered()
            .map(|(name, (_, medium))| map! { "name" => name, "emptyDir" => map! { "medium" => (*medium).to_owned() } })
            .collect();
        let mounts: Vec<Node> =
            numbered().map(|(name, (path, _))| map! { "name" => name, "mountPath" => (*path).to_owned() }).collect();
        let container = map! { "name" => "spark-kubernetes-driver", "volumeMounts" => mounts };
        driver.mapping_at("spec").insert("containers", seq![container]);
        driver.mapping_at("spec").insert("volumes", volumes);
        vec![driver]
    };
    let text = shown(&side(&[("/a", "")]), &side(&[("/new", ""), ("/a", "")]));
    assert!(!text.contains("[/a].name") && text.contains("[/new]") && counted(&text) == 1, "{text}");
    // A sidecar that shared it does not any more.
    let with_sidecar = |mut objects: Vec<Node>| {
        let mount = map! { "name" => "local-0", "mountPath" => "/shared" };
        let sidecar = map! { "name" => "sidecar", "volumeMounts" => seq![mount] };
        let containers = objects[0].mapping_at("spec").get_mut("containers").and_then(Node::as_sequence_mut).unwrap();
        containers.push(sidecar);
        objects
    };
    let text = shown(&with_sidecar(side(&[("/a", "")])), &with_sidecar(side(&[("/new", ""), ("/a", "")])));
    assert!(text.contains("[/a].name") && counted(&text) == 0, "{text}");
    // Another volume under another number is another volume.
    let text = shown(&side(&[("/a", "")]), &side(&[("/new", ""), ("/a", "Memory")]));
    assert!(text.contains("[/a].name") && counted(&text) == 0, "{text}");
}

#[test]
fn a_checksum_follows_from_what_the_object_names() {
    let side = |name: &str, value: &str, sum: &str| {
        let mut driver = pod("a", "a-driver", "driver", OLD_ID, Vec::new());
        driver.mapping_at("metadata").insert("annotations", map! { "checksum/config" => sum.repeat(32) });
        driver
            .mapping_at("spec")
            .insert("volumes", seq![map! { "name" => "c", "configMap" => map! { "name" => name.to_owned() } }]);
        vec![driver, properties("settings", &format!("a={value}\n"))]
    };
    let text = shown(&side("settings", "1", "0a"), &side("settings", "2", "0b"));
    assert!(!text.contains("checksum") && counted(&text) == 1, "{text}");
    for (old, new) in [
        (side("settings", "1", "0a"), side("settings", "1", "0b")),
        (side("other", "1", "0a"), side("other", "2", "0b")),
    ] {
        let text = shown(&old, &new);
        assert!(text.contains("checksum") && counted(&text) == 0, "{text}");
    }
}

#[test]
fn many_applications_are_listed_first() {
    let side = |value: &str, id: &str| -> Vec<Node> {
        ["a", "b", "c"]
            .map(|name| {
                pod(name, &format!("{name}-driver"), "driver", &format!("{id}{name}"), vec![variable("A", value)])
            })
            .into()
    };
    let (old, new) = (&OLD_ID[..OLD_ID.len() - 1], &NEW_ID[..NEW_ID.len() - 2]);
    let text = shown(&side("1", old), &side("2", &format!("{new}1")));
    let head: Vec<&str> = text.lines().take(4).collect();
    let line = |name: &str| format!("  jobs/{name}: 1 difference … and 1 value that follows");
    assert_eq!(head, ["3 applications differ:".to_owned(), line("a"), line("b"), line("c")], "{text}");
}

/// What a variable changed for driver and executors looks like in a repository: two lines and a count.
#[test]
fn one_variable_in_both_roles_is_two_lines_with_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let app = fs::read_to_string("fixtures/render/spark-pi/app.yaml").unwrap();
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        let settings = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        assert!(git.args(settings).args(arguments).current_dir(folder.path()).status().unwrap().success());
    };
    fs::write(folder.path().join("app.yaml"), &app).unwrap();
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "a"]);
    fs::write(folder.path().join("app.yaml"), app.replace("kafka-0", "kafka-9")).unwrap();
    for (format, sign) in [("text", '~'), ("markdown", '!')] {
        let output = Command::new(env!("CARGO_BIN_EXE_spark-render"))
            .args(["diff", "--against", "HEAD", "--format", format, "app.yaml"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| line.contains(" → ")).collect();
        let [driver, executor] = lines.as_slice() else { panic!("{text}") };
        assert!(driver.contains("spark-kubernetes-driver") && driver.ends_with("# app.yaml:32:14"), "{text}");
        assert!(executor.contains("spark-kubernetes-executor") && executor.ends_with("# app.yaml:42:14"), "{text}");
        assert!([driver, executor].iter().all(|line| line.trim_start().starts_with(sign)), "{text}");
        assert_eq!(counted(&text), 7, "{text}");
    }
}

#[test]
fn an_upgrade_is_short_and_shows_executors() {
    let output = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .args([
            "diff",
            "fixtures/render/spark-pi/app.yaml",
            "--from",
            "kube=1.24,spark=3.3",
            "--to",
            "kube=1.34,spark=4.0",
        ])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text.lines().count() <= 12, "{text}");
    assert!(text.starts_with("image stays the same: apache/spark:3.5.1\n"), "{text}");
    assert!(text.contains("~ Pod jobs/spark-pi-exec-1\n") && text.contains("--add-modules"), "{text}");
}
