//! What a comparison promises: nothing differs from itself, the changes make the new side of the old one, both
//! directions say the same, what only a server adds is no difference, and no secret is shown.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use std::{fs, path::Path, thread};

use proptest::prelude::*;
use spark_render::internals::{
    kube,
    review::diff::{
        self, Change, ObjectChangeKind, Options,
        format::{self, View},
    },
    spark::properties,
    text::{read, write::yaml},
    tree::{Diagnostics, Node, Sources, Value},
};

use self::support::{
    Fixture, Rendering,
    leaves::{self, Kind},
    nodes::map,
};

fn read(path: &str) -> Vec<Node> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add(path, text);
    let documents = spark_render::internals::operator::documents::parse(id, &sources, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{path}");
    documents.into_iter().map(read::Document::into_node).collect()
}

fn strict() -> Options {
    Options { keep_defaults: true, ..Options::default() }
}

fn step(json: &mut serde_json::Value, pointer: &str) -> (String, String) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    assert!(json.pointer(parent).is_some(), "{pointer}");
    (parent.to_owned(), last.replace("~1", "/").replace("~0", "~"))
}

/// Applies one object's fields of the JSON format by the rules that its documentation gives, and nothing else.
fn apply_json(object: &mut serde_json::Value, fields: &[serde_json::Value]) {
    let text = |field: &serde_json::Value, key: &str| field[key].as_str().unwrap().to_owned();
    for field in fields.iter().filter(|field| field["change"] == "changed") {
        *object.pointer_mut(&text(field, "pointer")).unwrap() = field["new"].clone();
    }
    let mut lists: Vec<String> = Vec::new();
    for field in fields.iter().filter(|field| field["change"] != "changed") {
        let (parent, last) = step(object, &text(field, "pointer"));
        match object.pointer_mut(&parent).unwrap() {
            serde_json::Value::Object(mapping) if field["change"] == "added" => {
                mapping.insert(last, field["new"].clone());
            }
            serde_json::Value::Object(mapping) => {
                mapping.remove(&last);
            }
            _ if lists.contains(&parent) => {}
            _ => lists.push(parent),
        }
    }
    lists.sort_by_key(|list| std::cmp::Reverse(list.matches('/').count()));
    for list in lists {
        let old = object.pointer(&list).unwrap().as_array().unwrap().clone();
        let (mut taken, mut put) = (Vec::new(), Vec::new());
        for field in fields.iter().filter(|field| field["change"] != "changed") {
            let pointer = text(field, "pointer");
            let Some((parent, last)) = pointer.rsplit_once('/') else { continue };
            let Some(index) = (parent == list).then(|| last.parse::<usize>().ok()).flatten() else { continue };
            match field["change"].as_str().unwrap() {
                "added" => put.push((index, field["new"].clone())),
                "moved" => {
                    taken.push(index);
                    put.push((usize::try_from(field["to"].as_u64().unwrap()).unwrap(), old[index].clone()));
                }
                _ => taken.push(index),
            }
        }
        let kept = old.into_iter().enumerate().filter(|(index, _)| !taken.contains(index));
        let mut new: Vec<_> = kept.map(|(_, item)| item).collect();
        put.sort_by_key(|(place, _)| *place);
        for (place, item) in put {
            new.insert(place, item);
        }
        *object.pointer_mut(&list).unwrap() = new.into();
    }
}

fn check_apply(old: &Node, new: &Node) {
    let sides = (std::slice::from_ref(old), std::slice::from_ref(new));
    let comparison = diff::compare(sides.0, sides.1, &strict());
    let report: serde_json::Value = serde_json::from_str(&format::json(&comparison, &|_, _, _| None)).unwrap();
    let mut applied = old.to_json();
    for object in report["objects"].as_array().unwrap() {
        apply_json(&mut applied, object["fields"].as_array().unwrap());
    }
    let again = diff::compare(&[Node::from_json(&applied)], sides.1, &strict());
    assert!(again.is_same(), "{report:#}\n{applied:#}\n{}", format::text(&again, &View::default()));
    for object in &comparison.objects {
        let (_, by_library) = diff::sides(object);
        assert!(diff::compare(&[by_library.unwrap()], sides.1, &strict()).is_same());
    }
}

/// Opens a text as the JSON format does that says so.
fn opened(text: &str, format: &str) -> serde_json::Value {
    if format == "properties" {
        let entries = properties::read(text).into_iter();
        return entries.map(|(key, value)| (key, value.into())).collect::<serde_json::Map<_, _>>().into();
    }
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("text", text);
    spark_render::internals::operator::documents::parse(id, &sources, &mut diagnostics).remove(0).node.to_json()
}

