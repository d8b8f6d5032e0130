//! The binary: arguments in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(spark_render::commands::main().code())
}
