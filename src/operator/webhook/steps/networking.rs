//! `ports`, `hostNetwork`, `hostAliases` and `dnsConfig`.

use super::{list_origin, text_node};
use crate::{
    map,
    operator::webhook::mutation::{MutatedPod, Mutation, carried, webhook},
    tree::{Node, Origin},
};

/// `ports`.
pub(crate) fn ports_given(mutation: &Mutation<'_>) -> Option<Origin> {
    Some(mutation.fields.ports.as_ref()?.first()?.origin.clone())
}

/// `addPodPorts`. The protocol is always written: it is part of the key of the list.
pub(crate) fn ports(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let rule = "ports";
    for port in mutation.fields.ports.as_ref().into_iter().flatten() {
        let Some(number) = &port.container_port else { continue };
        let mut node = map! {};
        let fields = node.as_mapping_mut().expect("made as a mapping");
        if let Some(name) = &port.name {
            fields.insert("name", text_node(name, rule));
        }
        fields.insert("containerPort", Node::from(number.value).at(webhook(rule, &number.origin)));
        match &port.protocol {
            Some(protocol) => fields.insert("protocol", text_node(protocol, rule)),
            None => fields.insert("protocol", "TCP"),
        };
        target.container_list(rule).push(node.stamped(&webhook(rule, &port.origin)));
    }
}

/// `hostNetwork`.
pub(crate) fn host_network_given(mutation: &Mutation<'_>) -> Option<Origin> {
    mutation.fields.host_network.as_ref().filter(|flag| flag.value).map(|flag| flag.origin.clone())
}

/// `addHostNetwork`.
pub(crate) fn host_network(_: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let (flag, policy) = (target.made(true), target.made("ClusterFirstWithHostNet"));
    target.spec().insert("hostNetwork", flag);
    target.spec().insert("dnsPolicy", policy);
}

/// `hostAliases`.
pub(crate) fn host_aliases_given(mutation: &Mutation<'_>) -> Option<Origin> {
    list_origin(mutation.fields.host_aliases.as_ref())
}

/// `addHostAliases`.
pub(crate) fn host_aliases(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let items = mutation.fields.host_aliases.as_ref().into_iter().flatten().map(|item| carried(item, "hostAliases"));
    target.spec_list("hostAliases").extend(items);
}

/// `dnsConfig`.
pub(crate) fn dns_config_given(mutation: &Mutation<'_>) -> Option<Origin> {
    mutation.fields.dns_config.as_ref().map(|config| config.origin.clone())
}

/// `addDNSConfig`.
pub(crate) fn dns_config(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    if let Some(config) = mutation.fields.dns_config.as_ref() {
        target.spec().insert("dnsConfig", carried(config, "dnsConfig"));
    }
}