/// Hides in `wanted` what is hidden in `applied`.
fn hide_alike(applied: &serde_json::Value, wanted: &mut serde_json::Value) {
    match (applied, wanted) {
        (serde_json::Value::Object(applied), serde_json::Value::Object(wanted)) => {
            for (key, value) in wanted.iter_mut() {
                applied.get(key).into_iter().for_each(|applied| hide_alike(applied, value));
            }
        }
        (serde_json::Value::Array(applied), serde_json::Value::Array(wanted)) => {
            applied.iter().zip(wanted).for_each(|(applied, wanted)| hide_alike(applied, wanted));
        }
        (applied, wanted) if applied.as_str().is_some_and(|text| text.starts_with("****")) => {
            wanted.clone_from(applied);
        }
        _ => {}
    }
}

/// Makes `new` of `old` by the JSON alone; what is secret is not in it.
fn check_sets(old: &[Node], new: &[Node], context: &str) {
    let comparison = diff::compare(old, new, &strict());
    let report: serde_json::Value = serde_json::from_str(&format::json(&comparison, &|_, _, _| None)).unwrap();
    let mut applied: Vec<Option<serde_json::Value>> = old.iter().map(|node| Some(node.to_json())).collect();
    let mut wanted: Vec<serde_json::Value> = new.iter().map(Node::to_json).collect();
    let index = |object: &serde_json::Value, key: &str| usize::try_from(object[key].as_u64().unwrap()).unwrap();
    for object in report["objects"].as_array().unwrap() {
        match object["change"].as_str().unwrap() {
            "removed" => applied[index(object, "oldIndex")] = None,
            "added" => applied.push(Some(wanted[index(object, "newIndex")].clone())),
            _ => {
                let fields = object["fields"].as_array().unwrap();
                let old = applied[index(object, "oldIndex")].as_mut().unwrap();
                let new = &mut wanted[index(object, "newIndex")];
                for text in fields.iter().filter_map(|field| field.get("text")) {
                    for side in [&mut *old, &mut *new] {
                        let Some(value) = side.pointer_mut(text["pointer"].as_str().unwrap()) else { continue };
                        if let Some(written) = value.as_str() {
                            *value = opened(written, text["format"].as_str().unwrap());
                        }
                    }
                }
                apply_json(old, fields);
                hide_alike(old, new);
            }
        }
    }
    let nodes = |values: Vec<serde_json::Value>| values.iter().map(Node::from_json).collect::<Vec<_>>();
    let (applied, wanted) = (nodes(applied.into_iter().flatten().collect()), nodes(wanted));
    let again = diff::compare(&applied, &wanted, &strict());
    assert!(
        again.is_same(),
        "{context}\n{}\n{}",
        format::text(&again, &View::default()),
        format::text(&comparison, &View::default())
    );
    assert_eq!(signs(old, new, false), signs(new, old, true), "{context}");
}

/// Paths and kinds of the changes, the sign turned if `turned`; of moves only their number.
fn signs(old: &[Node], new: &[Node], turned: bool) -> (Vec<(i8, String)>, usize) {
    let comparison = diff::compare(old, new, &strict());
    let (mut found, mut moves) = (Vec::new(), 0);
    for object in &comparison.objects {
        let sign = match object.kind {
            ObjectChangeKind::Added => 1,
            ObjectChangeKind::Removed => -1,
            ObjectChangeKind::Changed => continue,
        };
        found.push((if turned { -sign } else { sign }, object.name.to_string()));
    }
    for field in comparison.objects.iter().flat_map(|object| &object.fields) {
        let sign = match &field.change {
            Change::Added(_) => 1,
            Change::Removed(_) => -1,
            // The place of an item differs from side to side; its keys do not.
            Change::Changed { .. } => 0,
            Change::Moved { .. } => {
                moves += 1;
                continue;
            }
        };
        let keys: Vec<_> = field.path.0.iter().filter(|step| matches!(step, diff::Step::Key(_))).collect();
        found.push((if turned { -sign } else { sign }, format!("{keys:?}")));
    }
    found.sort();
    (found, moves)
}

fn scalar() -> impl Strategy<Value = Node> {
    prop_oneof!["[a-d]{0,3}".prop_map(Node::from), (0_i64..4).prop_map(Node::from), any::<bool>().prop_map(Node::from),]
}

