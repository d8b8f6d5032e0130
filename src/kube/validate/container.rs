//! Rules of what is inside of containers: mounts, ports, probes, security (`pkg/apis/core/validation`).

use std::collections::BTreeSet;

use super::{Check, metadata, text_of};
use crate::{
    kube::names,
    tree::{Mapping, Node, Place},
};

/// The name of a container, and what is only true of all its mounts, ports or probes.
pub(crate) fn container(check: &mut Check<'_>, _: &Node, container: &Mapping, place: &Place<'_>) {
    if let Some(name) = container.get("name")
        && let Some(text) = name.as_str()
        && !names::is_dns_label(text)
    {
        let rule = "a DNS label of at most 63 characters";
        metadata::invalid(check, "container name", text, rule, name, &place.key("name"));
    }
    propagation(check, container, place);
    port_names(check, container, place);
    for (key, once) in [("livenessProbe", true), ("readinessProbe", false), ("startupProbe", true)] {
        let Some(probe) = container.get(key).and_then(Node::as_mapping) else { continue };
        let place = place.key(key);
        // 0 is taken for the default, 1.
        if once
            && let Some(threshold) = probe.get("successThreshold")
            && threshold.as_i64().is_some_and(|threshold| threshold > 1)
        {
            let message = format!("`successThreshold` of `{key}` must be 1");
            check.rule(message, threshold, &place.key("successThreshold"), "remove it");
        }
        if !once && let Some(period) = probe.get("terminationGracePeriodSeconds").filter(|period| !period.is_null()) {
            let message = format!("`terminationGracePeriodSeconds` cannot be in `{key}`");
            check.rule(message, period, &place.key("terminationGracePeriodSeconds"), "remove it");
        }
    }
}

/// What a mount passes on to the node needs a privileged container.
fn propagation(check: &mut Check<'_>, container: &Mapping, place: &Place<'_>) {
    let privileged = container
        .get("securityContext")
        .and_then(|context| context.get("privileged"))
        .is_some_and(|flag| flag.as_bool() == Some(true));
    let mounts = container.get("volumeMounts").and_then(Node::as_sequence).unwrap_or_default();
    let place = place.key("volumeMounts");
    for (index, mount) in mounts.iter().enumerate() {
        let here = place.index(index);
        if mount.str_at(&["mountPropagation"]) == Some("Bidirectional") && !privileged {
            let message = "`mountPropagation: Bidirectional` needs a privileged container".to_owned();
            check.rule(message, mount, &here.key("mountPropagation"), "write `HostToContainer`");
        }
    }
}

fn port_names(check: &mut Check<'_>, container: &Mapping, place: &Place<'_>) {
    let ports = container.get("ports").and_then(Node::as_sequence).unwrap_or_default();
    let place = place.key("ports");
    let mut seen = BTreeSet::new();
    for (index, port) in ports.iter().enumerate() {
        if let Some(name) = port.str_at(&["name"]).filter(|name| !name.is_empty())
            && !seen.insert(name)
        {
            let message = format!("two ports are called `{name}`");
            check.rule(message, port, &place.index(index).key("name"), "give each port a name of its own");
        }
    }
}

/// One of the two paths; what is read-only below needs a mount that is.
pub(crate) fn volume_mount(check: &mut Check<'_>, node: &Node, mount: &Mapping, place: &Place<'_>) {
    let filled = |field: &str| text_of(mount, field).is_some_and(|text| !text.is_empty());
    if filled("subPath") && filled("subPathExpr") {
        let message = "`subPath` and `subPathExpr` exclude each other".to_owned();
        check.rule(message, node, &place.key("subPathExpr"), "remove one of the two");
    }
    let read_only = mount.get("readOnly").and_then(Node::as_bool) == Some(true);
    if let Some(mode) = mount.get("recursiveReadOnly")
        && matches!(mode.as_str(), Some("Enabled" | "IfPossible"))
        && !read_only
    {
        let message = "`recursiveReadOnly` needs `readOnly: true`".to_owned();
        check.rule(message, mode, &place.key("recursiveReadOnly"), "add `readOnly: true`");
    }
}

/// A number from 1 to 65535, or the name of a port.
pub(crate) fn action(check: &mut Check<'_>, _: &Node, action: &Mapping, place: &Place<'_>) {
    super::pod::port_number(check, action, "port", place);
    if let Some(port) = action.get("port")
        && let Some(text) = port.as_str()
        && !names::is_port_name(text)
    {
        let rule = "a port name: at most 15 of a-z, 0-9 and single `-`, with a letter in it";
        metadata::invalid(check, "port", text, rule, port, &place.key("port"));
    }
}

/// More rights cannot be had and refused at once.
pub(crate) fn security_context(check: &mut Check<'_>, _: &Node, context: &Mapping, place: &Place<'_>) {
    let Some(escalation) = context.get("allowPrivilegeEscalation").filter(|flag| flag.as_bool() == Some(false)) else {
        return;
    };
    let added = context.get("capabilities").and_then(|all| all.get("add")).and_then(Node::as_sequence);
    let administers = added.unwrap_or_default().iter().any(|one| one.as_str() == Some("CAP_SYS_ADMIN"));
    let privileged = context.get("privileged").and_then(Node::as_bool) == Some(true);
    for (is_so, what) in [(privileged, "`privileged: true`"), (administers, "the capability `CAP_SYS_ADMIN`")] {
        if is_so {
            let message = format!("`allowPrivilegeEscalation: false` excludes {what}");
            check.rule(message, escalation, &place.key("allowPrivilegeEscalation"), "choose one of the two");
        }
    }
}

/// `localhostProfile` with `type: Localhost`, and with it only.
pub(crate) fn profile(check: &mut Check<'_>, node: &Node, profile: &Mapping, place: &Place<'_>) {
    let local = text_of(profile, "type") == Some("Localhost");
    let named = profile.get("localhostProfile").filter(|name| !name.is_null());
    match (local, named) {
        (true, None) => check.missing(node, "localhostProfile", place),
        (false, Some(name)) => {
            let message = "`localhostProfile` needs `type: Localhost`".to_owned();
            check.rule(message, name, &place.key("localhostProfile"), "remove it, or write `type: Localhost`");
        }
        _ => {}
    }
}
