//! KRM functions: the ResourceList that kustomize and kpt send and take, and what its bookkeeping means for objects
//! that come and go.

mod files;
mod references;
mod results;
mod texts;

pub use files::{is_file_based, is_output, keep_source, place};
pub(crate) use references::name_reference_paths;
pub use references::{Renamed, follow};
pub use results::{Finding, results};
pub use texts::{report_hashed, report_own};

use crate::{
    map,
    operator::{Class, classify},
    text::read::Document,
    tree::{CodeDoc, Diagnostic, Diagnostics, Mapping, Node, Value},
};

/// Codes of this module.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "krm-input",
        summary: "standard input is no ResourceList",
        explanation: "A KRM function gets a `ResourceList` of `config.kubernetes.io` on standard input, from kustomize, kpt or \
                      `kpt fn source`. `spark-render render -` reads plain manifests.",
    },
    CodeDoc {
        code: "krm-function-config",
        summary: "a functionConfig that is no configuration",
        explanation: "The functionConfig is a `SparkRender`, or a ConfigMap whose `data` holds its fields as texts, with dotted \
                      names for nested ones (`kubeVersion: \"1.30\"`, `argocd.recreate: \"true\"`).",
    },
    CodeDoc {
        code: "krm-inputs",
        summary: "a kustomize generator that is not told what to read",
        explanation: "A generator does not see the kustomization's resources. `spec.inputs` of its configuration names files \
                      and folders, relative to the kustomization. A transformer needs none.",
    },
    CodeDoc {
        code: "kustomize-hashed-name",
        summary: "executors refer to an object whose name kustomize will change",
        explanation: "kustomize adds content hashes to the names of generated ConfigMaps and Secrets after all transformers, and \
                      follows them in fields that it knows; the executors' pod template and spark.properties are text. Switch the \
                      suffix off (`generatorOptions: disableNameSuffixHash: true`), or name the object in `resources`.",
    },
    CodeDoc {
        code: "rename-proof",
        summary: "a name in a text, which a host that renames objects would not follow",
        explanation: "A kustomize generator runs before name prefixes, namespaces and images are set. Names that the driver can \
                      learn at run time are taken from the downward API; this one cannot be. Run spark-render as a transformer \
                      of the last overlay, where all names are settled.",
    },
];

/// Annotations with these beginnings are the hosts' bookkeeping; none of them belongs on a new object.
const BOOKKEEPING: &[&str] = &[
    "config.kubernetes.io/",
    "internal.config.kubernetes.io/",
    "config.k8s.io/",
    "kustomize.config.k8s.io/",
    "internal.kpt.dev/",
];

/// What a host sends.
#[derive(Debug, Clone)]
pub struct ResourceList {
    /// As the host writes it: `config.kubernetes.io/v1` or older.
    pub api_version: Node,
    /// The resources.
    pub items: Vec<Node>,
    /// The configuration of this call.
    pub function_config: Option<Node>,
}

impl ResourceList {
    /// Whether `node` is one.
    #[must_use]
    pub fn is(node: &Node) -> bool {
        node.str_at(&["kind"]) == Some("ResourceList")
            && node.str_at(&["apiVersion"]).is_some_and(|version| version.starts_with("config.kubernetes.io/"))
    }

