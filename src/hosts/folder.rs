//! What a folder is: manifests as they are, a kustomization, or a Helm chart. The last two are built by their own programs;
//! read as a heap of files they give other objects than their owners apply.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::{kustomize::setup::KUSTOMIZATION_FILES, setup::is_ours};
use crate::{
    operator::documents,
    text::read::{FILE_NAME, Folder, Input, MARKER, Wanted, is_config, list},
    tree::{CodeDoc, Diagnostic, Diagnostics, Node, Origin, Sources, Value, failure::Failure, plain_path::plain},
};

/// Says that a folder has to be built.
pub(crate) const NOT_BUILT: &str = "folder-not-built";

/// Codes of this module.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: NOT_BUILT,
        summary: "a folder with a kustomization or a Helm chart, which has to be built first",
        explanation: "What lies beside a `kustomization.yaml` is not what is applied: patches, images, namespaces and bases are \
                      missing. Templates of a chart are no manifests at all. Pipe what their programs print: `kustomize build \
                      DIR | spark-render render -`, `helm template NAME DIR | spark-render render -`; or let kustomize run \
                      spark-render as a transformer. Files that are named one by one are read as they are. `check` goes on: it \
                      leaves out patches and charts, and notes that the result of the build was not seen.",
    },
    CodeDoc {
        code: "config-name",
        summary: "a configuration whose file name is not the one that is looked for",
        explanation: "The configuration of a folder is `spark-render.yaml`. A file of a similar name would be left out without \
                      a word, and with it everything that it says. Rename it, or name it with `--config`.",
    },
];

const CHART_FILE: &str = "Chart.yaml";

/// Fields of a kustomization whose files are no objects of their own.
const FIELDS_OF_PARTS: &[&str] = &[
    "configMapGenerator",
    "configurations",
    "generators",
    "helmCharts",
    "openapi",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "secretGenerator",
    "transformers",
    "validators",
];

