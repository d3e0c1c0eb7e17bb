//! Room for parsers that recurse.

use std::cell::Cell;
use std::io;
use std::thread::{self, Scope, ScopedJoinHandle};

/// Bytes of stack. Unoptimised, as in a macro, one level of a parser's recursion takes up
/// to 10 KiB; memory that is not reached is not used.
const STACK: usize = 64 << 20;

thread_local! {
    /// Whether this thread was made here.
    static IS_DEEP: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` with room for parsers that recurse: on a thread with a deep stack, and here where
/// no thread can be had.
///
/// Everything that replays does so by itself; who replays thousands of sets saves thousands of
/// threads by calling it around them all.
pub fn with_deep_stack<T: Send>(work: impl Fn() -> T + Send + Sync) -> T {
    if IS_DEEP.get() {
        return work();
    }
    thread::scope(|scope| match spawn_deep(scope, &work) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        Err(_) => work(),
    })
}

/// Starts a thread with room for parsers that recurse.
pub(super) fn spawn_deep<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> io::Result<ScopedJoinHandle<'scope, T>> {
    thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || {
        IS_DEEP.set(true);
        work()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_thread_is_used_again() {
        let outside = thread::current().id();
        let (inside, again) = with_deep_stack(|| {
            let again = with_deep_stack(|| thread::current().id());
            (thread::current().id(), again)
        });
        assert_ne!(inside, outside);
        assert_eq!(inside, again);
    }
}
