//! Ends the process when one input takes too long.
//!
//! What counts is the time that the input's thread had a processor, so that a busy machine
//! makes no input look like a hang. Where the system does not tell that time, the clock on
//! the wall stands in for it.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(2);
const INTERVAL: Duration = Duration::from_millis(200);
/// Linux counts processor time in hundredths of a second for whoever reads `/proc`.
const TICK: Duration = Duration::from_millis(10);

/// The input at hand, or `IDLE`.
static CURRENT: AtomicU64 = AtomicU64::new(IDLE);
const IDLE: u64 = u64::MAX;

/// Runs `feed` as the input of `seed`, under the watchdog's eyes.
pub(crate) fn watched<T>(seed: u64, feed: impl FnOnce() -> T) -> T {
    CURRENT.store(seed, Ordering::Relaxed);
    let result = feed();
    CURRENT.store(IDLE, Ordering::Relaxed);
    result
}

/// Watches the calling thread.
pub(crate) fn watch_this_thread() {
    let clock = Clock::of_this_thread();
    std::thread::spawn(move || watch(&clock));
}

fn watch(clock: &Clock) {
    let mut seen = IDLE;
    let mut since = Duration::ZERO;
    loop {
        std::thread::sleep(INTERVAL);
        let current = CURRENT.load(Ordering::Relaxed);
        let now = clock.now();
        if current != seen || current == IDLE {
            (seen, since) = (current, now);
        } else if now.saturating_sub(since) > PATIENCE {
            println!("hangs at seed {current}");
            std::process::exit(1);
        }
    }
}

/// Tells how long a thread has worked.
struct Clock {
    /// The thread's numbers, where the system has them.
    numbers: Option<PathBuf>,
    began: Instant,
}

impl Clock {
    fn of_this_thread() -> Self {
        // The link names the thread: another one reads its numbers through it.
        let thread = fs::read_link("/proc/thread-self").ok();
        let numbers = thread.map(|thread| PathBuf::from("/proc").join(thread).join("stat"));
        Clock { numbers, began: Instant::now() }
    }

    fn now(&self) -> Duration {
        let text = self.numbers.as_ref().and_then(|path| fs::read_to_string(path).ok());
        text.and_then(|text| worked(&text)).unwrap_or_else(|| self.began.elapsed())
    }
}

/// The time of the thread itself and of the system on its behalf.
fn worked(numbers: &str) -> Option<Duration> {
    // The thread's name comes before, in parentheses, and may hold anything.
    let (_, numbers) = numbers.rsplit_once(") ")?;
    let mut ticks = numbers.split(' ').skip(11).map(|number| number.parse::<u32>().ok());
    Some(TICK * (ticks.next()??.saturating_add(ticks.next()??)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_of_both_kinds() {
        let numbers = "7 (a) b) R 1 2 3 4 5 6 7 8 9 10 150 30 0 0 20";
        assert_eq!(worked(numbers), Some(Duration::from_millis(1800)));
        assert_eq!(worked("7 (a) R 1"), None);
    }

    #[test]
    fn a_thread_that_sleeps_does_not_work() {
        let clock = Clock::of_this_thread();
        if clock.numbers.as_ref().is_some_and(|path| path.exists()) {
            let before = clock.now();
            std::thread::sleep(Duration::from_millis(300));
            assert!(clock.now() - before < Duration::from_millis(100));
        }
    }
}