/// Reports kustomizations and charts in the folders among `names`, and takes what only they can read out of `inputs`: files
/// of charts, patches, configurations. What was named as a file stays.
///
/// # Errors
/// When a file or folder cannot be read.
pub(crate) fn report_builds(
    folder: &Folder,
    names: &[PathBuf],
    inputs: &mut Vec<Input>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<(), Failure> {
    let wanted = Wanted { file: needs_a_build, not_beside: Some(MARKER) };
    // What a walk reports was reported by the walk for inputs.
    let found = list(folder, names, &wanted, &mut |_, _| {})?;
    let is_chart = |input: &Input| input.path.file_name().is_some_and(|name| name == CHART_FILE);
    // In the order of names, `charts/` may come before the `Chart.yaml` above it: all are collected first.
    let charts: BTreeSet<PathBuf> =
        found.iter().filter(|input| !input.named && is_chart(input)).map(|input| plain(folder_of(input))).collect();
    let mut parts = BTreeSet::new();
    for input in found.iter().filter(|input| !input.named) {
        let here = plain(folder_of(input));
        let in_chart = here.ancestors().skip(1).any(|above| charts.contains(above));
        // A tree that was written by `-o` has a kustomization of ours, or of one who lists our files in it.
        if in_chart || inside(folder, &here.join(MARKER)).is_some_and(|marker| folder.is_file(&marker)) {
            continue;
        }
        let node = first_document(input, sources, diagnostics)?;
        if !is_chart(input) {
            let node = node.as_ref();
            parts.extend(node.map(|node| parts_of(node, &here)).unwrap_or_default());
            if node.is_some_and(|node| runs_our_generator(node, &here, folder)) {
                continue;
            }
        }
        let origin = node.map_or(Origin::Unknown, |node| node.origin);
        diagnostics.push(not_built(input, is_chart(input)).at(origin));
    }
    inputs.retain(|input| {
        let path = plain(&input.path);
        input.named || !parts.contains(&path) && !path.ancestors().any(|above| charts.contains(above))
    });
    Ok(())
}

/// Reports configurations in `folder` whose names are almost right. Beside a kustomization or a Kptfile they may be those of
/// a function, which have no fixed name.
///
/// # Errors
/// When a file or folder cannot be read.
pub(crate) fn report_config_names(
    folder: &Folder,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<(), Failure> {
    if KUSTOMIZATION_FILES.iter().chain(&["Kptfile"]).any(|name| folder.is_file(Path::new(name))) {
        return Ok(());
    }
    let wanted = Wanted { file: is_almost_config, not_beside: Some(MARKER) };
    for input in list(folder, &[PathBuf::from(".")], &wanted, &mut |_, _| {})? {
        if plain(folder_of(&input)) != plain(folder.shown()) {
            continue;
        }
        let Some(node) = first_document(&input, sources, diagnostics)? else { continue };
        if is_config(&node) || node.get("kind").is_none() {
            diagnostics.push(
                Diagnostic::error("config-name", format!("`{}` is not read as the configuration", input.name()))
                    .at(node.origin)
                    .hint(format!("rename it to `{FILE_NAME}`, or name it with `--config`")),
            );
        }
    }
    Ok(())
}

fn not_built(input: &Input, chart: bool) -> Diagnostic {
    let shown = match folder_of(input) {
        here if here.as_os_str().is_empty() => ".".to_owned(),
        folder => folder.display().to_string(),
    };
    let what = if chart { "a Helm chart" } else { "a kustomization" };
    let found =
        Diagnostic::error(NOT_BUILT, format!("`{}` makes this folder {what}, which is not built", input.name()));
    let found = if chart {
        found.hint(format!("pipe what helm prints: `helm template NAME {shown} | spark-render render -`"))
    } else {
        found
            .hint(format!("pipe what kustomize prints: `kustomize build {shown} | spark-render render -`"))
            .hint("or list spark-render among the `transformers` of the kustomization, see docs/kustomize.md")
    };
    found.hint("to read other files without it, name them on the command line or in `spec.inputs`")
}

/// A path that is shown, relative to `folder`.
fn inside(folder: &Folder, shown: &Path) -> Option<PathBuf> {
    plain(shown).strip_prefix(plain(folder.shown())).ok().map(Path::to_owned)
}

fn folder_of(input: &Input) -> &Path {
    input.path.parent().unwrap_or(Path::new(""))
}

/// The first document, without complaints: what cannot be read has no place.
fn first_document(input: &Input, sources: &mut Sources, said: &mut Diagnostics) -> Result<Option<Node>, Failure> {
    let Some(id) = input.read(sources, said)? else { return Ok(None) };
    let mut scratch = Diagnostics::new();
    Ok(documents::parse(id, sources, &mut scratch).into_iter().next().map(crate::text::read::Document::into_node))
}

/// Files that a kustomization in `here` reads in its own way.
fn parts_of(kustomization: &Node, here: &Path) -> BTreeSet<PathBuf> {
    let mut texts = Vec::new();
    FIELDS_OF_PARTS.iter().filter_map(|field| kustomization.get(field)).for_each(|node| collect(node, &mut texts));
    // Generators take `key=file`.
    let file = |text: &str| text.rsplit('=').next().map(|file| plain(&here.join(file)));
    texts.into_iter().filter(|text| !text.contains('\n')).filter_map(file).collect()
}

fn collect<'a>(node: &'a Node, texts: &mut Vec<&'a str>) {
    match &node.value {
        Value::Sequence(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Mapping(fields) => fields.iter().for_each(|(_, value)| collect(value, texts)),
        _ => texts.extend(node.as_str()),
    }
}

/// Whether a kustomization lists our function as a generator: that reads plain files, those that its configuration names.
fn runs_our_generator(kustomization: &Node, here: &Path, folder: &Folder) -> bool {
    let entries = kustomization.get("generators").and_then(Node::as_sequence).unwrap_or_default();
    entries.iter().filter_map(Node::as_str).any(|entry| {
        let bytes = inside(folder, &here.join(entry)).and_then(|file| folder.read(&file).ok());
        let (mut sources, mut scratch) = (Sources::new(), Diagnostics::new());
        let id = bytes.and_then(|bytes| crate::text::read::add(entry.to_owned(), bytes, &mut sources, &mut scratch));
        id.is_some_and(|id| {
            documents::parse(id, &sources, &mut scratch).into_iter().any(|document| is_ours(&document.into_node()))
        })
    })
}

fn needs_a_build(name: &OsStr) -> bool {
    name == CHART_FILE || KUSTOMIZATION_FILES.iter().any(|known| name == *known)
}

/// Whether `name` differs from the right one in case, punctuation and extension only.
fn is_almost_config(name: &OsStr) -> bool {
    let Some(name) = name.to_str().filter(|name| *name != FILE_NAME) else { return false };
    let letters: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    ["sparkrenderyaml", "sparkrenderyml", "sparkrenderjson"].contains(&letters.as_str())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::text::read::{Root, walk};

    /// What is left to read of a folder with these files, and the messages' files.
    fn seen(files: &[(&str, &str)], names: &[&str]) -> (Vec<String>, Vec<String>) {
        let root = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let folder = Root::at(root.path()).unwrap().folder(root.path()).unwrap();
        let names: Vec<_> = names.iter().map(PathBuf::from).collect();
        let mut inputs = walk(&folder, &names, &mut |_, _| {}).unwrap();
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        report_builds(&folder, &names, &mut inputs, &mut sources, &mut diagnostics).unwrap();
        let shown = |path: &Path| path.strip_prefix(root.path()).unwrap().display().to_string();
        let told = diagnostics.iter().map(|found| found.message.split('`').nth(1).unwrap().to_owned());
        (inputs.iter().map(|input| shown(&input.path)).collect(), told.map(|file| shown(Path::new(&file))).collect())
    }

    #[test]
    fn files_that_only_a_build_can_read_are_no_inputs() {
        let overlay = "resources: [app.yaml]\npatches: [{path: ../patch.yaml}]\nopenapi: {path: schema.json}\n\
                       configMapGenerator: [{files: [key=data.yaml]}]\nnamespace: app.yaml\n";
        for name in KUSTOMIZATION_FILES {
            let kustomization = format!("prod/{name}");
            let files = [
                ("patch.yaml", "a: 1\n"),
                ("prod/app.yaml", "a: 1\n"),
                ("prod/data.yaml", "a: 1\n"),
                ("prod/schema.json", "{}\n"),
                (&kustomization, overlay),
            ];
            assert_eq!(seen(&files, &["."]), (vec!["prod/app.yaml".to_owned()], vec![kustomization.clone()]));
            let named = seen(&files, &["patch.yaml", "prod/schema.json"]);
            assert_eq!(named, (vec!["patch.yaml".to_owned(), "prod/schema.json".to_owned()], vec![]));
        }
    }

    #[test]
    fn a_chart_is_told_once_with_those_that_it_holds() {
        let files = [
            ("app.yaml", "a: 1\n"),
            ("chart/Chart.yaml", "name: a\n"),
            ("chart/charts/b/Chart.yaml", "name: b\n"),
            ("chart/kustomization.yaml", "resources: []\n"),
            ("chart/templates/app.yaml", "a: {{ .Values.a }}\n"),
        ];
        let (inputs, told) = seen(&files, &["."]);
        assert_eq!(inputs, ["app.yaml"]);
        assert_eq!(told, ["chart/Chart.yaml", "chart/kustomization.yaml"]);
    }

    #[test]
    fn our_own_trees_and_generators_are_read_as_they_are() {
        let config = "apiVersion: spark-render.io/v1alpha1\nkind: SparkRender\nmetadata: {name: r, annotations: \
                      {config.kubernetes.io/function: 'exec: {path: spark-render}'}}\n";
        let generator = ("kustomization.yaml", "generators: [render.yaml]\n");
        let files = [generator, ("render.yaml", config), ("app.yaml", "a: 1\n")];
        assert_eq!(seen(&files, &["."]), (vec!["app.yaml".to_owned()], vec![]));
        let others = [generator, ("render.yaml", "kind: Other\n"), ("app.yaml", "a: 1\n")];
        assert_eq!(seen(&others, &["."]).1, ["kustomization.yaml"]);
        let tree = [(MARKER, ""), ("kustomization.yaml", "resources: [a.yaml]\n"), ("a.yaml", "a: 1\n")];
        assert_eq!(seen(&tree, &["."]), (vec!["a.yaml".to_owned()], vec![]));
    }

    #[test]
    fn names_that_are_almost_right() {
        for name in
            ["spark-render.yml", "sparkrender.yaml", ".spark-render.yaml", "Spark_Render.YAML", "spark-render.json"]
        {
            assert!(is_almost_config(OsStr::new(name)), "{name}");
        }
        for name in [FILE_NAME, "spark-renderer.yaml", "my-spark-render.yaml", "spark-render.txt", "sparkrender"] {
            assert!(!is_almost_config(OsStr::new(name)), "{name}");
        }
    }
}
