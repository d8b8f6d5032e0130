//! Set-ups of kustomize, Argo CD and Flux in which what we render would be dropped without a word, or in which a build
//! cannot work: found by reading their files, without starting anything.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::{argocd, flux, kustomize};
use crate::{
    text::read::{Folder, Wanted, is_config, list},
    tree::{CodeDoc, Diagnostics, Node, Sources, failure::Failure},
};

/// Codes of this module.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "kustomize-exec-function",
        summary: "a function that some hosts drop without a word",
        explanation: "Only `kustomize build --enable-alpha-plugins --enable-exec` runs exec functions. `kubectl kustomize` leaves \
                      them out and ends with 0, so the output lacks every rendered object; `kubectl apply -k` and Flux refuse \
                      plugins; Argo CD needs the options in `kustomize.buildOptions`. For kubectl use the legacy exec plugin, or \
                      a pipe.",
    },
    CodeDoc {
        code: "kustomize-validator",
        summary: "a function among `validators`",
        explanation: "kustomize fails every build with an external validator, even one that changes nothing. List it among \
                      `transformers`.",
    },
    CodeDoc {
        code: "kustomize-function",
        summary: "a function annotation that kustomize cannot read or run",
        explanation: "The annotation `config.kubernetes.io/function` is read strictly; `exec.path` with a slash is relative to the \
                      kustomization that lists the function; `exec.args` and `exec.envs` came with kustomize 5.7.",
    },
    CodeDoc {
        code: "kustomize-order",
        summary: "names or images that are changed after rendering",
        explanation: "A transformer renders what it sees: what an outer kustomization changes afterwards reaches Pods and \
                      Services, but not the texts in spark.properties and in the executors' template. A generator's output is \
                      rename-proof, but images in texts stay as they are. List the transformer in the outermost kustomization.",
    },
    CodeDoc {
        code: "argocd-discover",
        summary: "a plugin that takes over other applications",
        explanation: "Plugins with `discover` are asked about every Application that names none, before Helm and Kustomize. A \
                      pattern such as `**/*.yaml` captures them all. Leave `discover` out and name the plugin, or let it run \
                      `spark-render argocd discover`.",
    },
    CodeDoc {
        code: "moving-twice",
        summary: "an application that is in the cluster and rendered",
        explanation: "While an operator watches it, it runs twice: once by the operator, once as rendered. See \
                      docs/moving-from-the-operator.md for the order of steps.",
    },
    CodeDoc {
        code: "moving-owned",
        summary: "a live object that would be deleted with its owner",
        explanation: "The operator's objects belong to the SparkApplication or to the driver Pod. Applied over, they keep their \
                      owner, and Kubernetes deletes them with it.",
    },
    CodeDoc {
        code: "moving-name",
        summary: "a live object that has a rendered object's name",
        explanation: "Left over from the operator without an owner. A Pod of that name would be updated instead of created, \
                      which the API server refuses.",
    },
    CodeDoc {
        code: "flux-plugins",
        summary: "a Flux Kustomization of a folder that needs kustomize plugins",
        explanation: "Flux runs no kustomize plugin of any kind. Commit the rendered tree (`render -o DIR`), or push it as an OCI \
                      artifact.",
    },
];

/// A document of a host's file.
pub(crate) struct HostDocument {
    pub(crate) file: PathBuf,
    pub(crate) node: Node,
}

