//! Rules of pods: containers, ports, env, volumes, resources (`pkg/apis/core/validation`).

use std::collections::BTreeSet;

use super::{Check, Mode, metadata, text_of};
use crate::{
    kube::{Feature, OnUnsupported, Quantity, names, pods::CONTAINER_LISTS},
    tree::{Mapping, Node, Place, Severity, Value},
};

/// What concerns several containers, and what may never be in a new pod.
pub(crate) fn pod_spec(check: &mut Check<'_>, _: &Node, spec: &Mapping, place: &Place<'_>) {
    metadata::selector(check, spec, "nodeSelector", place);
    if let Some(ephemeral) = spec.get("ephemeralContainers") {
        let here = place.key("ephemeralContainers");
        check.rule("`ephemeralContainers` cannot be in a new pod".to_owned(), ephemeral, &here, "use `kubectl debug`");
    }
    if spec.get("hostUsers").and_then(Node::as_bool) == Some(false)
        && let Some(network) = spec.get("hostNetwork").filter(|node| node.as_bool() == Some(true))
    {
        let here = place.key("hostNetwork");
        check.rule(
            "`hostNetwork: true` excludes `hostUsers: false`".to_owned(),
            network,
            &here,
            "choose one of the two",
        );
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let volumes = spec.get("volumes").and_then(Node::as_sequence).unwrap_or_default();
    let volumes: BTreeSet<&str> = volumes.iter().filter_map(|volume| volume.str_at(&["name"])).collect();
    for list in CONTAINER_LISTS {
        let place = place.key(list);
        let containers = spec.get(list).and_then(Node::as_sequence).unwrap_or_default();
        for (index, node) in containers.iter().enumerate() {
            let Some(container) = node.as_mapping() else { continue };
            let here = place.index(index);
            if let Some(name) = text_of(container, "name") {
                // Twice in one list is reported as a duplicate key.
                if list == "containers" && seen.contains(name) {
                    check.rule(
                        format!("an init container is called `{name}`, too"),
                        node,
                        &here,
                        "choose another name",
                    );
                }
                if list == "initContainers" {
                    seen.insert(name);
                }
            }
            if list == "initContainers" {
                init_container(check, container, &here);
            } else if let Some(policy) = container.get("restartPolicy")
                && !check.target.has(Feature::ContainerRestartPolicy)
            {
                let since = Feature::ContainerRestartPolicy.since();
                let message = format!("`restartPolicy` of a regular container needs Kubernetes {since}");
                check.rule(
                    message,
                    policy,
                    &here.key("restartPolicy"),
                    "move the container to `initContainers`, or leave it out",
                );
            }
            // Spark gives its own container an image.
            if !matches!(check.mode, Mode::Template(_)) || list == "initContainers" {
                match container.get("image") {
                    None => check.missing(node, "image", &here),
                    Some(image) if image.as_str() == Some("") => {
                        check.rule("`image` is empty".to_owned(), image, &here.key("image"), "name an image");
                    }
                    Some(_) => {}
                }
            }
            mounts(check, container, &volumes, &here);
        }
    }
    network(check, spec, place);
}

/// Ports of the node, and what DNS there is.
fn network(check: &mut Check<'_>, spec: &Mapping, place: &Place<'_>) {
    let on_node = spec.get("hostNetwork").and_then(Node::as_bool) == Some(true);
    let mut taken: BTreeSet<(i64, &str)> = BTreeSet::new();
    let place_of_containers = place.key("containers");
    let containers = spec.get("containers").and_then(Node::as_sequence).unwrap_or_default();
    for (index, container) in containers.iter().enumerate() {
        let place = place_of_containers.index(index);
        let place = place.key("ports");
        for (index, port) in container.get("ports").and_then(Node::as_sequence).unwrap_or_default().iter().enumerate() {
            let Some(number) = port.get("hostPort").and_then(Node::as_i64).filter(|number| *number > 0) else {
                continue;
            };
            let here = place.index(index);
            if on_node && port.get("containerPort").and_then(Node::as_i64) != Some(number) {
                let message = "with `hostNetwork: true`, `hostPort` and `containerPort` are the same".to_owned();
                check.rule(message, port, &here.key("hostPort"), "remove `hostPort`");
            }
            let address = port.str_at(&["protocol"]).unwrap_or("TCP");
            if port.str_at(&["hostIP"]).is_none() && !taken.insert((number, address)) {
                let message = format!("port {number} of the node is taken twice");
                check.rule(message, port, &here.key("hostPort"), "choose another port");
            }
        }
    }
    let config = spec.get("dnsConfig");
    let nameservers = config.and_then(|config| config.get("nameservers")).and_then(Node::as_sequence);
    if let Some(policy) = spec.get("dnsPolicy")
        && policy.as_str() == Some("None")
        && nameservers.unwrap_or_default().is_empty()
    {
        let message = "`dnsPolicy: None` needs `nameservers` in `dnsConfig`".to_owned();
        check.rule(message, policy, &place.key("dnsPolicy"), "add a nameserver");
    }
    if let Some(shared) = spec.get("shareProcessNamespace").filter(|flag| flag.as_bool() == Some(true))
        && spec.get("hostPID").and_then(Node::as_bool) == Some(true)
    {
        let message = "`shareProcessNamespace: true` excludes `hostPID: true`".to_owned();
        check.rule(message, shared, &place.key("shareProcessNamespace"), "choose one of the two");
    }
}

/// Probes and lifecycle belong to init containers that go on running (native sidecars) only.
fn init_container(check: &mut Check<'_>, container: &Mapping, place: &Place<'_>) {
    if text_of(container, "restartPolicy") == Some("Always") {
        return;
    }
    for key in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(node) = container.get(key) {
            let message = format!("an init container without `restartPolicy: Always` has `{key}`");
            check.rule(message, node, &place.key(key), "remove it, or make the container a native sidecar");
        }
    }
}

