//! The machine on which the recorded submissions ran.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use spark_render::internals::{
    spark::{
        Submission,
        submit::{self, Input, Machine},
    },
    tree::{Diagnostics, Sources},
};

use super::recording::Recording;

/// Files by absolute path.
struct Recorded(BTreeMap<String, Vec<u8>>);

impl Machine for Recorded {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.0.get(path).cloned()
    }

    fn list(&self, directory: &str) -> Option<Vec<String>> {
        let prefix = format!("{}/", directory.trim_end_matches('/'));
        let names = self.0.keys().filter_map(|path| path.strip_prefix(&prefix));
        Some(names.filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }

    fn absolute(&self, path: &str) -> String {
        if path.starts_with('/') { path.to_owned() } else { format!("/oracle/scratch/{path}") }
    }

    fn user(&self) -> String {
        "root".to_owned()
    }
}

/// The submission as our own spark-submit reads it; `None` if it refuses.
pub(crate) fn submission(recording: &Recording, diagnostics: &mut Diagnostics) -> Option<Submission> {
    let directory = format!("/oracle/inputs/{}", recording.case);
    let mut files: BTreeMap<String, Vec<u8>> = recording
        .texts("files")
        .into_iter()
        .map(|(name, text)| (format!("{directory}/{name}"), text.into_bytes()))
        .collect();
    let conf_dir = recording.texts("conf_dir_files");
    let mut environment = recording.texts("env");
    if !conf_dir.is_empty() {
        environment.insert("SPARK_CONF_DIR".to_owned(), format!("{directory}/conf-dir"));
    }
    for (name, text) in conf_dir {
        let bytes = match text.strip_prefix("base64:") {
            Some(encoded) => BASE64_STANDARD.decode(encoded).unwrap(),
            None => text.into_bytes(),
        };
        files.insert(format!("{directory}/conf-dir/{name}"), bytes);
    }
    let arguments: Vec<String> = recording.input["submit_args"]
        .as_array()
        .unwrap()
        .iter()
        .map(|argument| argument.as_str().unwrap().to_owned())
        .collect();
    let input = Input {
        spark_version: recording.version.parse().unwrap(),
        arguments: &arguments,
        environment: &environment,
        machine: &Recorded(files),
    };
    submit::submission(&input, &mut Sources::new(), diagnostics)
}
