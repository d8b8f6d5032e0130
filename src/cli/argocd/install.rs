//! `argocd install`: the files that put the plugin into a repo-server.

use std::{fs, io};

use clap::ValueEnum as _;
use minijinja::{Environment, UndefinedBehavior, Value, context};

use super::args::{BinaryFrom, InstallArgs, Part};
use crate::{
    cli::{ExitStatus, reporter::Reporter},
    kube::Feature,
    tree::failure::Failure,
};

/// Part, file name, template.
const PARTS: &[(Part, &str, &str)] = &[
    (Part::Plugin, "plugin.yaml", include_str!("../../../templates/argocd/plugin.yaml.j2")),
    (Part::ConfigMap, "config-map.yaml", include_str!("../../../templates/argocd/config-map.yaml.j2")),
    (Part::Sidecar, "sidecar.yaml", include_str!("../../../templates/argocd/sidecar.yaml.j2")),
    (Part::Application, "application.yaml", include_str!("../../../templates/argocd/application.yaml.j2")),
    (Part::Kustomization, "kustomization.yaml", include_str!("../../../templates/argocd/kustomization.yaml.j2")),
    (Part::HelmValues, "helm-values.yaml", include_str!("../../../templates/argocd/helm-values.yaml.j2")),
];

/// Pieces that several parts hold.
const CONTAINER: &str = include_str!("../../../templates/argocd/container.yaml.j2");
const INIT_CONTAINER: &str = include_str!("../../../templates/argocd/init-container.yaml.j2");
const VOLUMES: &str = include_str!("../../../templates/argocd/volumes.yaml.j2");

/// Where the tool is in a sidecar that has another image. The templates mount it here.
const MOUNT: &str = "/opt/spark-render";

pub(crate) fn run(args: &InstallArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let Some(folder) = &args.output else {
        let part = args.part.expect("clap asks for one of the two");
        reporter.terminal.data(text(part, args).as_bytes())?;
        return Ok(ExitStatus::Done);
    };
    fs::create_dir_all(folder).map_err(|source| Failure::Write { path: folder.clone(), source })?;
    let mut status = ExitStatus::Done;
    for (part, name, _) in PARTS {
        let (path, text) = (folder.join(name), text(*part, args));
        match fs::read(&path) {
            Ok(current) if current == text.as_bytes() => {}
            Ok(_) => {
                reporter
                    .terminal
                    .report(&format!("error: {} is there and differs: it is left alone\n", path.display()));
                status = ExitStatus::Findings;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::write(&path, text).map_err(|source| Failure::Write { path: path.clone(), source })?;
                reporter.terminal.report(&format!("wrote {}\n", path.display()));
            }
            Err(source) => return Err(Failure::Read { path, source }),
        }
    }
    Ok(status)
}

fn text(part: Part, args: &InstallArgs) -> String {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let values = context! {
        name => args.name.as_str(),
        version => args.plugin_version.as_deref(),
        image => args.image.as_str(),
        sidecar_image => if args.binary_from == BinaryFrom::Image { args.image.as_str() } else { args.sidecar_image.as_str() },
        from => args.binary_from.to_possible_value().expect("no way is hidden").get_name(),
        image_volumes => Feature::ImageVolumes.since().to_string(),
        binary => args.binary.as_str(),
        installed => installed(args),
        namespace => args.namespace.as_str(),
        discover => args.discover,
        config_map => format!("{}-plugin", args.name.replace('.', "-")),
    };
    let render =
        |template: &str, values: &Value| environment.render_str(template, values).expect("our own templates are whole");
    let (.., template) = PARTS.iter().find(|(known, ..)| *known == part).expect("every part has a row");
    let within = |outer: Part, inner: Part| if part == outer { text(inner, args) } else { String::new() };
    let pieces = context! {
        plugin => within(Part::ConfigMap, Part::Plugin).trim_end(),
        config_map_object => within(Part::HelmValues, Part::ConfigMap).trim_end(),
        container => render(CONTAINER, &values),
        init_container => render(INIT_CONTAINER, &values),
        volumes => render(VOLUMES, &values),
        ..values
    };
    let mut text = render(template, &pieces);
    text.push('\n');
    text
}

/// Where the sidecar finds the tool.
fn installed(args: &InstallArgs) -> String {
    match args.binary_from {
        BinaryFrom::Image => args.binary.clone(),
        BinaryFrom::Init => format!("{MOUNT}/spark-render"),
        BinaryFrom::Volume => format!("{MOUNT}/{}", args.binary.trim_start_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Diagnostics, Sources};

    fn args(discover: bool, binary_from: BinaryFrom) -> InstallArgs {
        InstallArgs {
            part: None,
            output: None,
            name: "spark-render".into(),
            plugin_version: Some("v1".into()),
            binary_from,
            sidecar_image: "argocd:v1".into(),
            image: "registry.example.com/spark-render@sha256:0".into(),
            binary: "/bin/spark-render".into(),
            namespace: "argocd".into(),
            discover,
        }
    }

    #[test]
    fn every_part_is_one_document_without_findings() {
        for (part, name, _) in PARTS {
            for (discover, from) in [
                (false, BinaryFrom::Image),
                (true, BinaryFrom::Image),
                (false, BinaryFrom::Init),
                (false, BinaryFrom::Volume),
            ] {
                let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
                let id = sources.add(*name, text(*part, &args(discover, from)));
                let documents = crate::operator::documents::parse(id, &sources, &mut diagnostics);
                assert_eq!((documents.len(), diagnostics.len()), (1, 0), "{name}");
            }
        }
    }

    #[test]
    fn the_config_map_holds_plugin_yaml() {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = sources.add("config-map.yaml", text(Part::ConfigMap, &args(true, BinaryFrom::Image)));
        let documents = crate::operator::documents::parse(id, &sources, &mut diagnostics);
        assert_eq!(
            documents[0].node.str_at(&["data", "plugin.yaml"]),
            Some(text(Part::Plugin, &args(true, BinaryFrom::Image)).as_str())
        );
    }
}