fn mounts(check: &mut Check<'_>, container: &Mapping, volumes: &BTreeSet<&str>, place: &Place<'_>) {
    // A StatefulSet's claims are volumes, too; Spark adds volumes to a template.
    if check.kind == "StatefulSet" || matches!(check.mode, Mode::Template(_)) {
        return;
    }
    for (list, what) in [("volumeMounts", "mount"), ("volumeDevices", "device")] {
        let mounts = container.get(list).and_then(Node::as_sequence).unwrap_or_default();
        let place = place.key(list);
        for (index, mount) in mounts.iter().enumerate() {
            let Some(name) = mount.get("name") else { continue };
            let Some(text) = name.as_str() else { continue };
            if !text.is_empty() && !volumes.contains(text) {
                let here = place.index(index);
                let message = format!("{what} `{text}` has no volume in this pod");
                check.rule(message, name, &here.key("name"), "add the volume, or remove the mount");
            }
        }
    }
}

/// Name and number of a container's port.
pub(crate) fn container_port(check: &mut Check<'_>, _: &Node, port: &Mapping, place: &Place<'_>) {
    if let Some(name) = port.get("name")
        && let Some(text) = name.as_str()
        && !text.is_empty()
        && !names::is_port_name(text)
    {
        let rule = "a port name: at most 15 of a-z, 0-9 and single `-`, with a letter in it";
        metadata::invalid(check, "port name", text, rule, name, &place.key("name"));
    }
    port_number(check, port, "containerPort", place);
}

/// 1 to 65535.
pub(crate) fn port_number(check: &mut Check<'_>, port: &Mapping, key: &str, place: &Place<'_>) {
    if let Some(node) = port.get(key)
        && let Some(number) = node.as_i64()
        && !(1..=65_535).contains(&number)
    {
        check.rule(format!("`{key}` is {number}"), node, &place.key(key), "choose a port from 1 to 65535");
    }
}

/// The name of a variable, and that it has one source.
pub(crate) fn env_var(check: &mut Check<'_>, node: &Node, env: &Mapping, place: &Place<'_>) {
    let Some(name) = env.get("name") else { return };
    let Some(text) = name.as_str() else { return };
    if !names::is_env_name(text, check.target) {
        let rule = if check.target.has(Feature::RelaxedEnvNames) {
            "a variable name: printable ASCII without `=`".to_owned()
        } else {
            format!(
                "a variable name: letters, digits, `_`, `-`, `.`, first no digit (Kubernetes {} and later take any printable ASCII but `=`)",
                Feature::RelaxedEnvNames.since()
            )
        };
        metadata::invalid(check, "environment variable", text, &rule, name, &place.key("name"));
    }
    if env.contains_key("valueFrom") && env.get("value").is_some_and(|value| value.as_str() != Some("")) {
        check.rule(format!("variable `{text}` has both `value` and `valueFrom`"), node, place, "remove one of the two");
    }
}

/// Exactly one source.
pub(crate) fn env_var_source(check: &mut Check<'_>, node: &Node, source: &Mapping, place: &Place<'_>) {
    let sources = ["configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"];
    exactly_one(check, node, source, place, "source", &sources);
}

