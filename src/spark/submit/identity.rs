//! The names that Spark draws at random, here drawn from the content of the submission: the same input has the
//! same names on any machine.

use sha2::{Digest, Sha256};

use crate::{
    spark::{Identity, Submission, names},
    tree::{Origin, Sourced, Stage},
};

/// All names that Spark would draw for `submission`, which has none yet.
#[must_use]
pub(crate) fn identity(submission: &Submission) -> Identity {
    let seed = digest(submission);
    let hex = |purpose: &str| {
        let bytes = Sha256::new().chain_update(seed).chain_update(purpose).finalize();
        names::hex(&bytes)
    };
    let short = |purpose: &str| hex(purpose)[..16].to_owned();
    let uuid = |purpose: &str| {
        let hex = hex(purpose);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
    };
    Identity {
        app_id: Sourced::new(format!("spark-{}", &hex("app id")[..32]), Origin::derived(Stage::Assemble, "app-id", [])),
        prefix_hash: short("resource name prefix"),
        executor_prefix_hash: short("executor pod name prefix"),
        driver_conf_hash: short("driver ConfigMap"),
        executor_conf_hash: short("executor ConfigMap"),
        service_hash: short("driver Service"),
        local_dir_uuid: uuid("local directory"),
        upload_uuid: uuid("upload"),
        origin: Origin::derived(Stage::Assemble, "identity", []),
    }
}

/// No names yet.
pub(crate) fn unset() -> Identity {
    let none = String::new;
    Identity {
        app_id: Sourced::default(),
        prefix_hash: none(),
        executor_prefix_hash: none(),
        driver_conf_hash: none(),
        executor_conf_hash: none(),
        service_hash: none(),
        local_dir_uuid: none(),
        upload_uuid: none(),
        origin: Origin::Unknown,
    }
}

/// A digest of everything that shapes the output, each text preceded by its length.
fn digest(submission: &Submission) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    };
    add(submission.spark_version.asked.as_bytes());
    for (key, entry) in submission.conf.iter() {
        add(key.as_bytes());
        add(entry.value.as_bytes());
    }
    add(b"application");
    let class = submission.main_class.as_ref().map_or("", |class| &class.value);
    let proxy = submission.proxy_user.as_ref().map_or("", |user| &user.value);
    for text in [class, &submission.primary_resource.value, proxy, &submission.spark_user.value] {
        add(text.as_bytes());
    }
    submission.arguments.iter().for_each(|argument| add(argument.value.as_bytes()));
    for (title, files) in [("conf", Some(&submission.conf_dir)), ("hadoop", submission.hadoop_conf_dir.as_ref())] {
        add(title.as_bytes());
        for file in files.into_iter().flatten() {
            add(file.name.as_bytes());
            add(file.text.as_bytes());
        }
    }
    add(b"files");
    for file in &submission.local_files {
        add(file.conf_key.as_bytes());
        add(&file.bytes);
    }
    if let Some(template) = &submission.driver_template {
        add(template.to_json().to_string().as_bytes());
    }
    if let Some(template) = &submission.pod_group_template {
        add(template.to_json().to_string().as_bytes());
    }
    hash.finalize().into()
}
