//! Jobs that other threads do while the one that hands them out goes on.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::stack;

/// Jobs that wait; with more, the one that hands them out does the next by itself.
const WAITING: usize = 32;

/// Runs `lead`, which hands out jobs, and returns what became of each job, in their order.
///
/// With no `helpers`, each job is done when it is handed out.
pub(super) fn beside<J: Send, R: Send>(
    helpers: usize,
    work: impl Fn(J) -> R + Sync,
    lead: impl FnOnce(&mut dyn FnMut(J)),
) -> Vec<R> {
    let (sender, receiver) = sync_channel(WAITING);
    let receiver = Mutex::new(receiver);
    let work_off = || {
        let mut done = Vec::new();
        while let Some((number, job)) = next(&receiver) {
            done.push((number, work(job)));
        }
        done
    };
    let mut done = thread::scope(|scope| {
        // Owned by what runs here, so that the helpers come to an end when it panics.
        let sender = sender;
        // Where no thread can be had, this one does its jobs.
        let started = (0..helpers).map_while(|_| stack::spawn_deep(scope, work_off).ok());
        let helpers: Vec<_> = started.collect();
        let (mut done, mut count) = (Vec::new(), 0);
        lead(&mut |job| {
            let number = count;
            count += 1;
            if helpers.is_empty() {
                done.push((number, work(job)));
            } else if let Err(TrySendError::Full(it) | TrySendError::Disconnected(it)) =
                sender.try_send((number, job))
            {
                done.push((number, work(it.1)));
            }
        });
        drop(sender);
        done.extend(work_off());
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Waits for the next job; nothing when there will be no more.
fn next<J>(jobs: &Mutex<Receiver<J>>) -> Option<J> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn the_order_is_kept() {
        for helpers in 0..3 {
            let jobs = 10 * WAITING;
            let lead = |hand_out: &mut dyn FnMut(usize)| (0..jobs).for_each(hand_out);
            let done = beside(helpers, |job| job * 2, lead);
            assert_eq!(done, (0..jobs).map(|job| job * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_panic_on_any_side_ends_all() {
        for helpers in 0..3 {
            for (fails, stops) in [(7, 1000), (1000, 7)] {
                let all = || {
                    let work = |job: i32| assert_ne!(job, fails, "on purpose");
                    beside(helpers, work, |hand_out| {
                        for job in 0..100 {
                            assert_ne!(job, stops, "on purpose");
                            hand_out(job);
                        }
                    })
                };
                assert!(catch_unwind(AssertUnwindSafe(all)).is_err());
            }
        }
    }
}