    /// Takes `node` apart; what is no ResourceList is reported.
    pub fn read(mut node: Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let broken = |message: &str, node: &Node| {
            Diagnostic::error("krm-input", message)
                .at(&node.origin)
                .hint("use `spark-render render -` for plain manifests")
        };
        if !Self::is(&node) {
            diagnostics.push(broken("standard input is no ResourceList of config.kubernetes.io", &node));
            return None;
        }
        let api_version = node.get("apiVersion").cloned().unwrap_or_default();
        let items = match node.get_mut("items").map(|items| std::mem::take(&mut items.value)) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Sequence(items)) => items,
            Some(_) => {
                diagnostics.push(broken("`items` of the ResourceList is no list", &node));
                return None;
            }
        };
        let function_config = node.as_mapping_mut().and_then(|list| list.remove("functionConfig"));
        Some(Self { api_version, items, function_config: function_config.filter(|config| !config.is_null()) })
    }

    /// Whether the host wants a generator: the only item is a copy of the functionConfig.
    #[must_use]
    pub fn wants_generator(&self) -> bool {
        let identity = |node: &Node| {
            [&["apiVersion"][..], &["kind"], &["metadata", "name"]].map(|path| node.str_at(path).map(str::to_owned))
        };
        match (&self.function_config, self.items.as_slice()) {
            (Some(config), [item]) => identity(config) == identity(item) && config.get("spec") == item.get("spec"),
            _ => false,
        }
    }

    /// The answer: `items` in the place of what was sent, and `results` if there are any.
    #[must_use]
    pub fn answer(&self, items: Vec<Node>, results: Vec<Node>) -> Node {
        let mut list = Mapping::new();
        list.insert("apiVersion", self.api_version.clone());
        list.insert("kind", "ResourceList");
        list.insert("items", Node::new(items));
        if let Some(config) = &self.function_config {
            list.insert("functionConfig", config.clone());
        }
        if !results.is_empty() {
            list.insert("results", Node::new(results));
        }
        list.into()
    }
}

/// What an item is, whether or not it is annotated as local configuration.
pub fn class_of(item: &Node, diagnostics: &mut Diagnostics) -> Class {
    classify(&Document { node: without_bookkeeping(item).into(), index: 0 }, diagnostics)
}

/// Whether objects of `class` are rendered.
#[must_use]
pub fn is_rendered(class: Class) -> bool {
    matches!(class, Class::SparkApplication | Class::ScheduledSparkApplication | Class::SparkConnect)
}

/// The item as its author wrote it: without the hosts' annotations.
#[must_use]
pub fn without_bookkeeping(item: &Node) -> Node {
    let mut item = item.clone();
    let Some(metadata) = item.get_mut("metadata").and_then(Node::as_mapping_mut) else { return item };
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Node::as_mapping_mut) {
        let before = annotations.len();
        annotations.retain(|key, _| !BOOKKEEPING.iter().any(|prefix| key.starts_with(prefix)));
        if annotations.is_empty() && before > 0 {
            metadata.remove("annotations");
        }
    }
    item
}

/// Takes out `serviceAccount` beside an equal `serviceAccountName`: kustomize renames the latter only, and the API server
/// sets the former anew.
pub fn drop_account_alias(node: &mut Node) {
    match &mut node.value {
        Value::Sequence(items) => items.iter_mut().for_each(drop_account_alias),
        Value::Mapping(mapping) => {
            if mapping.contains_key("serviceAccountName")
                && mapping.get("serviceAccountName") == mapping.get("serviceAccount")
            {
                mapping.remove("serviceAccount");
            }
            mapping.values_mut().for_each(drop_account_alias);
        }
        _ => {}
    }
}

/// An annotation of `item`.
#[must_use]
pub(crate) fn annotation<'a>(item: &'a Node, key: &str) -> Option<&'a str> {
    item.str_at(&["metadata", "annotations", key])
}

/// Sets an annotation. An item whose `metadata` is no mapping is left as it is: it has been reported.
fn annotate(item: &mut Node, key: &'static str, value: &str) {
    let metadata = item.as_mapping_mut().map(|item| item.get_or_insert_with("metadata", || map! {}));
    let Some(metadata) = metadata.and_then(Node::as_mapping_mut) else { return };
    if metadata.get("annotations").is_none_or(|annotations| annotations.as_mapping().is_none()) {
        metadata.insert("annotations", map! {});
    }
    let annotations = metadata.get_mut("annotations").and_then(Node::as_mapping_mut);
    annotations.expect("made above").insert(key, Node::text(value));
}
