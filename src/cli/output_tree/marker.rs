//! The marker of a tree: which files are the tool's, and which input each came from.
//!
//! It is committed with the tree and so part of what others propose: it is read as data of somebody else. A line that
//! this tool cannot have written refuses the run, since files are overwritten and removed by what it says.

use std::fmt::Write as _;

use super::KUSTOMIZATION;
use crate::kube::Manifest;

/// The first line.
const HEADER: &str =
    "# The files listed here belong to spark-render: it overwrites and removes them. One line each: input, tab, file.";

/// The text of a marker of `files`: pairs of input and file, in order.
pub(crate) fn text<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = format!("{HEADER}\n");
    for (input, file) in files {
        escape(input, &mut text);
        text.push('\t');
        escape(file, &mut text);
        text.push('\n');
    }
    text
}

/// The pairs of input and file of a marker.
///
/// # Errors
/// The number, from 1, of the first line that cannot be one of ours.
pub(crate) fn read(text: &str) -> Result<Vec<(String, String)>, usize> {
    let mut files = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let pair = line.split_once('\t').and_then(|(input, file)| Some((unescape(input)?, unescape(file)?)));
        files.push(pair.filter(|(_, file)| is_file_name(file)).ok_or(index + 1)?);
    }
    Ok(files)
}

/// `<namespace>/<kind>[.<group>]-<name>.yaml`, with kind and group in lower case, safe on every file system.
#[must_use]
pub(crate) fn file_name(manifest: &Manifest) -> String {
    let group = manifest.api_version().rsplit_once('/').map_or("", |(group, _)| group);
    let mut name = manifest.kind().to_ascii_lowercase();
    if !group.is_empty() {
        name.push('.');
        name.push_str(group);
    }
    let file = format!("{}-{}.yaml", safe(&name), safe(manifest.name()));
    match manifest.namespace() {
        Some(namespace) if !namespace.is_empty() => format!("{}/{file}", safe(namespace)),
        _ => file,
    }
}

