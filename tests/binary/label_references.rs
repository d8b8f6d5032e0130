//! Whatever asks for a label that rendered pods lack is told of it, at its place: each way to ask, of an application's
//! own pods and in objects of others, with each such label. `LABEL` stands for the label, `ASKS` for what asks.

use spark_render::embed::{Renderer, Severity};

const LAUNCHED: &str = "sparkoperator.k8s.io/launched-by-spark-operator";
const APP_ID: &str = "spark-app-selector";
/// The labels that no rendered pod has.
const OPERATORS: [&str; 3] =
    [LAUNCHED, "sparkoperator.k8s.io/mutated-by-spark-operator", "sparkoperator.k8s.io/submission-id"];
/// Labels that all of them have.
const KEPT: [&str; 2] = ["sparkoperator.k8s.io/app-name", "spark-role"];

const CODE: &str = "label-reference";

fn renderer(spec: &str) -> Renderer {
    let config = format!(
        "apiVersion: spark-render.io/v1alpha1\nkind: SparkRender\nspec: {{kubeVersion: '1.34', namespace: jobs, {spec}}}"
    );
    Renderer::from_config("spark-render.yaml", &config).unwrap()
}

/// The places of the findings in `text`, with their severities.
fn told(renderer: &Renderer, text: &str) -> Vec<(String, Severity)> {
    let found = renderer.render("in.yaml", text).findings;
    found.into_iter().filter(|one| one.code == CODE).map(|one| (one.place.unwrap(), one.severity)).collect()
}

/// The place of `word` in `text`, as findings name it.
fn place(text: &str, word: &str) -> String {
    let at = text.find(word).unwrap_or_else(|| panic!("no `{word}` in\n{text}"));
    let line = text[..at].matches('\n').count() + 1;
    let column = at - text[..at].rfind('\n').map_or(0, |end| end + 1) + 1;
    format!("in.yaml:{line}:{column}")
}

/// How a pod template or a role asks for labels; `|` stands before what a finding points at.
const OF_PODS: &[(&str, &str)] = &[
    ("env", "[{name: A, valueFrom: {fieldRef: {fieldPath: |\"metadata.labels['LABEL']\"}}}]"),
    (
        "sidecars",
        "[{name: s, image: i, env: [{name: A, valueFrom: {fieldRef: {fieldPath: |\"metadata.labels['LABEL']\"}}}]}]",
    ),
    (
        "initContainers",
        "[{name: s, image: i, env: [{name: A, valueFrom: {fieldRef: {fieldPath: |\"metadata.labels['LABEL']\"}}}]}]",
    ),
    (
        "affinity",
        "{podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, labelSelector: {matchLabels: {|LABEL: x}}}]}}",
    ),
    (
        "affinity",
        "{podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: z, labelSelector: {matchExpressions: [{key: |LABEL, operator: Exists}]}}}]}}",
    ),
    (
        "affinity",
        "{podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, labelSelector: {matchExpressions: [{key: |LABEL, operator: NotIn, values: [x]}]}}]}}",
    ),
    (
        "affinity",
        "{podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: z, labelSelector: {}, matchLabelKeys: [|LABEL]}}]}}",
    ),
    (
        "affinity",
        "{podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, labelSelector: {}, mismatchLabelKeys: [|LABEL]}]}}",
    ),
    (
        "template",
        "{spec: {containers: [{name: c, env: [{name: A, valueFrom: {fieldRef: {fieldPath: |\"metadata.labels['LABEL']\"}}}]}]}}",
    ),
    (
        "template",
        "{spec: {containers: [{name: c}], topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {|LABEL: x}}}]}}",
    ),
    (
        "template",
        "{spec: {containers: [{name: c}], topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule, labelSelector: {}, matchLabelKeys: [|LABEL]}]}}",
    ),
    (
        "template",
        "{spec: {containers: [{name: c}], affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, labelSelector: {matchLabels: {|LABEL: x}}}]}}}}",
    ),
    (
        "template",
        "{spec: {containers: [{name: c}], volumes: [{name: v, downwardAPI: {items: [{path: l, fieldRef: {fieldPath: |\"metadata.labels['LABEL']\"}}]}}]}}",
    ),
    (
        "template",
        "{spec: {containers: [{name: c}], volumes: [{name: v, projected: {sources: [{downwardAPI: {items: [{path: l, fieldRef: {fieldPath: |\"metadata.labels['LABEL']\"}}]}}]}}]}}",
    ),
];

