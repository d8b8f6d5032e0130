//! `argocd install`: the files that put the plugin into a repo-server.

use std::{fs, io};

use minijinja::{Environment, UndefinedBehavior, context};

use super::args::{InstallArgs, Part};
use crate::{
    cli::{ExitStatus, render::Talk},
    tree::failure::Failure,
};

/// Part, file name, template.
const PARTS: &[(Part, &str, &str)] = &[
    (Part::Plugin, "plugin.yaml", include_str!("../../../templates/argocd/plugin.yaml.j2")),
    (Part::ConfigMap, "config-map.yaml", include_str!("../../../templates/argocd/config-map.yaml.j2")),
    (Part::Sidecar, "sidecar.yaml", include_str!("../../../templates/argocd/sidecar.yaml.j2")),
    (Part::Application, "application.yaml", include_str!("../../../templates/argocd/application.yaml.j2")),
    (Part::Kustomization, "kustomization.yaml", include_str!("../../../templates/argocd/kustomization.yaml.j2")),
];

pub(crate) fn run(args: &InstallArgs, talk: Talk) -> Result<ExitStatus, Failure> {
    let Some(folder) = &args.output else {
        let part = args.part.expect("clap asks for one of the two");
        talk.terminal.data(text(part, args).as_bytes())?;
        return Ok(ExitStatus::Done);
    };
    fs::create_dir_all(folder).map_err(|source| Failure::Write { path: folder.clone(), source })?;
    let mut status = ExitStatus::Done;
    for (part, name, _) in PARTS {
        let (path, text) = (folder.join(name), text(*part, args));
        match fs::read(&path) {
            Ok(current) if current == text.as_bytes() => {}
            Ok(_) => {
                talk.terminal.talk(&format!("error: {} is there and differs: it is left alone\n", path.display()));
                status = ExitStatus::Findings;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::write(&path, text).map_err(|source| Failure::Write { path: path.clone(), source })?;
                talk.terminal.talk(&format!("wrote {}\n", path.display()));
            }
            Err(source) => return Err(Failure::Read { path, source }),
        }
    }
    Ok(status)
}

fn text(part: Part, args: &InstallArgs) -> String {
    let plugin = if part == Part::ConfigMap { text(Part::Plugin, args) } else { String::new() };
    let (.., template) = PARTS.iter().find(|(known, ..)| *known == part).expect("every part has a row");
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let context = context! {
        name => args.name.clone(),
        version => args.plugin_version.clone(),
        image => args.image.clone(),
        binary => args.binary.clone(),
        namespace => args.namespace.clone(),
        discover => args.discover,
        config_map => format!("{}-plugin", args.name.replace('.', "-")),
        plugin => plugin.trim_end(),
    };
    let mut text = environment.render_str(template, context).expect("our own templates are whole");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Diagnostics, Sources};

    fn args(discover: bool) -> InstallArgs {
        InstallArgs {
            part: None,
            output: None,
            name: "spark-render".into(),
            plugin_version: Some("v1".into()),
            image: "registry.example.com/spark-render@sha256:0".into(),
            binary: "/bin/spark-render".into(),
            namespace: "argocd".into(),
            discover,
        }
    }

    #[test]
    fn every_part_is_one_document_without_findings() {
        for (part, name, _) in PARTS {
            for discover in [false, true] {
                let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
                let id = sources.add(*name, text(*part, &args(discover)));
                let documents = crate::operator::documents::parse(id, &sources, &mut diagnostics);
                assert_eq!((documents.len(), diagnostics.len()), (1, 0), "{name}");
            }
        }
    }

    #[test]
    fn the_config_map_holds_plugin_yaml() {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = sources.add("config-map.yaml", text(Part::ConfigMap, &args(true)));
        let documents = crate::operator::documents::parse(id, &sources, &mut diagnostics);
        assert_eq!(documents[0].node.str_at(&["data", "plugin.yaml"]), Some(text(Part::Plugin, &args(true)).as_str()));
    }
}