/// Kubernetes names are mostly safe; RBAC names may have colons and other characters, which are percent-encoded.
fn safe(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for (index, byte) in name.bytes().enumerate() {
        if is_safe(byte) && (index, byte) != (0, b'.') {
            safe.push(char::from(byte));
        } else {
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    safe
}

fn is_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// Whether [`file_name`] can have made `file`, or it is the tree's kustomization.
fn is_file_name(file: &str) -> bool {
    let (folder, name) = file.split_once('/').map_or((None, file), |(folder, name)| (Some(folder), name));
    let is_object = |name: &str| name.strip_suffix(".yaml").is_some_and(|name| name.contains('-')) && is_made(name);
    file == KUSTOMIZATION || folder.is_none_or(is_made) && is_object(name)
}

/// Whether [`safe`] can have made `part`: nothing is encoded that need not be, but for a dot where a name begins.
fn is_made(part: &str) -> bool {
    let mut encoded = part.split('%');
    let is_plain = |text: &str| text.bytes().all(is_safe);
    let starts = encoded.next().is_some_and(|first| is_plain(first) && !first.starts_with('.'));
    let is_encoded = |piece: &str| {
        let Some((digits, rest)) = piece.split_at_checked(2) else { return false };
        let byte = u8::from_str_radix(digits, 16).ok().filter(|byte| format!("{byte:02X}") == digits);
        is_plain(rest) && byte.is_some_and(|byte| byte == b'.' || !is_safe(byte))
    };
    !part.is_empty() && starts && encoded.all(is_encoded)
}

/// So that an input, which may have any name, is one field of one line.
fn escape(text: &str, escaped: &mut String) {
    for char in text.chars() {
        match char {
            '\\' => escaped.push_str("\\\\"),
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '#' => escaped.push_str("\\x23"),
            char if char.is_control() => {
                let _ = write!(escaped, "\\x{:02X}", u32::from(char));
            }
            char => escaped.push(char),
        }
    }
}

/// The reverse of [`escape`]; `None` for what it cannot have written.
fn unescape(text: &str) -> Option<String> {
    let mut unescaped = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            unescaped.push(char);
            continue;
        }
        unescaped.push(match chars.next()? {
            '\\' => '\\',
            't' => '\t',
            'n' => '\n',
            'x' => {
                let digits = [chars.next()?, chars.next()?];
                let [high, low] = digits.map(|digit| digit.to_digit(16));
                char::from_u32(high? * 16 + low?)?
            }
            _ => return None,
        });
    }
    Some(unescaped)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::map;

    fn object(kind: &str, api_version: &str, namespace: &str, name: &str) -> Manifest {
        Manifest::rendered(map! {
            "apiVersion" => api_version.to_owned(), "kind" => kind.to_owned(),
            "metadata" => map! { "name" => name.to_owned(), "namespace" => namespace.to_owned() },
        })
    }

    #[test]
    fn file_names_carry_kind_group_and_namespace() {
        for (kind, api_version, namespace, name, file) in [
            ("Ingress", "networking.k8s.io/v1", "jobs", "pi", "jobs/ingress.networking.k8s.io-pi.yaml"),
            ("Pod", "v1", "jobs", "pi-driver", "jobs/pod-pi-driver.yaml"),
            (
                "ClusterRole",
                "rbac.authorization.k8s.io/v1",
                "",
                "system:x/y",
                "clusterrole.rbac.authorization.k8s.io-system%3Ax%2Fy.yaml",
            ),
            ("Pod", "v1", "..", ".", "%2E./pod-%2E.yaml"),
        ] {
            assert_eq!(file_name(&object(kind, api_version, namespace, name)), file);
        }
    }

    #[test]
    fn lines_that_are_not_ours_are_found() {
        for line in [
            "app.yaml\t../victim",
            "app.yaml\t../pod-x.yaml",
            "app.yaml\t/etc/pod-x.yaml",
            "app.yaml\tjobs/../../pod-x.yaml",
            "app.yaml\tjobs/deep/pod-x.yaml",
            "app.yaml\t./pod-x.yaml",
            "app.yaml\tjobs//pod-x.yaml",
            "app.yaml\t.git/pod-x.yaml",
            "app.yaml\tjobs/.pod-x.yaml",
            "app.yaml\tREADME.md",
            "app.yaml\tvalues.yaml",
            "app.yaml\tjobs\\\\..\\\\pod-x.yaml",
            "app.yaml\tC:pod-x.yaml",
            "app.yaml\tjobs/pod-%2e%2e.yaml",
            "app.yaml\tjobs/pod-%41.yaml",
            "app.yaml\tjobs/pod-%.yaml",
            "app.yaml\tjobs/pod-x.yaml\t",
            "app.yaml\t",
            "app.yaml\tjobs/pod-\\q.yaml",
            "app.yaml jobs/pod-x.yaml",
            "<<<<<<< HEAD",
            "",
        ] {
            let marker = format!("{HEADER}\na\tjobs/pod-a.yaml\n{line}\n");
            assert_eq!(read(&marker), Err(3), "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_is_escaped_comes_back(text in any::<String>()) {
            let mut escaped = String::new();
            escape(&text, &mut escaped);
            prop_assert!(!escaped.contains(['\t', '\n', '\r', '#']));
            prop_assert_eq!(unescape(&escaped), Some(text));
        }

        /// Texts of few characters meet the escapes themselves more often.
        #[test]
        fn what_looks_escaped_comes_back(text in "[\\\\ tnx23#%\r\n\t]{0,12}") {
            let mut escaped = String::new();
            escape(&text, &mut escaped);
            prop_assert_eq!(unescape(&escaped), Some(text));
        }

        #[test]
        fn every_marker_of_ours_is_read(
            input in any::<String>(), kind in "[A-Z][a-zA-Z]{0,9}", group in "([a-z.]{1,9}/)?v1", namespace in any::<String>(), name in any::<String>(),
        ) {
            let file = file_name(&object(&kind, &group, &namespace, &name));
            let marker = text([(input.as_str(), file.as_str())].into_iter());
            prop_assert_eq!(read(&marker), Ok(vec![(input, file)]));
        }

        /// Whatever a line says, what is taken of it stays below the directory.
        #[test]
        fn nothing_that_is_read_leads_out(line in "[a-z./\\\\%0-9A-F-]{0,20}(\\.yaml)?") {
            for (_, file) in read(&format!("a\t{line}\n")).unwrap_or_default() {
                prop_assert!(file.split('/').count() <= 2 && !file.contains('\\') && !file.split('/').any(|part| part.starts_with('.')), "{}", file);
            }
        }
    }
}