fn tree() -> impl Strategy<Value = Node> {
    scalar().prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Node::from),
            prop::collection::vec(("[a-e]", inner.clone()), 0..5).prop_map(|entries| {
                let mut node = map! {};
                for (key, value) in entries {
                    node.as_mapping_mut().unwrap().insert(key, value);
                }
                node
            }),
            prop::collection::vec(("[A-E]", scalar()), 0..6).prop_map(|env| {
                let items = env.into_iter().map(|(name, value)| map! { "name" => name, "value" => value }).collect();
                Node::new(Value::Sequence(items))
            }),
        ]
    })
}

fn object() -> impl Strategy<Value = Node> {
    (tree(), tree(), tree(), any::<bool>()).prop_map(|(env, args, other, known)| {
        map! {
            "apiVersion" => if known { "v1" } else { "example.com/v1" }, "kind" => if known { "Pod" } else { "Thing" },
            "metadata" => map! { "name" => "x" },
            "spec" => map! { "containers" => vec![map! { "name" => "c", "env" => env, "args" => args }], "other" => other },
        }
    })
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(object in object()) {
        prop_assert!(diff::compare(std::slice::from_ref(&object), std::slice::from_ref(&object), &strict()).is_same());
    }

    #[test]
    fn the_json_makes_the_new_side_of_the_old_one(old in object(), new in object()) {
        let mut new = new;
        for key in ["apiVersion", "kind"] {
            new.as_mapping_mut().unwrap().insert(key, old.get(key).unwrap().clone());
        }
        check_apply(&old, &new);
    }

    #[test]
    fn both_directions_say_the_same(old in object(), new in object()) {
        let mut new = new;
        for key in ["apiVersion", "kind"] {
            new.as_mapping_mut().unwrap().insert(key, old.get(key).unwrap().clone());
        }
        let sides = (std::slice::from_ref(&old), std::slice::from_ref(&new));
        prop_assert_eq!(signs(sides.0, sides.1, false), signs(sides.1, sides.0, true));
    }
}

/// The inputs of `fixtures/explain` as they render, for the newest Kubernetes and for an old one.
fn rendered() -> Vec<(String, Vec<Node>)> {
    let mut all = Vec::new();
    for (name, fixture) in Fixture::all_of_explain() {
        for version in [kube::Version::NEWEST, kube::Version::nearest(20)] {
            let objects = Rendering::of(&fixture.text, fixture.config.as_deref(), version).objects;
            all.push((format!("{name} for 1.{}", version.minor()), objects));
        }
    }
    all
}

#[test]
fn nothing_rendered_differs_from_itself() {
    for (name, objects) in rendered() {
        assert!(!objects.is_empty(), "{name}");
        let comparison = diff::compare(&objects, &objects.clone(), &strict());
        assert!(comparison.is_same() && comparison.unchanged == objects.len(), "{name}");
        // Nor from what is read again.
        let mut text = String::new();
        yaml::write_stream(objects.iter(), &mut text);
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = sources.add("stream", text);
        let read: Vec<Node> = spark_render::internals::operator::documents::parse(id, &sources, &mut diagnostics)
            .into_iter()
            .map(read::Document::into_node)
            .collect();
        let comparison = diff::compare(&objects, &read, &strict());
        assert!(comparison.is_same(), "{name}\n{}", format::text(&comparison, &View::default()));
    }
}

#[test]
fn the_json_makes_one_rendering_of_another() {
    let all = rendered();
    thread::scope(|scope| {
        for (old_name, old) in &all {
            let all = &all;
            scope.spawn(move || {
                for (new_name, new) in all.iter().step_by(3) {
                    check_sets(old, new, &format!("{old_name} → {new_name}"));
                }
            });
        }
    });
}

#[test]
fn the_json_makes_the_rendering_of_a_changed_input() {
    let check = |name: &str, fixture: &Fixture| {
        let before = fixture.render();
        for (number, group) in leaves::groups(&before.document).iter().enumerate() {
            let variations = leaves::variations(&fixture.text, &before.document, group);
            // Other values make the same kinds of differences; now and then there is none.
            for kind in [Kind::Changed, Kind::Removed].into_iter().take(1 + usize::from(number % 4 == 0)) {
                let Some(variation) = variations.iter().find(|variation| variation.kind == kind) else { continue };
                let after = fixture.render_changed(&variation.text);
                check_sets(&before.objects, &after.objects, &format!("{name}: {}", group[0].path));
            }
        }
    };
    let fixtures = Fixture::all_of_explain();
    thread::scope(|scope| {
        for (name, fixture) in &fixtures {
            let check = &check;
            scope.spawn(move || check(name, fixture));
        }
    });
}

