//! Room for parsers that recurse.

use std::thread;

/// Bytes of stack. Unoptimised, as in a macro, one level of a parser's recursion takes up
/// to 10 KiB; memory that is not reached is not used.
const STACK: usize = 64 << 20;

/// Runs `work` on a thread with a deep stack, and here where no thread can be had.
pub(super) fn with_deep_stack<T: Send>(work: impl Fn() -> T + Send + Sync) -> T {
    thread::scope(|scope| {
        match thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &work) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => work(),
        }
    })
}
