//! `kubectl diff` with us as `KUBECTL_EXTERNAL_DIFF`, against a server that knows one ConfigMap.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    thread,
};

use serde_json::{Value as Json, json};

use super::{fixture, install, spark_render};

const CONFIG_MAP: &str = "/api/v1/namespaces/jobs/configmaps/pi";

/// What the API server says to a request: what is there, and what a dry run of a patch would make of it.
fn answer(method: &str, path: &str, body: &str, live: &Json) -> Option<Json> {
    let resource = json!({
        "name": "configmaps", "singularName": "configmap", "namespaced": true, "kind": "ConfigMap",
        "verbs": ["get", "patch"],
    });
    Some(match (method, path) {
        ("GET", "/api") => json!({ "kind": "APIVersions", "versions": ["v1"] }),
        ("GET", "/apis") => json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": [] }),
        ("GET", "/api/v1") => json!({ "kind": "APIResourceList", "groupVersion": "v1", "resources": [resource] }),
        ("GET", CONFIG_MAP) => live.clone(),
        ("PATCH", CONFIG_MAP) => {
            let patch: Json = serde_json::from_str(body).unwrap();
            let mut merged = live.clone();
            if let Some(data) = patch["data"].as_object() {
                merged["data"].as_object_mut().unwrap().extend(data.clone());
            }
            merged
        }
        _ => return None,
    })
}

fn serve(stream: &TcpStream, live: &Json) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap().to_owned(), words.next().unwrap_or_default().to_owned());
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = target.split('?').next().unwrap();
    let found = answer(&method, path, &String::from_utf8(body).unwrap(), live);
    let missing =
        json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404 });
    let (status, body) = found.map_or(("404 Not Found", missing), |body| ("200 OK", body));
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    (&mut &*stream).write_all((head + &body).as_bytes()).unwrap();
}

/// What `kubectl diff` of a file prints, and its status: 0 same, 1 different.
fn kubectl_diff(file: &str, words: &str, flags: &[&str]) -> (Option<i32>, String) {
    let live: Json = serde_json::from_str(&fs::read_to_string(fixture("kubectl-diff/live.json")).unwrap()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    // It ends with the test.
    thread::spawn(move || listener.incoming().flatten().for_each(|stream| serve(&stream, &live)));
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(install("kubectl"));
    command.args(["--server", &server, "diff", "-f"]).arg(fixture("kubectl-diff").join(file)).args(flags);
    command.env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin");
    command.env("KUBECTL_EXTERNAL_DIFF", format!("{}{words}", spark_render().display()));
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

#[test]
fn kubectl_shows_what_is_different() {
    for flags in [&[][..], &["--server-side"]] {
        let (status, text) = kubectl_diff("changed.yaml", " diff", flags);
        assert_eq!(status, Some(1), "{text}");
        assert!(text.contains("spark.executor.instances"), "{text}");
        assert!(!text.contains("spark.executor.memory") && !text.contains("spark.app.name"), "{text}");
    }
}

#[test]
fn kubectl_hands_on_flags() {
    let (status, text) = kubectl_diff("changed.yaml", " diff --format=json", &[]);
    assert_eq!(status, Some(1), "{text}");
    // kubectl says the status behind it.
    let json: Json = serde_json::Deserializer::from_str(&text).into_iter().next().unwrap().unwrap();
    assert_eq!(json["objects"][0]["name"]["name"], "pi", "{text}");
}

#[test]
fn what_means_the_same_is_no_difference_for_kubectl() {
    let (status, text) = kubectl_diff("same.yaml", " diff", &[]);
    assert_eq!(status, Some(0), "{text}");
}
