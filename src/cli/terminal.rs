//! Standard output and standard error: data on the one, talk on the other; a closed pipe is quiet.

use std::io::{self, IsTerminal, Write};

use crate::tree::{display, failure::Failure};

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// On terminals, unless `NO_COLOR` is set or `TERM` is `dumb`.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The two streams and whether they take colours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// Colours on standard output.
    pub stdout_styled: bool,
    /// Colours on standard error.
    pub stderr_styled: bool,
    /// Whether somebody watches standard error (progress is shown).
    pub interactive: bool,
}

impl Terminal {
    /// Looks at the streams. `no_color` is whether the environment wants no colours.
    #[must_use]
    pub(crate) fn detect(choice: ColorChoice, no_color: bool) -> Self {
        let styled = |is_terminal: bool| match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && !no_color,
        };
        let stderr_is_terminal = io::stderr().is_terminal();
        Self {
            stdout_styled: styled(io::stdout().is_terminal()),
            stderr_styled: styled(stderr_is_terminal),
            interactive: stderr_is_terminal,
        }
    }

    /// Writes data; that nobody reads on is no failure.
    ///
    /// # Errors
    /// When standard output cannot be written for another reason than a closed pipe.
    #[expect(clippy::unused_self, reason = "only who holds the terminal writes to it")]
    pub(crate) fn data(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::Write { path: "standard output".into(), source: error })
            }
            _ => Ok(()),
        }
    }

    /// Writes talk, in which foreign text may be; nothing can be done if that fails.
    pub(crate) fn report(self, text: &str) {
        self.report_styled(&display::lines(text));
    }

    /// Writes talk with colours of ours, in which foreign text is harmless already.
    #[expect(clippy::unused_self, reason = "only who holds the terminal writes to it")]
    pub(crate) fn report_styled(self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}
