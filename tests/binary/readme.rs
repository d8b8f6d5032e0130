//! The README's commands work as they stand.

use std::{fs, process::Command};

/// Commands that build, install or test; running them from within the tests would not end.
const NOT_RUN_HERE: &[&str] = &["cargo test", ".ci/run"];

#[test]
fn every_command_of_the_readme_runs() {
    let readme = fs::read_to_string("README.md").unwrap();
    let (mut in_block, mut ran) = (false, 0);
    let directory = tempfile::tempdir().unwrap();
    let mut lines = readme.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            in_block = line == "```console";
        }
        let Some(command) = line.strip_prefix("$ ").filter(|_| in_block) else { continue };
        let arguments =
            command.strip_prefix("cargo run --release -- ").or_else(|| command.strip_prefix("spark-render "));
        let Some(arguments) = arguments else {
            assert!(NOT_RUN_HERE.contains(&command), "nothing runs `{command}`");
            continue;
        };
        // Trees go to a place of their own; everything else runs as it stands.
        let arguments = arguments.replace("rendered/", &format!("{}/", directory.path().join("rendered").display()));
        let script = format!("\"$0\" {arguments}");
        let result = Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_spark-render")]).output().unwrap();
        let status = result.status.code();
        // What is printed below a command is what it prints.
        let mut shown = String::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ") && !line.starts_with("```")) {
            shown.extend([line, "\n"]);
        }
        assert!(
            shown.is_empty() || shown == String::from_utf8_lossy(&result.stdout),
            "`{command}` prints something else"
        );
        let differs = arguments.starts_with("diff ") && status == Some(1);
        assert!(
            differs || status == Some(0),
            "`{command}` ended with {status:?}:\n{}",
            String::from_utf8_lossy(&result.stderr)
        );
        ran += 1;
    }
    assert!(ran >= 6, "only {ran} commands ran");
}