#[test]
fn what_an_api_server_adds_is_no_difference() {
    let (old, new) = (read("fixtures/diff/defaulted/objects.yaml"), read("fixtures/diff/defaulted/defaulted.json"));
    for (old, new) in [(&old, &new), (&new, &old)] {
        let comparison = diff::compare(old, new, &Options::default());
        assert!(comparison.is_same(), "{}", format::text(&comparison, &View::default()));
        assert!(!diff::compare(old, new, &strict()).is_same());
    }
}

/// What was applied to real API servers, with what they made of it (`tests/record/apiserver/live.sh`).
#[test]
fn what_real_api_servers_do_is_no_difference() {
    let recorded = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/diff/live")).unwrap();
    let mut servers = 0;
    for folder in recorded.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let read = |name: &str| read(folder.join(name).to_str().unwrap());
        let (applied, live) = (read("applied.yaml"), read("live.json"));
        for (old, new) in [(&applied, &live), (&live, &applied)] {
            let comparison = diff::compare(old, new, &Options::default());
            assert!(comparison.is_same(), "{}\n{}", folder.display(), format::text(&comparison, &View::default()));
            assert_eq!(comparison.unchanged, applied.len());
            assert_eq!(diff::compare(old, new, &strict()).objects.len(), applied.len(), "each object has its uid");
        }
        servers += 1;
    }
    assert_eq!(servers, 2);
}

/// What a server chose is only known from a live object: in two manifests it is a difference.
#[test]
fn what_servers_choose_is_a_difference_between_manifests() {
    let folder = "fixtures/diff/live/1.37.1";
    let (applied, mut live) = (read(&format!("{folder}/applied.yaml")), read(&format!("{folder}/live.json")));
    for object in &mut live {
        object.get_mut("metadata").and_then(Node::as_mapping_mut).unwrap().remove("uid");
    }
    let comparison = diff::compare(&applied, &live, &Options::default());
    let text = format::text(&comparison, &View::default());
    for field in [
        "spec.nodeName",
        "spec.imagePullSecrets",
        "spec.priority",
        "spec.preemptionPolicy",
        "spec.overhead",
        "spec.storageClassName",
        "spec.ingressClassName",
        "[4040/TCP].nodePort",
    ] {
        assert!(text.contains(field), "{field}\n{text}");
    }
}

#[test]
fn no_secret_is_shown_in_any_format() {
    let object = |secret: &'static str, extra: bool| {
        let mut data = map! { "spark.properties" => format!("spark.x.password={secret} and more\n") };
        if extra {
            data.as_mapping_mut().unwrap().insert("other.properties", format!("spark.token={secret}\n"));
        }
        vec![
            map! { "apiVersion" => "v1", "kind" => "Secret", "metadata" => map! { "name" => "s" },
            "data" => map! { "key" => secret }, "stringData" => map! { "k" => format!("{secret}!") } },
            map! { "apiVersion" => "v1", "kind" => "ConfigMap", "metadata" => map! { "name" => "c" }, "data" => data },
        ]
    };
    let empty: Vec<Node> = Vec::new();
    let (old, new) = (object("hunter2", false), object("hunter3", true));
    for (old, new) in [(&old, &new), (&old, &empty), (&empty, &new)] {
        let comparison = diff::compare(old, new, &strict());
        assert_eq!(comparison.objects.len(), 2);
        for text in [
            format::text(&comparison, &View::default()),
            format::unified(&comparison),
            format::json(&comparison, &|_, _, _| None),
            format::markdown(&comparison, &View::default(), format::DEFAULT_BYTES),
        ] {
            assert!(!text.contains("hunter") && text.contains("****"), "{text}");
        }
    }
}

#[test]
fn markdown_keeps_within_its_bound() {
    let objects = |value: &'static str| -> Vec<Node> {
        (0..500)
            .map(|index| {
                map! { "apiVersion" => "v1", "kind" => "ConfigMap", "metadata" => map! { "name" => format!("c{index}") },
                "data" => map! { "a" => value } }
            })
            .collect()
    };
    let comparison = diff::compare(&objects("1"), &objects("2"), &Options::default());
    let text = format::markdown(&comparison, &View::default(), 5000);
    assert!(text.len() <= 5000 && text.contains("more objects, left out"), "{}", text.len());
}
