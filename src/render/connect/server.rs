//! The server's Pod.

use super::{
    TEMPLATE_DIRECTORY, TEMPLATE_KEY, container::container_index, name, options::origins, server_labels,
    shell::Variables,
};
use crate::{
    map,
    operator::{companions::rbac, names::LAUNCHED_LABEL, rule},
    render::{ConnectAssembly, DriverAccount},
    seq,
    spark::SparkConf,
    tree::{Diagnostic, Diagnostics, FieldPath, Mapping, Node, Value},
};

const CONTAINER: &str = "spark-kubernetes-driver";
const VOLUME: &str = "spark-conf";
/// The annotation that changes with the executors' template, so that a changed one makes a changed Pod.
const TEMPLATE_HASH: &str = "spark-render.io/executor-template-hash";
/// The port of Spark Connect.
const GRPC_PORT: i64 = 15002;

/// `<name>-server`, made from the template of the resource.
pub(crate) fn pod(
    assembly: ConnectAssembly<'_>,
    conf: &SparkConf,
    template_hash: Node,
    diagnostics: &mut Diagnostics,
) -> Node {
    let connect = assembly.connect;
    let origin = rule::operator("SparkConnect", [connect.origin.clone()]);
    let template = connect.spec.server.as_ref().and_then(|server| server.template.as_ref());
    let mut spec = template.and_then(|template| template.get("spec")).cloned().unwrap_or_else(|| map! {});
    let index = template.and_then(|template| container_index(template, CONTAINER));
    let containers = spec.sequence_at("containers");
    let index = index.unwrap_or_else(|| {
        containers.insert(0, map! { "name" => CONTAINER });
        0
    });
    run_server(assembly, &mut containers[index], conf, diagnostics);
    let volumes = spec.sequence_at("volumes");
    volumes.retain(|volume| volume.str_at(&["name"]) != Some(VOLUME));
    volumes.push(map! { "name" => VOLUME, "configMap" => map! { "name" => name(connect, "conf") } });
    service_account(assembly, &mut spec, diagnostics);

    let mut labels = map_of(template, "labels");
    if assembly.options.operator.launched_label {
        labels.insert(LAUNCHED_LABEL, Node::from("true").at(rule::option("operator.launchedLabel")));
    }
    for (key, value) in server_labels(connect).as_mapping().into_iter().flat_map(Mapping::entries) {
        labels.insert(key.clone(), value.clone());
    }
    let mut annotations = map_of(template, "annotations");
    if connect.spec.executor.as_ref().is_some_and(|executor| executor.template.is_some()) {
        annotations.insert(TEMPLATE_HASH, template_hash);
    }
    let mut metadata = map! { "name" => name(connect, "server"), "labels" => Node::new(labels) };
    if !annotations.is_empty() {
        metadata.as_mapping_mut().expect("made above").insert("annotations", Node::new(annotations));
    }
    map! { "apiVersion" => "v1", "kind" => "Pod", "metadata" => metadata, "spec" => spec }.stamped(&origin)
}

fn map_of(template: Option<&Node>, field: &str) -> Mapping {
    let map = template.and_then(|template| template.at_keys(&["metadata", field]));
    map.and_then(Node::as_mapping).cloned().unwrap_or_default()
}

/// The account that the operator's flag names, where the template names none; else, where its permissions are rendered,
/// one of its own.
fn service_account(assembly: ConnectAssembly<'_>, spec: &mut Node, diagnostics: &mut Diagnostics) {
    let default = assembly.options.resolve.default_service_account.as_ref();
    let spec = spec.as_mapping_mut().expect("a pod has a spec");
    let own =
        ["serviceAccountName", "serviceAccount"].iter().any(|key| spec.get(key).is_some_and(|own| !own.is_null()));
    if own {
        return;
    }
    if let Some(default) = default {
        spec.insert("serviceAccountName", Node::from(&default.value).at(&default.origin));
    } else if assembly.options.rbac == Some(DriverAccount::Own) {
        let account = name(assembly.connect, "server");
        let path = FieldPath::keys(&["spec", "server", "template", "spec", "serviceAccountName"]);
        let note = rbac::own_account_note(account.as_str().unwrap_or_default(), path);
        diagnostics.push(note.at(&assembly.connect.spec.origin));
        spec.insert("serviceAccountName", account);
    }
}

