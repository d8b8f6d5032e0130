//! `KubernetesUtils.buildResourcesQuantities`: GPUs and other devices, `spark.<role>.resource.<name>.…`.

use std::collections::BTreeSet;

use super::{KubernetesConf, refused};
use crate::tree::{Diagnostics, Mapping, Node, Origin, Stage};

/// The limits `<vendor>/<name>` of the role's devices.
pub(crate) fn quantities(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> Mapping {
    let prefix = ["spark.", conf.role.word(), ".resource."].concat();
    let names: BTreeSet<&str> =
        conf.conf.with_prefix(&prefix).filter_map(|(rest, _)| rest.split_once('.').map(|(name, _)| name)).collect();
    let mut limits = Mapping::new();
    for name in names {
        let amount_key = format!("{prefix}{name}.amount");
        let vendor_key = format!("{prefix}{name}.vendor");
        let Some(amount) = conf.get(&amount_key) else {
            diagnostics.push(
                refused(conf, &vendor_key, format!("resource `{name}` has no amount"))
                    .hint(format!("set `{amount_key}`")),
            );
            continue;
        };
        let Ok(number) = amount.trim().parse::<i32>() else {
            diagnostics.push(
                refused(conf, &amount_key, format!("`{amount}` is no amount of resource `{name}`"))
                    .hint("write a whole number"),
            );
            continue;
        };
        if number <= 0 {
            continue;
        }
        let Some(vendor) = conf.get(&vendor_key) else {
            diagnostics.push(
                refused(conf, &amount_key, format!("resource `{name}` is requested without a vendor"))
                    .hint(format!("set `{vendor_key}`, for example to `nvidia.com`")),
            );
            continue;
        };
        let inputs = [conf.origin(&amount_key), conf.origin(&vendor_key)];
        let origin = Origin::derived(Stage::FeatureStep, "buildResourcesQuantities", inputs);
        limits.insert(format!("{vendor}/{name}"), Node::from(number.to_string()).at(origin));
    }
    limits
}
