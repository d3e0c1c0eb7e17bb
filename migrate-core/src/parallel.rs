//! Work on many files by all processors at once.

use std::thread;

/// Threads beside the first; more have not been seen to help.
const MOST_HELPERS: usize = 3;

/// Fewer items are done before another thread has begun.
const WORTH_A_THREAD: usize = 64;

/// How many threads can work beside this one.
pub(crate) fn helpers() -> usize {
    let processors = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (processors - 1).min(MOST_HELPERS)
}

/// Returns what `work` makes of each item, in their order.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let helpers = if items.len() < WORTH_A_THREAD { 0 } else { helpers() };
    let share = items.len().div_ceil(helpers + 1);
    let work_all = |items: &[T]| items.iter().map(&work).collect::<Vec<R>>();
    let (own, others) = items.split_at(share);
    if others.is_empty() {
        return work_all(own);
    }
    thread::scope(|scope| {
        let shares = others.chunks(share);
        let threads: Vec<_> = shares.map(|share| scope.spawn(|| work_all(share))).collect();
        let mut made = work_all(own);
        for thread in threads {
            made.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
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
