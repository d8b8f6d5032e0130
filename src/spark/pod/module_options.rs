//! Table: `org.apache.spark.launcher.JavaModuleOptions` of each version.

use crate::spark::{Numbers, Version};

/// A row: an option, from which version, and up to (not including) which.
struct ModuleOption {
    option: &'static str,
    since: Numbers,
    until: Option<Numbers>,
}

const fn option(option: &'static str, since: Numbers, until: Option<Numbers>) -> ModuleOption {
    ModuleOption { option, since, until }
}

const V3_3: Numbers = (3, 3, 0);

/// All options in the order of the class. 3.4.0 and 3.4.1 lack
/// `jdk.internal.ref`, which two rows say.
const MODULE_OPTIONS: &[ModuleOption] = &[
    option("-XX:+IgnoreUnrecognizedVMOptions", V3_3, None),
    option("--add-modules=jdk.incubator.vector", (4, 0, 0), None),
    option("--add-opens=java.base/java.lang=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/java.lang.invoke=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/java.lang.reflect=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/java.io=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/java.net=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/java.nio=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/java.util=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/java.util.concurrent=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED", V3_3, Some((3, 4, 0))),
    option("--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED", (3, 4, 2), None),
    option("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/sun.nio.cs=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/sun.security.action=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.base/sun.util.calendar=ALL-UNNAMED", V3_3, None),
    option("--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED", V3_3, None),
    option("-Djdk.reflect.useDirectMethodHandle=false", (3, 4, 0), Some((4, 2, 0))),
    option("-Dio.netty.tryReflectionSetAccessible=true", (4, 0, 0), None),
    option("-Dio.netty.allocator.type=pooled", (4, 1, 0), None),
    option("-Dio.netty.handler.ssl.defaultEndpointVerificationAlgorithm=NONE", (4, 1, 0), None),
    option("--sun-misc-unsafe-memory-access=allow", (4, 2, 0), None),
    option("--enable-native-access=ALL-UNNAMED", (4, 1, 0), None),
];

/// The options of `version` in order.
pub(crate) fn module_options(version: &Version) -> impl Iterator<Item = &'static str> {
    let used = version.used;
    MODULE_OPTIONS
        .iter()
        .filter(move |row| row.since <= used && row.until.is_none_or(|until| used < until))
        .map(|row| row.option)
}
