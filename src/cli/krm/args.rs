//! Arguments of `krm`.

use clap::Args;

use crate::cli::args::ShapeArgs;

/// `krm`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct KrmArgs {
    /// What is shaped how, over the functionConfig.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// End with 0 even if nothing is left.
    #[arg(long)]
    pub allow_empty: bool,
}
