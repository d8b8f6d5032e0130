//! A panic is a bug. It is caught where one document ends, so that all others are worked on and reported; what it says
//! becomes a finding with the document's place, and the process ends with [`met`].

use std::{
    cell::{Cell, RefCell},
    panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use super::{CodeDoc, Diagnostic};

/// Codes of this room.
pub(crate) const CODES: &[CodeDoc] = &[
    MORE,
    CodeDoc {
        code: "bug",
        summary: "spark-render has a bug",
        explanation: "What was met while the document was worked on should never be. Nothing is emitted of the document, the others \
                  are checked all the same, and the exit status is 101. Please report it, with the lines of the message and \
                  the input if you can share it.",
    },
];

const MORE: CodeDoc = CodeDoc {
    code: "more-findings",
    summary: "findings that are not shown",
    explanation: "There are more findings about the file than anybody reads. The first thousand are shown; what comes after them \
                  is only counted, and is as bad as the worst of it.",
};

static MET: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether a panic of this thread is going to be caught.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static SAID: RefCell<Option<String>> = const { RefCell::new(None) };
    /// The text that this thread has read last.
    static READ: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// How many bodies until one panics that has no bug; 0: none does.
static REHEARSAL: AtomicUsize = AtomicUsize::new(0);

/// Whether a bug was met in this process.
#[must_use]
pub fn met() -> bool {
    MET.load(Ordering::Relaxed)
}

/// Notes that this thread works on the text `name` from now on: a panic outside of all documents tells no place.
pub(crate) fn reading(name: &str) {
    READ.set(Some(name.to_owned()));
}

/// The text that this thread has read last.
#[must_use]
pub(crate) fn last_read() -> Option<String> {
    READ.try_with(|read| read.try_borrow().ok()?.clone()).ok()?
}

/// Lets the `nth` body of [`guarded`] panic: how a whole command ends then is tested by this.
pub fn rehearse(nth: usize) {
    REHEARSAL.store(nth, Ordering::Relaxed);
}

fn rehearsal() {
    let is_on = REHEARSAL.load(Ordering::Relaxed) > 0;
    assert!(!is_on || REHEARSAL.fetch_sub(1, Ordering::Relaxed) != 1, "a rehearsed bug");
}

/// For the panic hook: keeps what a panic says if it is going to be caught. False if it is not.
pub fn keep(panic: &PanicHookInfo<'_>) -> bool {
    let guarded = GUARDED.get();
    if guarded {
        SAID.set(Some(panic.to_string()));
    }
    guarded
}

/// What `body` makes; if it panics, a finding without place. `body` leaves nothing behind that is looked at after a
/// panic but findings.
///
/// # Errors
/// The finding.
pub fn guarded<T>(body: impl FnOnce() -> T) -> Result<T, Box<Diagnostic>> {
    let outer = GUARDED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        rehearsal();
        body()
    }));
    GUARDED.set(outer);
    outcome.map_err(|_| {
        MET.store(true, Ordering::Relaxed);
        // The location's line, then the message.
        let said = SAID.take().unwrap_or_else(|| "a panic".to_owned()).replace('\n', " ");
        let version = env!("CARGO_PKG_VERSION");
        let diagnostic = Diagnostic::error("bug", format!("this is a bug in spark-render {version}: {said}"));
        Box::new(diagnostic.hint("report it, with this message and the input if you can share it"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_finding() {
        assert_eq!(guarded(|| 1).ok(), Some(1));
        let found = guarded(|| panic!("no root")).map_err(|found| found.code);
        assert_eq!(found, Err::<(), _>("bug"));
        assert!(met() && !GUARDED.get());
    }
}
