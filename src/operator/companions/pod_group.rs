//! PodGroups: all pods of an application start together or not at all.

use super::{
    Context,
    batch_scheduler::{BatchScheduler, VOLCANO_GROUP, gang_resources},
};
use crate::{
    map,
    operator::rule,
    tree::{Diagnostic, Diagnostics, Mapping, Node},
};

/// The PodGroup of the application's scheduler, if it has one.
pub(crate) fn pod_group(
    context: Context<'_>,
    scheduler: BatchScheduler,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    let application = context.application;
    let name = scheduler.pod_group_name(&application.name)?;
    let mut spec = map! { "minMember" => 1 };
    let mapping = spec.as_mapping_mut().expect("made above");
    let api_version = match scheduler {
        BatchScheduler::Volcano => {
            let own_group = context.pod.str_at(&["metadata", "annotations", VOLCANO_GROUP]);
            if own_group.is_some_and(|group| group != name) {
                return None;
            }
            volcano(context, mapping, diagnostics);
            "scheduling.volcano.sh/v1beta1"
        }
        BatchScheduler::KubeScheduler => {
            mapping.insert("minResources", resources(context, diagnostics));
            "scheduling.x-k8s.io/v1alpha1"
        }
        BatchScheduler::YuniKorn => return None,
    };
    let asked = application.spec.batch_scheduler.as_ref().map(|name| name.origin.clone());
    let name = Node::from(name).at(rule::operator("batchScheduler", [application.name.origin.clone()]));
    let pod_group = map! {
        "apiVersion" => api_version,
        "kind" => "PodGroup",
        "metadata" => map! { "name" => name, "labels" => context.labels() },
        "spec" => spec,
    };
    Some(pod_group.stamped(&rule::operator("batchScheduler", asked)))
}

fn volcano(context: Context<'_>, spec: &mut Mapping, diagnostics: &mut Diagnostics) {
    let options = context.application.spec.batch_scheduler_options.clone().unwrap_or_default();
    let own = options.resources.filter(|resources| !resources.value.is_empty());
    let resources = match own {
        Some(resources) => {
            let origin = rule::operator("batchSchedulerOptions.resources", [resources.origin]);
            let entries = resources.value.into_iter().map(|(key, value)| (crate::tree::Key::from(key), value.0));
            Node::new(entries.collect::<Mapping>()).at(origin)
        }
        None => resources(context, diagnostics),
    };
    spec.insert("minResources", resources);
    if let Some(queue) = options.queue.filter(|queue| !queue.value.is_empty()) {
        spec.insert("queue", Node::from(queue.value).at(rule::operator("batchSchedulerOptions.queue", [queue.origin])));
    }
    if let Some(class) = options.priority_class_name.filter(|class| !class.value.is_empty()) {
        let origin = rule::operator("batchSchedulerOptions.priorityClassName", [class.origin]);
        spec.insert("priorityClassName", Node::from(class.value).at(origin));
    }
}

/// What the pods ask for. The operator reads Spark's memory strings as Kubernetes quantities, so it drops `1g` and
/// takes `512m` for half a byte, and it leaves the driver's `coreRequest` out.
fn resources(context: Context<'_>, diagnostics: &mut Diagnostics) -> Node {
    let resources = gang_resources(context.conf, diagnostics);
    let spec = &context.application.spec;
    let driver = spec.driver.as_ref();
    let executor = spec.executor.as_ref();
    let misread = [
        ("driver", "memory", driver.and_then(|driver| driver.memory.as_ref())),
        ("driver", "memoryOverhead", driver.and_then(|driver| driver.memory_overhead.as_ref())),
        ("executor", "memory", executor.and_then(|executor| executor.memory.as_ref())),
        ("executor", "memoryOverhead", executor.and_then(|executor| executor.memory_overhead.as_ref())),
        ("driver", "coreRequest", driver.and_then(|driver| driver.core_request.as_ref())),
    ];
    for (role, field, value) in misread {
        if let Some(value) = value {
            diagnostics.push(
                Diagnostic::note(
                    "operator-differs",
                    format!("`spec.{role}.{field}` counts in the PodGroup as Spark reads it; the operator misreads it"),
                )
                .field(context.application.spec_path().key(role).key(field))
                .at(&value.origin)
                .hint("compare `minResources` with your queue's quota when you leave the operator"),
            );
        }
    }
    resources
}
