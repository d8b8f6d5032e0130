//! Set-ups of kustomize, Argo CD and Flux in which what we render would be dropped without a word, or in which a build
//! cannot work: found by reading their files, without starting anything.

mod argocd;
mod flux;
mod kustomize;

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::{
    config,
    diagnostics::{CodeDoc, Diagnostics},
    failure::Failure,
    node::Node,
    source::{self, Input, Sources},
};

/// Codes of this module.
pub const CODES: &[CodeDoc] = &[
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
        code: "flux-plugins",
        summary: "a Flux Kustomization of a folder that needs kustomize plugins",
        explanation: "Flux runs no kustomize plugin of any kind. Commit the rendered tree (`render -o DIR`), or push it as an OCI \
                      artifact.",
    },
];

/// A document of a host's file.
struct Found {
    file: PathBuf,
    node: Node,
}

impl Found {
    fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

/// Reports what is wrong with the hosts' files below `folder`; `sources` gets their texts.
///
/// # Errors
/// When a file or folder cannot be read.
pub fn findings(folder: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Result<(), Failure> {
    let found = read(folder, sources)?;
    kustomize::report(&found, diagnostics);
    argocd::report(&found, diagnostics);
    flux::report(&found, diagnostics);
    Ok(())
}

/// Every document of every YAML file; what cannot be read is not a host's.
fn read(folder: &Path, sources: &mut Sources) -> Result<Vec<Found>, Failure> {
    let hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".") && name.len() > 1;
    let entries = WalkDir::new(folder).sort_by(|a, b| a.file_name().cmp(b.file_name())).into_iter();
    let mut found = Vec::new();
    for entry in entries.filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name())) {
        let entry = entry.map_err(|error| Failure::Read {
            path: error.path().unwrap_or(folder).to_owned(),
            source: error.into_io_error().unwrap_or_else(|| std::io::Error::other("cannot be walked")),
        })?;
        let path = entry.path();
        let yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if !entry.file_type().is_file() || !(yaml || entry.file_name() == "Kustomization") {
            continue;
        }
        let file = path.strip_prefix(".").unwrap_or(path).to_owned();
        let input = Input { path: file.clone(), named: true, template: false };
        let mut scratch = Diagnostics::new();
        let Some(id) = input.read(sources, &mut scratch)? else { continue };
        let documents = source::parse(id, sources, &mut scratch);
        found.extend(documents.into_iter().map(|document| Found { file: file.clone(), node: document.node }));
    }
    Ok(found)
}

/// Whether `node` is a configuration of ours.
fn is_ours(node: &Node) -> bool {
    config::is_config(node)
}
