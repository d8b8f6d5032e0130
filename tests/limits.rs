//! `argocd generate` within its limits: what a repository's bomb costs is one error, which names the file.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods)] // a test may fail

use std::{fs, path::Path, process::Command};

const APPLICATION: &str = include_str!("support/pi.yaml");

/// Status, standard output and standard error.
fn generate(folder: &Path, limits: &[&str]) -> (Option<i32>, String, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .args(["argocd", "generate"])
        .args(limits)
        .current_dir(folder)
        .env("KUBE_VERSION", "1.30")
        .env_remove("ARGOCD_APP_PARAMETERS")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (run.status.code(), text(run.stdout), text(run.stderr))
}

#[test]
fn what_is_within_the_limits_is_rendered_and_what_is_not_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app.yaml"), APPLICATION).unwrap();
    let limits = ["--memory-limit", "512Mi", "--time-limit", "20"];
    let (status, stdout, stderr) = generate(folder.path(), &limits);
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    assert!(stdout.contains("kind: Pod"), "{stdout}");

    let doubling =
        "{% set ns = namespace(x='xxxxxxxx') %}{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}";
    fs::write(folder.path().join("bomb.yaml.j2"), doubling).unwrap();
    let (status, stdout, stderr) = generate(folder.path(), &limits);
    assert_eq!((status, stdout.as_str()), (Some(2), ""));
    assert!(stderr.starts_with("error: argocd generate: the run was ended while it worked on "), "{stderr}");
    assert!(stderr.contains("bomb.yaml.j2`") && stderr.contains("512 MiB of memory; `--memory-limit`"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn a_run_that_takes_too_long_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    // Each is within the bounds of one template.
    let busy = "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}";
    for number in 0..400 {
        fs::write(folder.path().join(format!("{number:03}.yaml.j2")), busy).unwrap();
    }
    let (status, stdout, stderr) = generate(folder.path(), &["--time-limit", "1"]);
    assert_eq!((status, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains(".yaml.j2`: it took longer than 1 s"), "{stderr}");
}

#[test]
fn limits_in_which_nothing_can_begin_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for limits in [["--memory-limit", "1Mi"], ["--memory-limit", "much"], ["--time-limit", "0"]] {
        let (status, _, stderr) = generate(folder.path(), &limits);
        assert_eq!(status, Some(2), "{stderr}");
    }
}

/// The program under limits that the host has set.
fn within(limits: &str, folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let run = Command::new("sh")
        .args(["-c", &format!("{limits}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_spark-render")])
        .args(arguments)
        .current_dir(folder)
        .env("KUBE_VERSION", "1.30")
        .env_remove("ARGOCD_APP_PARAMETERS")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (run.status.code(), text(run.stdout), text(run.stderr))
}

#[test]
fn a_host_s_own_limits_stay_where_they_are_lower() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app.yaml"), APPLICATION).unwrap();
    let (status, stdout, stderr) = within("ulimit -v 900000; ulimit -t 50", folder.path(), &["argocd", "generate"]);
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    assert!(stdout.contains("kind: Pod"), "{stdout}");
}

#[test]
fn what_has_no_end_is_told_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in
        [&["render", "/dev/zero"][..], &["diff", "/dev/zero", "/dev/null"], &["certs", "check", "/dev/zero"]]
    {
        let (status, stdout, stderr) = within("ulimit -v 524288", folder.path(), arguments);
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
        assert!(stderr.contains("error: cannot read /dev/zero: "), "{stderr}");
    }
}

#[test]
fn a_list_of_files_has_an_end() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app.yaml"), APPLICATION).unwrap();
    for (list, most) in [("inputs", 1000), ("values", 100)] {
        let named = vec!["app.yaml"; most + 1].join(", ");
        let config = "apiVersion: spark-render.io/v1alpha1\nkind: SparkRender\nspec:";
        fs::write(folder.path().join("spark-render.yaml"), format!("{config} {{{list}: [{named}]}}\n")).unwrap();
        let (status, stdout, stderr) = generate(folder.path(), &[]);
        assert_eq!((status, stdout.as_str()), (Some(1), ""), "{stderr}");
        let told = format!("spark-render.yaml:3:{}: spec.{list}: `{list}` names {} files", list.len() + 10, most + 1);
        assert!(stderr.contains(&told), "{stderr}");
    }
}