/// Exactly one source, too; a prefix that makes names.
pub(crate) fn env_from_source(check: &mut Check<'_>, node: &Node, source: &Mapping, place: &Place<'_>) {
    exactly_one(check, node, source, place, "source", &["configMapRef", "secretRef"]);
    if let Some(prefix) = source.get("prefix")
        && let Some(text) = prefix.as_str()
        && !text.is_empty()
        && !names::is_env_name(text, check.target)
    {
        let rule = "the beginning of a variable's name";
        metadata::invalid(check, "prefix", text, rule, prefix, &place.key("prefix"));
    }
}

/// One of a projected volume's sources is one thing.
pub(crate) fn volume_projection(check: &mut Check<'_>, node: &Node, source: &Mapping, place: &Place<'_>) {
    let sources = ["clusterTrustBundle", "configMap", "downwardAPI", "podCertificate", "secret", "serviceAccountToken"];
    exactly_one(check, node, source, place, "source", &sources);
}

/// Exactly one action.
pub(crate) fn lifecycle_handler(check: &mut Check<'_>, node: &Node, handler: &Mapping, place: &Place<'_>) {
    exactly_one(check, node, handler, place, "action", &["exec", "httpGet", "sleep", "tcpSocket"]);
}

/// Exactly one action.
pub(crate) fn probe(check: &mut Check<'_>, node: &Node, probe: &Mapping, place: &Place<'_>) {
    exactly_one(check, node, probe, place, "action", &["exec", "grpc", "httpGet", "tcpSocket"]);
}