/// An application in which `role` asks; `schedule` for one that runs by it.
fn application(role: &str, field: &str, asks: &str, scheduled: bool) -> String {
    let other = if role == "driver" { "executor" } else { "driver" };
    let spec = format!(
        "type: Scala\nimage: i\nmainClass: a.B\nmainApplicationFile: local:///a.jar\nsparkVersion: 4.0.1\n{other}: {{}}\n{role}:\n  {field}: {asks}\n"
    );
    let (kind, head, indent) = if scheduled {
        ("ScheduledSparkApplication", "  schedule: '@hourly'\n  template:\n", "    ")
    } else {
        ("SparkApplication", "", "  ")
    };
    let spec: String = spec.lines().map(|line| format!("{indent}{line}\n")).collect();
    format!(
        "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: {kind}\nmetadata: {{name: pi, namespace: jobs}}\nspec:\n{head}{spec}"
    )
}

/// `text` with the label, and what a finding points at.
fn filled(text: &str, label: &str) -> (String, String) {
    let text = text.replace("LABEL", label);
    let place = place(&text, "|");
    (text.replacen('|', "", 1), place)
}

#[test]
fn an_application_is_told_where_it_asks_its_own_pods_for_labels_that_they_lack() {
    let (pods, jobs) = (renderer("target: pod"), renderer("target: job"));
    for (field, asks) in OF_PODS {
        for role in ["driver", "executor"] {
            for scheduled in [false, true] {
                let about = |label: &str| filled(&application(role, field, asks, scheduled), label);
                for label in OPERATORS {
                    let (text, place) = about(label);
                    assert_eq!(told(&pods, &text), [(place.clone(), Severity::Warning)], "{text}");
                    assert_eq!(told(&jobs, &text), [(place, Severity::Warning)], "{text}");
                }
                for label in KEPT {
                    assert_eq!(told(&jobs, &about(label).0), [], "{label}: {field}: {asks}");
                }
                // The driver of a Job does not know its id before it runs; its executors do.
                let (text, place) = about(APP_ID);
                let expected = if role == "driver" { vec![(place, Severity::Warning)] } else { Vec::new() };
                assert_eq!(told(&jobs, &text), expected, "{text}");
                assert_eq!(told(&pods, &text), if scheduled { expected } else { Vec::new() }, "{text}");
            }
        }
    }
}

#[test]
fn volumes_and_servers_are_looked_at_too() {
    let renderer = renderer("target: pod");
    let volume = "[{name: v, downwardAPI: {items: [{path: l, fieldRef: {fieldPath: |\"metadata.labels['LABEL']\"}}]}}]";
    let text = application("driver", "cores", "1", false) + &format!("  volumes: {volume}\n");
    let (text, place) = filled(&text, LAUNCHED);
    assert_eq!(told(&renderer, &text), [(place, Severity::Warning)]);
    for (role, template) in ["server", "executor"].into_iter().flat_map(|role| {
        OF_PODS.iter().filter(|(field, _)| *field == "template").map(move |(_, template)| (role, template))
    }) {
        let other = if role == "server" { "executor: {instances: 1}" } else { "server: {cores: 1}" };
        let text = format!(
            "apiVersion: sparkoperator.k8s.io/v1alpha1\nkind: SparkConnect\nmetadata: {{name: c, namespace: jobs}}\nspec:\n  sparkVersion: 4.0.1\n  image: i\n  {other}\n  {role}:\n    template: {template}\n"
        );
        let (text, place) = filled(&text, LAUNCHED);
        assert_eq!(told(&renderer, &text), [(place, Severity::Warning)], "{text}");
    }
}

