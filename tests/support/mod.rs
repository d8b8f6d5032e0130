//! What several tests share: inputs of `fixtures`, rendered as the commands do it, with other values for their
//! leaves; and files with what is expected.
#![allow(dead_code, unreachable_pub, reason = "no test uses all of it")]

pub mod golden;
pub mod leaves;
pub mod nodes;

use std::{fs, path::Path};

use spark_render::internals::{
    kube, operator,
    render::{
        self, Executors, Host, Options, Target,
        config::{self, Layers},
        pipeline,
    },
    tree::{Diagnostics, Node, Severity, Sources},
};

/// An input as a person has it.
pub struct Fixture {
    /// `app.yaml`.
    pub text: String,
    /// `spark-render.yaml`, if there is one.
    pub config: Option<String>,
}

impl Fixture {
    /// Reads a folder.
    pub fn read(folder: &Path) -> Self {
        let config = fs::read_to_string(folder.join("spark-render.yaml")).ok();
        Self { text: fs::read_to_string(folder.join("app.yaml")).unwrap(), config }
    }

    /// The folders of `fixtures/explain`: one leaf a line.
    pub fn all_of_explain() -> Vec<(String, Self)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/explain");
        golden::directories_with(&root, "app.yaml")
            .into_iter()
            .map(|name| (name.clone(), Self::read(&root.join(name))))
            .collect()
    }

    /// Renders the input for the newest Kubernetes.
    pub fn render(&self) -> Rendering {
        Rendering::of(&self.text, self.config.as_deref(), kube::Version::NEWEST)
    }

    /// Renders another text with the same configuration.
    pub fn render_changed(&self, text: &str) -> Rendering {
        Rendering::of(text, self.config.as_deref(), kube::Version::NEWEST)
    }
}

/// What became of an input.
pub struct Rendering {
    /// The document.
    pub document: Node,
    /// The objects in order, executors among them.
    pub objects: Vec<Node>,
    /// The errors.
    pub errors: Vec<String>,
}

impl Rendering {
    /// Renders the first document of `text` as `explain` does it.
    pub fn of(text: &str, config: Option<&str>, kube_version: kube::Version) -> Self {
        Self::with(text, config, |options| {
            // A rewritten resource has no executors.
            if options.target != Target::SparkApplication {
                options.executors = Executors::Preview;
            }
            options.kube_version = kube_version;
        })
    }

    /// The same with options that `change` has the last word on.
    pub fn with(text: &str, config: Option<&str>, change: impl FnOnce(&mut Options)) -> Self {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = sources.add("app.yaml", text);
        let Some(document) =
            spark_render::internals::operator::documents::parse(id, &sources, &mut diagnostics).into_iter().next()
        else {
            return Self { document: Node::default(), objects: Vec::new(), errors: vec!["no document".to_owned()] };
        };
        let mut options = settled(config, &mut sources);
        change(&mut options);
        let class = operator::classify(&document, &mut diagnostics);
        let manifests = pipeline::document(&document, class, &options, &|_| None, &mut diagnostics).objects;
        let errors = diagnostics.iter().filter(|item| item.severity == Severity::Error);
        Self {
            errors: errors.map(|item| format!("{}: {}", item.code, item.message)).collect(),
            objects: manifests.into_iter().map(|manifest| manifest.object).collect(),
            document: document.into_node(),
        }
    }
}

/// The options of a configuration, settled as the commands do it. The configuration must be in order.
pub fn settled(config: Option<&str>, sources: &mut Sources) -> Options {
    let mut diagnostics = Diagnostics::new();
    let layers = config.map_or_else(Layers::default, |text| {
        let id = sources.add("spark-render.yaml", text);
        let document = operator::documents::parse(id, sources, &mut diagnostics).remove(0);
        config::read(&document.node, &mut diagnostics).unwrap_or_else(|| panic!("{diagnostics:?}"))
    });
    let configuration = layers.decode(&mut diagnostics).unwrap_or_else(|| panic!("{diagnostics:?}"));
    render::settle(&configuration, &Host::default(), &mut diagnostics).unwrap_or_else(|| panic!("{diagnostics:?}"))
}
