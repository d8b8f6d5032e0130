//! Which container of a template is Spark's: the one with the name, else the first.

use crate::tree::Node;

/// The place of Spark's container in the template's list.
pub(crate) fn container_index(template: &Node, name: &str) -> Option<usize> {
    let containers = template.at_keys(&["spec", "containers"])?.as_sequence()?;
    let named = containers.iter().position(|container| container.str_at(&["name"]) == Some(name));
    named.or_else(|| (!containers.is_empty()).then_some(0))
}

/// The image of Spark's container, if the template gives one.
pub(crate) fn container_image<'a>(template: &'a Node, name: &str) -> Option<&'a Node> {
    let index = container_index(template, name)?;
    let containers = template.at_keys(&["spec", "containers"])?.as_sequence()?;
    containers[index].get("image").filter(|image| image.as_str().is_some_and(|image| !image.is_empty()))
}