/// Exactly one of `fields`. Others do not count: they are dropped, unless what nobody knows is kept.
fn exactly_one(
    check: &mut Check<'_>,
    node: &Node,
    mapping: &Mapping,
    place: &Place<'_>,
    what: &str,
    fields: &[&'static str],
) {
    let count = mapping.keys().filter(|key| fields.contains(key)).count();
    let kept = matches!(check.mode, Mode::Tailored(OnUnsupported::Keep) | Mode::Template(OnUnsupported::Keep));
    if count == 1 || count == 0 && kept && !mapping.is_empty() {
        return;
    }
    let plural = if count == 1 { "" } else { "s" };
    let names = fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
    check.rule(format!("`{}` has {count} {what}{plural}", place.name()), node, place, &format!("write one of {names}"));
}

/// An address, and names.
pub(crate) fn host_alias(check: &mut Check<'_>, node: &Node, alias: &Mapping, place: &Place<'_>) {
    let ip = alias.get("ip");
    if ip.and_then(Node::as_str).is_none_or(|text| text.parse::<std::net::IpAddr>().is_err()) {
        let here = place.key("ip");
        check.rule("a host alias needs an IP address".to_owned(), ip.unwrap_or(node), &here, "write `ip: 10.0.0.1`");
    }
    let place = place.key("hostnames");
    for (index, name) in alias.get("hostnames").and_then(Node::as_sequence).unwrap_or_default().iter().enumerate() {
        if let Some(text) = name.as_str().filter(|text| !names::is_dns_subdomain(text)) {
            let rule = "a DNS subdomain of at most 253 characters";
            metadata::invalid(check, "host name", text, rule, name, &place.index(index));
        }
    }
}

/// What a container may know of its resources.
const RESOURCES_OF_CONTAINERS: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// Resources of the downward API.
pub(crate) fn resource_field_selector(check: &mut Check<'_>, _: &Node, selector: &Mapping, place: &Place<'_>) {
    let Some(resource) = selector.get("resource") else { return };
    let Some(text) = resource.as_str().filter(|text| !text.is_empty()) else { return };
    let huge = ["limits.hugepages-", "requests.hugepages-"].iter().any(|prefix| text.starts_with(prefix));
    if !huge && !RESOURCES_OF_CONTAINERS.contains(&text) {
        let message = format!("the downward API has no resource `{text}`");
        let hint = format!("write one of `{}`", RESOURCES_OF_CONTAINERS.join("`, `"));
        check.rule(message, resource, &place.key("resource"), &hint);
    }
}

/// Fields that variables may have, and those that volumes may have as well.
const FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Paths of the downward API: those that there are, and those that came later.
pub(crate) fn object_field_selector(check: &mut Check<'_>, _: &Node, selector: &Mapping, place: &Place<'_>) {
    if let Some(path) = selector.get("fieldPath")
        && let Some(text) = path.as_str()
    {
        let of_map = |map: &str| text.strip_prefix(map).is_some_and(|rest| rest.is_empty() || rest.starts_with('['));
        if !FIELDS.contains(&text) && !of_map("metadata.labels") && !of_map("metadata.annotations") {
            let message = format!("the downward API has no field `{text}`");
            let hint = format!("write one of `{}`, `metadata.labels['key']`", FIELDS.join("`, `"));
            check.rule(message, path, &place.key("fieldPath"), &hint);
        }
    }
    if let Some(path) = selector.get("fieldPath")
        && path.as_str() == Some("status.hostIPs")
        && !check.target.has(Feature::HostIps)
    {
        let message = format!("field path `status.hostIPs` needs Kubernetes {}", Feature::HostIps.since());
        check.rule(message, path, &place.key("fieldPath"), "use `status.hostIP`");
    }
}

/// Nameservers, and the length of the search list.
pub(crate) fn dns_config(check: &mut Check<'_>, _: &Node, config: &Mapping, place: &Place<'_>) {
    if let Some(node) = config.get("nameservers")
        && let Some(servers) = node.as_sequence()
    {
        let place = place.key("nameservers");
        if servers.len() > 3 {
            check.rule(format!("`nameservers` has {} entries", servers.len()), node, &place, "name three at most");
        }
        for (index, server) in servers.iter().enumerate() {
            if server.as_str().is_some_and(|text| text.parse::<std::net::IpAddr>().is_err()) {
                let message = "a nameserver is an IP address".to_owned();
                check.rule(message, server, &place.index(index), "write an address such as `10.0.0.10`");
            }
        }
    }
    let Some(node) = config.get("searches") else { return };
    let Some(searches) = node.as_sequence() else { return };
    let (entries, characters) = if check.target.has(Feature::ExpandedDnsConfig) { (32, 2048) } else { (6, 256) };
    let length =
        searches.iter().filter_map(Node::as_str).map(str::len).sum::<usize>() + searches.len().saturating_sub(1);
    if searches.len() > entries || length > characters {
        let message = format!(
            "`searches` has {} entries and {length} characters; Kubernetes {} takes {entries} and {characters}",
            searches.len(),
            check.target
        );
        check.rule(message, node, &place.key("searches"), "shorten the list");
    }
}

/// Resources that have no `domain/` (`IsStandardContainerResourceName`).
const STANDARD_RESOURCES: [&str; 3] = ["cpu", "ephemeral-storage", "memory"];

/// Names of resources; requests up to limits; whole bytes of memory, whole devices.
pub(crate) fn resources(check: &mut Check<'_>, _: &Node, resources: &Mapping, place: &Place<'_>) {
    // Claims have the same type before Kubernetes tells the two apart; theirs is `storage`.
    let of_claim = matches!(place, Place::Key(Place::Key(_, "spec"), _));
    let side = |key: &str| resources.get(key).and_then(Node::as_mapping);
    let amount = |node: &Node| match &node.value {
        Value::String(text) => Quantity::parse(text).map(Quantity::nanos),
        Value::Number(number) => Quantity::parse(&number.to_string()).map(Quantity::nanos),
        _ => None,
    };
    // What cannot be counted is more than everything that can.
    let compared = |node: &Node| amount(node).map(|nanos| nanos.unwrap_or(i128::MAX));
    for (side_name, entries) in ["requests", "limits"].into_iter().filter_map(|key| Some((key, side(key)?))) {
        let place = place.key(side_name);
        for (name, node) in entries.iter() {
            let pages = name.starts_with("hugepages-");
            if !of_claim && !name.contains('/') && !pages && !STANDARD_RESOURCES.contains(&name) {
                let message = format!("containers have no resource `{name}`");
                let hint =
                    "write `cpu`, `memory`, `ephemeral-storage` or a name with a domain, such as `nvidia.com/gpu`";
                check.rule(message, node, &place.key(name), hint);
            } else if name.contains('/') && !names::is_qualified_name(name) {
                let rule = "a name of at most 63 characters behind `domain/`";
                metadata::invalid(check, "resource", name, rule, node, &place.key(name));
            }
            let Some(Some(value)) = amount(node) else { continue };
            let shown = || node.as_str().map_or_else(|| node.to_json().to_string(), str::to_owned);
            if value < 0 {
                let message = format!("`{name}` is `{}`, below 0", shown());
                check.rule(message, node, &place.key(name), "write an amount of 0 or more");
            } else if name == "memory" && value % 1_000_000_000 != 0 {
                let message = format!("`memory` is `{}`, a fraction of a byte", shown());
                check
                    .push(Severity::Warning, "kube-invalid-quantity", message, node, &place.key("memory"))
                    .hints
                    .push("write `Mi` for mebibytes; `m` means thousandths".to_owned());
            } else if is_whole(name) && name.contains('/') && value % 1_000_000_000 != 0 {
                let message = format!("`{name}` is `{}`, no whole number", shown());
                check.rule(message, node, &place.key(name), "write a whole number");
            }
        }
    }
    if let Some(requests) = side("requests") {
        let limits = side("limits");
        for (name, request) in requests.iter().filter(|(name, _)| is_whole(name)) {
            if limits.is_none_or(|limits| !limits.contains_key(name)) {
                let message = format!("`{name}` is requested, but has no limit");
                let place = place.key("requests");
                check.rule(message, request, &place.key(name), "set the same amount in `limits`");
            }
        }
    }
    let all = || ["requests", "limits"].into_iter().filter_map(side).flat_map(Mapping::iter);
    if let Some((name, node)) = all().find(|(name, _)| name.starts_with("hugepages-"))
        && !all().any(|(name, _)| matches!(name, "cpu" | "memory"))
    {
        check.rule(format!("`{name}` needs `cpu` or `memory` beside it"), node, place, "add one of the two");
    }
    let (Some(requests), Some(limits)) = (side("requests"), side("limits")) else { return };
    for (name, request) in requests.iter() {
        let Some(limit) = limits.get(name) else { continue };
        let (Some(asked), Some(most)) = (compared(request), compared(limit)) else { continue };
        let whole = is_whole(name);
        if asked > most || whole && asked != most {
            let relation = if whole { "differs from" } else { "is more than" };
            let place = place.key("requests");
            let shown = |node: &Node| node.as_str().map_or_else(|| node.to_json().to_string(), str::to_owned);
            let message = format!("request `{}` of `{name}` {relation} the limit `{}`", shown(request), shown(limit));
            // Spark's default has no place; the other side is what somebody wrote.
            let written = if request.origin.span().is_some() { request } else { limit };
            check.rule(message, written, &place.key(name), "raise the limit, or lower the request");
        }
    }
}

/// Whether a resource cannot be overcommitted: huge pages and the devices of others.
fn is_whole(name: &str) -> bool {
    name.starts_with("hugepages-") || name.contains('/') && !name.starts_with("kubernetes.io/")
}

/// The claim of an `ephemeral` volume asks for storage.
pub(crate) fn claim(check: &mut Check<'_>, node: &Node, spec: &Mapping, place: &Place<'_>) {
    let storage = spec.get("resources").and_then(|resources| resources.at_keys(&["requests", "storage"]));
    match storage {
        None => check.rule("the claim asks for no storage".to_owned(), node, place, "add `resources.requests.storage`"),
        Some(storage) => {
            let text = storage.as_str().and_then(Quantity::parse).and_then(Quantity::nanos);
            if text.is_some_and(|amount| amount <= 0) {
                let message = "the claim asks for no storage".to_owned();
                check.rule(message, storage, place, "write an amount above 0");
            }
        }
    }
}

/// At most one source.
pub(crate) fn volume(check: &mut Check<'_>, node: &Node, volume: &Mapping, place: &Place<'_>) {
    let sources = volume.keys().filter(|key| *key != "name").count();
    if sources > 1 {
        let name = text_of(volume, "name").unwrap_or_default();
        check.rule(format!("volume `{name}` has {sources} sources"), node, place, "name one source");
    }
    if let Some(name) = volume.get("name")
        && let Some(text) = name.as_str()
        && !names::is_dns_label(text)
    {
        metadata::invalid(check, "volume name", text, "a DNS label of at most 63 characters", name, &place.key("name"));
    }
}

/// A Job's pods may not restart always.
pub(crate) fn job_spec(check: &mut Check<'_>, node: &Node, spec: &Mapping, place: &Place<'_>) {
    let policy = spec.get("template").and_then(|template| template.at_keys(&["spec", "restartPolicy"]));
    if !matches!(policy.and_then(Node::as_str), Some("Never" | "OnFailure")) {
        let (template, message) = (place.key("template"), "a Job's pods need `restartPolicy` `Never` or `OnFailure`");
        let template_spec = template.key("spec");
        check.rule(message.to_owned(), policy.unwrap_or(node), &template_spec.key("restartPolicy"), "write `Never`");
    }
}
