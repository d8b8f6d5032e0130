//! The environment variables that are read at all, each with its one reader.

#![expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]

/// Whether `NO_COLOR` is set and not empty.
#[must_use]
pub fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}
