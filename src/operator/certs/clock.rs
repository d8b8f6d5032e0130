//! The only place of the tool that asks what time it is: validity of certificates is about nothing else.

use super::Moment;

/// Now, in whole seconds.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "certificates begin and end in time; nothing rendered depends on it")]
pub(crate) fn now() -> Moment {
    let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Moment::from_unix(i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
}
