//! A value with the place that it comes from.

use super::Origin;

/// A value with the place where it is written.
#[derive(Debug, Clone, Default)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Its place, or the default that made it.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// A value from `origin`.
    pub fn new(value: T, origin: impl Into<Origin>) -> Self {
        Self { value, origin: origin.into() }
    }
}

impl<T> std::ops::Deref for Sourced<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: std::fmt::Display> std::fmt::Display for Sourced<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.value.fmt(f)
    }
}
