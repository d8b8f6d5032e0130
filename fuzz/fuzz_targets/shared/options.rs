//! Options of every kind from a few bytes.

use spark_render::internals::{
    kube::{self, OnUnsupported},
    operator,
    render::{DriverAccount, Executors, NameSuffix, Options, Target, TtlPolicy},
    tree::{Diagnostics, Origin, Sourced, Stage},
};

/// How many bytes [`of`] takes.
pub const BYTES: usize = 5;

const SPARK: &[&str] = &["3.1.1", "3.2.4", "3.3.2", "3.4.1", "3.5.1", "3.5.7", "4.0.0", "4.1.0", "4.2.0", "4.3.0"];
const OPERATOR: &[&str] = &["1.1.26", "1.4", "2.0", "2.5"];

fn given<T>(value: T) -> Sourced<T> {
    Sourced::new(value, Origin::derived(Stage::CommandLine, "fuzz", []))
}

/// The options that `bytes` choose.
pub fn of(bytes: &[u8; BYTES]) -> Options {
    let on = |byte: usize, bit: u8| bytes[byte] & (1 << bit) != 0;
    let mut ignored = Diagnostics::new();
    let mut options = Options {
        target: [Target::Pod, Target::Job, Target::Auto, Target::SparkApplication][usize::from(bytes[0] & 3)],
        on_unsupported: [OnUnsupported::Drop, OnUnsupported::Error, OnUnsupported::Keep, OnUnsupported::Drop]
            [usize::from(bytes[0] >> 2 & 3)],
        name_suffix: if on(0, 4) { NameSuffix::Hash } else { NameSuffix::None },
        ttl: if on(0, 5) { TtlPolicy::Keep } else { TtlPolicy::Drop },
        rbac: on(0, 6).then(|| if on(3, 7) { DriverAccount::Own } else { DriverAccount::Default }),
        executors: if on(0, 7) { Executors::Preview } else { Executors::Template },
        kube_version: kube::Version::nearest(16 + u32::from(bytes[3]) % 22),
        rename_proof: on(4, 0),
        spark_user: on(4, 7).then(|| given("somebody".to_owned())),
        ..Options::default()
    };
    if options.target == Target::SparkApplication {
        // As the commands see to it.
        options.executors = Executors::Template;
    }
    options.argocd.recreate = on(1, 0);
    options.argocd.sync_wave = on(4, 4).then(|| given(i64::from(bytes[4]) - 128));
    options.flux.escape_substitution = on(1, 1);
    options.flux.disable_substitution = !on(1, 1) && on(4, 1);
    options.flux.recreate = on(4, 2);
    options.flux.if_not_present = on(4, 3);
    options.operator.driver_pdb = on(1, 2);
    options.operator.batch_scheduler = on(1, 3);
    if on(1, 4) {
        options.operator.ingress_url_format = given("{{$appName}}.example.com/{{$appNamespace}}".to_owned());
    }
    if on(4, 5) {
        options.operator.default_batch_scheduler = Some(given("volcano".to_owned()));
        options.operator.kube_scheduler_names = vec!["default-scheduler".to_owned(), "yunikorn".to_owned()];
    }
    if on(1, 5) {
        let version = OPERATOR[usize::from(bytes[2] & 3)];
        options.operator_version = operator::Version::resolve(version, &Origin::Unknown, &mut ignored);
    }
    options.resolve.spark_version =
        SPARK.get(usize::from(bytes[2] >> 2)).and_then(|version| version.parse().ok()).map(given);
    options.resolve.host_namespace = on(1, 6).then(|| given("host".to_owned()));
    options.resolve.namespace_required = on(1, 7);
    options.resolve.default_service_account = on(4, 6).then(|| given("runner".to_owned()));
    options
}