impl HostDocument {
    pub(crate) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

/// Reports what is wrong with the hosts' files below `folder`; `sources` gets their texts.
///
/// # Errors
/// When a file or folder cannot be read.
pub(crate) fn findings(folder: &Folder, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Result<(), Failure> {
    let found = read(folder, sources)?;
    kustomize::setup::report(&found, diagnostics);
    argocd::setup::report(&found, diagnostics);
    flux::setup::report(&found, diagnostics);
    Ok(())
}

/// Every document of every YAML file; what cannot be read is not a host's.
fn read(folder: &Folder, sources: &mut Sources) -> Result<Vec<HostDocument>, Failure> {
    let wanted = Wanted { file: may_be_a_host_s, not_beside: None };
    let mut found = Vec::new();
    // Links that lead out are reported by the walk for inputs.
    for input in list(folder, &[PathBuf::from(".")], &wanted, &mut |_, _| {})? {
        let mut scratch = Diagnostics::new();
        let Some(id) = input.read(sources, &mut scratch)? else { continue };
        let documents = crate::operator::documents::parse(id, sources, &mut scratch);
        let file = input.path;
        found.extend(
            documents.into_iter().map(|document| HostDocument { file: file.clone(), node: document.into_node() }),
        );
    }
    Ok(found)
}

fn may_be_a_host_s(name: &OsStr) -> bool {
    let extension = Path::new(name).extension();
    let yaml = extension.is_some_and(|extension| extension == "yaml" || extension == "yml");
    (yaml || name == "Kustomization") && !name.as_encoded_bytes().starts_with(b".")
}

/// Whether `node` is a configuration of ours.
pub(crate) fn is_ours(node: &Node) -> bool {
    is_config(node)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::text::read::Root;

    const FUNCTION: &str = "apiVersion: spark-render.io/v1alpha1\nkind: SparkRender\nmetadata:\n  name: r\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: spark-render}\n";

    /// The codes that the files give, in order.
    fn codes(files: &[(&str, &str)]) -> Vec<&'static str> {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let folder = Root::at(root.path()).unwrap().folder(root.path()).unwrap();
        findings(&folder, &mut sources, &mut diagnostics).unwrap();
        diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
    }

    #[test]
    fn exec_functions_are_dropped_by_kubectl() {
        let found = codes(&[("kustomization.yaml", "transformers: [r.yaml]\n"), ("r.yaml", FUNCTION)]);
        assert_eq!(found, ["kustomize-exec-function"]);
        let plugin = FUNCTION.replace("config.kubernetes.io/function", "other");
        assert!(codes(&[("kustomization.yaml", "transformers: [r.yaml]\n"), ("r.yaml", &plugin)]).is_empty());
    }

    #[test]
    fn validators_and_missing_programs_fail_every_build() {
        let missing = FUNCTION.replace("path: spark-render", "path: ./bin/none, args: [krm]");
        let found = codes(&[("kustomization.yaml", "validators: [r.yaml]\n"), ("r.yaml", &missing)]);
        let wanted = ["kustomize-exec-function", "kustomize-function", "kustomize-function", "kustomize-validator"];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_transformer_below_an_overlay_comes_too_early() {
        let found = codes(&[
            ("base/kustomization.yaml", "transformers: [r.yaml]\n"),
            ("base/r.yaml", FUNCTION),
            ("over/kustomization.yaml", "resources: [../base]\nnamePrefix: x-\nlabels: []\n"),
        ]);
        assert_eq!(found, ["kustomize-exec-function", "kustomize-order"]);
        let found = codes(&[
            ("base/kustomization.yaml", "generators: [r.yaml]\nimages: []\n"),
            ("base/r.yaml", FUNCTION),
            ("over/kustomization.yaml", "resources: [../base]\nnamePrefix: x-\n"),
        ]);
        assert_eq!(found, ["kustomize-exec-function", "kustomize-order"]);
    }

    #[test]
    fn greedy_plugins_and_flux_folders_with_plugins_are_found() {
        let plugin = "kind: ConfigManagementPlugin\nspec:\n  generate: {command: [spark-render]}\n  discover: {find: {glob: '**/*.yaml'}}\n";
        assert_eq!(codes(&[("plugin.yaml", plugin)]), ["argocd-discover"]);
        let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  path: ./jobs\n";
        // The path may begin above the folder that is looked at, but it is that of this folder and of no other.
        for (folder, found) in [
            ("jobs", &["kustomize-exec-function", "flux-plugins"][..]),
            ("deploy/jobs", &["kustomize-exec-function", "flux-plugins"]),
            ("other", &["kustomize-exec-function"]),
        ] {
            let files = [
                ("flux/jobs.yaml", flux),
                (&format!("{folder}/kustomization.yaml"), "resources: [../base]\n"),
                (&format!("{folder}/../base/kustomization.yaml"), "generators: [r.yaml]\n"),
                (&format!("{folder}/../base/r.yaml"), FUNCTION),
            ];
            assert_eq!(codes(&files), found, "{folder}");
        }
    }
}