/// How objects of others ask for pods.
const OF_OTHERS: &[&str] = &[
    "{apiVersion: v1, kind: Service, metadata: M, spec: {selector: {a: b, |LABEL: x}, ports: [{port: 1}]}}",
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: M, spec: {podSelector: {matchLabels: {|LABEL: x}}}}",
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: M, spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: |LABEL, operator: In, values: [x]}]}}]}]}}",
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: M, spec: {podSelector: {}, egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {|LABEL: x}}}]}]}}",
    "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: M, spec: {selector: {matchLabels: {|LABEL: x}}}}",
    "{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: M, spec: {selector: {matchLabels: {|LABEL: x}}, podMetricsEndpoints: []}}",
    "{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: M, spec: {selector: {}, podTargetLabels: [|LABEL], podMetricsEndpoints: []}}",
    "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: M, spec: {selector: {matchExpressions: [{key: |LABEL, operator: Exists}]}, endpoints: []}}",
    "{apiVersion: monitoring.googleapis.com/v1, kind: PodMonitoring, metadata: M, spec: {selector: {matchLabels: {|LABEL: x}}, endpoints: []}}",
    "{apiVersion: operator.victoriametrics.com/v1beta1, kind: VMPodScrape, metadata: M, spec: {selector: {matchLabels: {|LABEL: x}}}}",
    "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: M, spec: {endpointSelector: {matchLabels: {|LABEL: x}}}}",
    "{apiVersion: crd.projectcalico.org/v1, kind: NetworkPolicy, metadata: M, spec: {selector: |\"LABEL == 'x'\"}}",
    "{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: M, spec: {selector: {matchLabels: {|LABEL: x}}}}",
    "{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: M, spec: {workloadSelector: {labels: {|LABEL: x}}}}",
    "{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: M, spec: {rules: [{name: r, match: {any: [{resources: {kinds: [Pod], selector: {matchLabels: {|LABEL: x}}}}]}}]}}",
    "{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: m}, webhooks: [{name: a.example.org, objectSelector: {matchLabels: {|LABEL: x}}}]}",
    "{apiVersion: config.koordinator.sh/v1alpha1, kind: ClusterColocationProfile, metadata: {name: m}, spec: {selector: {matchLabels: {|LABEL: x}}}}",
    "{apiVersion: apps/v1, kind: Deployment, metadata: M, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, labelSelector: {matchLabels: {|LABEL: x}}}]}}, containers: []}}}}",
    "{apiVersion: autoscaling.k8s.io/v1, kind: Any, metadata: M, spec: {labelSelector: |\"a=b,LABEL=x\"}}",
];

#[test]
fn objects_of_others_are_told_where_they_ask_for_labels_that_rendered_pods_lack() {
    let [pods, jobs, auto, kept, operator] =
        ["target: pod", "target: job", "target: auto", "operator: {launchedLabel: true}", "target: sparkapplication"]
            .map(renderer);
    for asks in OF_OTHERS {
        let about = |label: &str| filled(&asks.replace("metadata: M", "metadata: {name: m, namespace: jobs}"), label);
        for label in OPERATORS {
            let (text, place) = about(label);
            assert_eq!(told(&pods, &text), [(place.clone(), Severity::Warning)], "{text}");
            // With the operator its labels are there; the option keeps one of them.
            assert_eq!(told(&operator, &text), [], "{text}");
            let expected = if label == LAUNCHED { vec![] } else { vec![(place, Severity::Warning)] };
            assert_eq!(told(&kept, &text), expected, "{text}");
        }
        for label in KEPT {
            assert_eq!(told(&jobs, &about(label).0), [], "{label}: {asks}");
        }
        let (text, place) = about(APP_ID);
        assert_eq!(told(&pods, &text), [], "{text}");
        assert_eq!(told(&jobs, &text), [(place.clone(), Severity::Warning)], "{text}");
        // Which of the applications become Jobs is not known where one object is looked at.
        assert_eq!(told(&auto, &text), [(place, Severity::Note)], "{text}");
    }
}

#[test]
fn labels_of_ones_own_nodes_and_namespaces_are_no_references() {
    let renderer = renderer("target: job");
    for text in [
        "{apiVersion: v1, kind: Pod, metadata: {name: m, labels: {LABEL: x}, annotations: {LABEL: x}}, spec: {containers: [], nodeSelector: {LABEL: x}}}",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: m}, spec: {selector: {matchLabels: {LABEL: x}}, template: {metadata: {labels: {LABEL: x}}, spec: {containers: []}}}}",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: m}, spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {LABEL: x}}}]}]}}",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: m}, spec: {podSelector: {matchLabels: {spark-role: executor, spark-app-selector: x}}}}",
        "{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: m}, webhooks: [{name: mutate-pod.sparkoperator.k8s.io, objectSelector: {matchLabels: {LABEL: x}}}]}",
    ] {
        let text = text.replace("LABEL", LAUNCHED);
        assert_eq!(told(&renderer, &text), [], "{text}");
    }
}
