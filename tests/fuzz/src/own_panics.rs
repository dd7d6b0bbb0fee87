//! Detects panics in our own code, even if they are caught.
//!
//! Reprise catches panics in third-party decoders and reports the file as damaged: `reprise-audio` does so with
//! symphonia and lofty. But our own readers run inside those calls too, and nobody would notice a panic of theirs,
//! which is a defect. So what counts is where a panic occurred.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, Location, PanicHookInfo};
use std::path::{Component, Path};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside [`heeded`].
    static HEEDS: Cell<bool> = const { Cell::new(false) };
    /// The last panic, and the first one in our own code.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
    static FIRST_OWN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs a check. Panics if the check panics, or if our own code panicked inside a caller that caught the panic.
pub(crate) fn heeded(check: impl FnOnce()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| if HEEDS.get() { note(panic) } else { before(panic) }));
    });
    FIRST_OWN.take();
    HEEDS.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(check));
    HEEDS.set(false);
    if outcome.is_err() {
        panic!("{}", LAST.take().unwrap_or_default());
    }
    if let Some(own) = FIRST_OWN.take() {
        panic!("a panic that was caught arose in code of ours: {own}");
    }
}

fn note(panic: &PanicHookInfo<'_>) {
    let words = panic.to_string();
    if panic.location().is_some_and(is_ours) {
        FIRST_OWN.with_borrow_mut(|first| {
            first.get_or_insert_with(|| words.clone());
        });
    }
    LAST.set(Some(words));
}

/// Whether the location is below `crates/reprise-*`.
fn is_ours(place: &Location<'_>) -> bool {
    let mut parts = Path::new(place.file()).components();
    parts.any(|part| part == Component::Normal("crates".as_ref()))
        && parts.next().is_some_and(|part| part.as_os_str().to_string_lossy().starts_with("reprise-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_others_counts_only_where_nobody_catches_it() {
        let caught = |check: &dyn Fn()| {
            panic::catch_unwind(AssertUnwindSafe(|| heeded(check)))
                .map_err(|words| *words.downcast::<String>().unwrap())
        };
        assert_eq!(caught(&|| drop(panic::catch_unwind(|| panic!("in a decoder")))), Ok(()));
        let uncaught = caught(&|| panic!("a promise is broken")).unwrap_err();
        assert!(uncaught.contains("a promise is broken"), "{uncaught}");
    }
}
