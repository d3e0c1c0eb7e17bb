//! Work on many files by all processors at once.

use std::panic::resume_unwind;
use std::thread;

/// Threads beside the first; more have not been seen to help.
const MOST_HELPERS: usize = 3;

/// Fewer items are done before another thread has begun.
const WORTH_A_THREAD: usize = 64;

/// Bytes of stack: as many as a program's first thread has, for parsers that recurse.
const STACK: usize = 8 << 20;

/// How many threads can work beside this one.
pub(crate) fn helpers() -> usize {
    let processors = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (processors - 1).min(MOST_HELPERS)
}

/// Returns what `work` makes of each item, in their order.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let helpers = if items.len() < WORTH_A_THREAD { 0 } else { helpers() };
    let share = items.len().div_ceil(helpers + 1);
    let work_all = &|items: &[T]| items.iter().map(&work).collect::<Vec<R>>();
    let (own, others) = items.split_at(share);
    if others.is_empty() {
        return work_all(own);
    }
    thread::scope(|scope| {
        let started = others.chunks(share).map(|share| {
            let thread = thread::Builder::new().stack_size(STACK);
            (share, thread.spawn_scoped(scope, move || work_all(share)))
        });
        let started: Vec<_> = started.collect();
        let mut made = work_all(own);
        for (share, thread) in started {
            made.extend(match thread {
                Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
                // Where no thread can be had, this one does it all.
                Err(_) => work_all(share),
            });
        }
        made
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_kept() {
        for count in [0, 1, 63, 64, 65, 1001] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(
                map(&items, |item| item * 2),
                items.iter().map(|it| it * 2).collect::<Vec<_>>()
            );
        }
    }
}
