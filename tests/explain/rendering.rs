//! An input as a person has it, rendered as the commands do it.

use spark_render::{
    compat::KubernetesVersion,
    config::{Executors, SparkRenderSpec, Target},
    diagnostics::{Diagnostics, Severity},
    explain,
    node::Node,
    render::{self, RenderOptions},
    resolve::ResolveOptions,
    source::{self, Sources},
};

use crate::{Faults, fields::Object};

pub(crate) struct Rendering {
    pub(crate) document: Node,
    pub(crate) objects: Vec<Object>,
    pub(crate) errors: Vec<String>,
}

impl Rendering {
    pub(crate) fn of(text: &str, config: Option<&str>) -> Self {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = sources.add("app.yaml", text);
        let Some(document) = source::parse(id, &sources, &mut diagnostics).into_iter().next() else {
            return Self { document: Node::default(), objects: Vec::new(), errors: vec!["no document".to_owned()] };
        };
        let spec = config.map_or_else(SparkRenderSpec::default, |text| {
            let id = sources.add("spark-render.yaml", text);
            let config = source::parse(id, &sources, &mut diagnostics).remove(0);
            serde_json::from_value(config.node.get("spec").unwrap().to_json()).unwrap()
        });
        // As `explain` does it; a rewritten resource has no executors.
        let executors = if spec.target == Target::SparkApplication { Executors::Template } else { Executors::Preview };
        let options = RenderOptions {
            spec: SparkRenderSpec { executors, ..spec },
            kube_version: KubernetesVersion::NEWEST,
            resolve: ResolveOptions::default(),
            rename_proof: false,
        };
        let class = source::classify(&document, &mut diagnostics);
        let manifests = render::document(&document, class, &options, &|_| None, &mut diagnostics);
        let errors = diagnostics.iter().filter(|item| item.severity == Severity::Error);
        Self {
            errors: errors.map(|item| format!("{}: {}", item.code, item.message)).collect(),
            objects: manifests.iter().map(|manifest| Object::new(&manifest.object)).collect(),
            document: document.node,
        }
    }

    /// The fields of which nothing is known.
    pub(crate) fn unknown_origins(&self, name: &str) -> Faults {
        let mut faults = Faults::new();
        for object in &self.objects {
            for found in explain::find(&object.node, "").iter().filter(|found| found.origin.is_unknown()) {
                let field = format!("{} {}", object.kind, found.path);
                faults.entry(format!("{name}: fields of unknown origin")).or_default().push(field);
            }
        }
        faults
    }
}