fn run_server(assembly: ConnectAssembly<'_>, container: &mut Node, conf: &SparkConf, diagnostics: &mut Diagnostics) {
    let connect = assembly.connect;
    let env = container.sequence_at("env");
    let mut names = vec!["POD_IP", "SPARK_NO_DAEMONIZE"];
    if assembly.options.rename_proof {
        names.extend(["POD_NAME", "POD_NAMESPACE"]);
    }
    env.retain(|entry| !entry.str_at(&["name"]).is_some_and(|name| names.contains(&name)));
    if assembly.options.rename_proof {
        env.push(field_env("POD_NAME", "metadata.name"));
        env.push(field_env("POD_NAMESPACE", "metadata.namespace"));
    }
    env.push(field_env("POD_IP", "status.podIP"));
    env.push(map! { "name" => "SPARK_NO_DAEMONIZE", "value" => "true" });
    let by_shell = !assembly.options.operator_version.unwrap_or_default().quotes_connect_confs();
    let variables = Variables::of(container, by_shell);
    let script = script(assembly, conf, &variables);
    report_variables(conf, &variables, diagnostics);
    let mounts = container.sequence_at("volumeMounts");
    let file = format!("{TEMPLATE_DIRECTORY}/{TEMPLATE_KEY}");
    mounts.retain(|mount| mount.str_at(&["mountPath"]) != Some(&file));
    mounts.push(map! { "name" => VOLUME, "mountPath" => file, "subPath" => TEMPLATE_KEY, "readOnly" => true });
    lifecycle(container, diagnostics);

    let mapping = container.as_mapping_mut().expect("a container is a mapping");
    let has_image = mapping.get("image").and_then(Node::as_str).is_some_and(|image| !image.is_empty());
    match &connect.spec.image {
        _ if has_image => {}
        Some(image) if !image.value.is_empty() => {
            mapping.insert("image", Node::from(&image.value).at(rule::operator("image", [image.origin.clone()])));
        }
        _ => diagnostics.push(
            Diagnostic::error("connect-image", "the server has no image")
                .field(FieldPath::keys(&["spec", "image"]))
                .at(&connect.spec.origin)
                .hint("set `spec.image`"),
        ),
    }
    mapping.insert("command", seq!["bash", "-c"]);
    mapping.insert("args", seq![Node::from(script).at(rule::operator("start-connect-server", origins(conf)))]);
    let port = || map! { "port" => GRPC_PORT };
    mapping.insert_if_absent("startupProbe", map! {
        "tcpSocket" => port(), "initialDelaySeconds" => 5, "periodSeconds" => 10, "timeoutSeconds" => 1, "failureThreshold" => 30,
    });
    mapping.insert_if_absent(
        "readinessProbe",
        map! {
            "tcpSocket" => port(), "periodSeconds" => 10, "timeoutSeconds" => 1, "failureThreshold" => 3,
        },
    );
}

/// Says which references stay as text; of those that the server fills in nobody else has to.
fn report_variables(conf: &SparkConf, variables: &Variables<'_>, diagnostics: &mut Diagnostics) {
    for (key, entry) in conf.iter().filter(|(_, entry)| entry.value.contains('$')) {
        for name in variables.unknown(&entry.value) {
            diagnostics.push(
                Diagnostic::warning(
                    "connect-variable",
                    format!("`$({name})` in `{key}` stays as text: the server's container has no variable `{name}`"),
                )
                .at(entry.origin())
                .hint(format!("define `{name}` in `env` of the container `{CONTAINER}` in `server.template`")),
            );
        }
        if let Some(span) = entry.origin().span().filter(|_| variables.has_all_of(&entry.value)) {
            diagnostics.retain(|one| {
                let within =
                    |at: crate::tree::Span| at.source == span.source && span.start <= at.start && at.end <= span.end;
                one.code != "unfilled-placeholder" || !one.origin.span().is_some_and(within)
            });
        }
    }
}

fn field_env(name: &'static str, field: &'static str) -> Node {
    map! { "name" => name, "valueFrom" => map! { "fieldRef" => map! { "apiVersion" => "v1", "fieldPath" => field } } }
}

/// The server is stopped by its own script, unless the template stops it another way.
fn lifecycle(container: &mut Node, diagnostics: &mut Diagnostics) {
    let own = container.at_keys(&["lifecycle", "preStop"]).filter(|own| !matches!(own.value, Value::Null));
    if let Some(own) = own {
        diagnostics.push(
            Diagnostic::note("operator-differs", "the template's `preStop` is kept; the operator replaces it")
                .field(FieldPath::keys(&["spec", "server", "template"]))
                .at(&own.origin)
                .hint("call `stop-connect-server.sh` in it"),
        );
        return;
    }
    let stop = map! { "exec" => map! { "command" => seq!["bash", "-c", "${SPARK_HOME}/sbin/stop-connect-server.sh"] } };
    container.mapping_at("lifecycle").insert("preStop", stop);
}

/// One line for bash: every conf is a word of its own. An IPv6 address wants brackets in a URL.
fn script(assembly: ConnectAssembly<'_>, conf: &SparkConf, variables: &Variables<'_>) -> String {
    let connect = assembly.connect;
    let mut words = vec![
        "${SPARK_HOME}/sbin/start-connect-server.sh".to_owned(),
        "--master".to_owned(),
        "k8s://https://kubernetes.default.svc".to_owned(),
    ];
    let mut add = |word: String| {
        words.push("--conf".to_owned());
        words.push(word);
    };
    for (key, entry) in conf.iter() {
        if assembly.options.rename_proof && key == "spark.kubernetes.namespace" {
            add("\"spark.kubernetes.namespace=${POD_NAMESPACE}\"".to_owned());
        } else {
            add(variables.word(key, &entry.value));
        }
    }
    add("\"spark.driver.host=${POD_IP}\"".to_owned());
    let (pod, executors) = if assembly.options.rename_proof {
        (
            "\"spark.kubernetes.driver.pod.name=${POD_NAME}\"".to_owned(),
            "\"spark.kubernetes.executor.podNamePrefix=${POD_NAME%-server}\"".to_owned(),
        )
    } else {
        (
            format!("spark.kubernetes.driver.pod.name={}-server", connect.name.value),
            format!("spark.kubernetes.executor.podNamePrefix={}", connect.name.value),
        )
    };
    add(pod);
    add(executors);
    format!("case \"${{POD_IP}}\" in *:*) POD_IP=\"[${{POD_IP}}]\";; esac; exec {}", words.join(" "))
}
