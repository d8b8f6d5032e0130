//! What is said of a bug, which is what every panic is.

#![expect(clippy::disallowed_methods, clippy::exit, reason = "a bug ends the process wherever it is met")]

use std::io::Write;

use crate::tree::{bug, display};

/// The exit status of a bug, as Rust's own.
pub(crate) const STATUS: u8 = 101;

/// From now on a panic says that it is a bug, and of which version: that of a document becomes a finding
/// ([`bug::guarded`]), any other ends the process with status 101, whichever thread it is in. It does not abort, which
/// would write the memory, with the keys in it, to a core file.
pub fn report_bugs() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if bug::keep(panic) {
            return;
        }
        usual(panic);
        let version = env!("CARGO_PKG_VERSION");
        let met = bug::last_read().map(|name| format!(", met while `{}` was worked on", display::line(&name)));
        // Whatever became of standard error, the process ends.
        let _ = writeln!(
            std::io::stderr(),
            "\nThis is a bug in spark-render {version}{}. Please report it, with the lines above and the input if you can \
             share it.",
            met.unwrap_or_default()
        );
        std::process::exit(STATUS.into());
    }));
}
