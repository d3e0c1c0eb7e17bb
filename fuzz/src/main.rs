//! Feeds hostile input to what reads files.
//!
//! usage: `cargo run --release -- TARGET COUNT [SEED]`
//!
//! An input that makes its target panic, or takes longer than two seconds of a processor,
//! is printed, and the exit code is 1. A stack that overflows ends the process: the input's
//! seed is then in the file `last-seed` of the current directory, if `FUZZ_TRACE` is set.

#![allow(clippy::print_stdout, clippy::exit)]

mod mutate;
mod random;
mod seeds;
mod targets;
mod watchdog;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use migrate_core::replay::with_deep_stack;
use random::Random;
use targets::{TARGETS, Target};

/// What a macro's caller has: rustc gives its threads 8 MiB, other hosts less.
const STACK: usize = 2 << 20;
/// Findings after which a run ends.
const MOST_FOUND: usize = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let target = arguments.first().and_then(|name| TARGETS.iter().find(|own| own.name == name));
    let (Some(target), Some(Ok(count))) =
        (target, arguments.get(1).map(|text| text.parse::<u64>()))
    else {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        println!("usage: TARGET COUNT [SEED]; targets: {}", names.join(", "));
        std::process::exit(2);
    };
    let first = arguments.get(2).and_then(|text| text.parse().ok()).unwrap_or(0);
    let began = Instant::now();
    let found = if target.replays {
        // One thread for all inputs: one for each takes longer than most inputs do.
        with_deep_stack(|| run(target, first, count))
    } else {
        let worker = std::thread::Builder::new().stack_size(STACK);
        let found = worker.spawn(move || run(target, first, count)).map(|thread| thread.join());
        found.ok().and_then(Result::ok).unwrap_or(MOST_FOUND)
    };
    println!(
        "{}: {count} inputs from seed {first} in {:.1?}, {found} findings",
        target.name,
        began.elapsed()
    );
    std::process::exit(i32::from(found > 0));
}

fn run(target: &Target, first: u64, count: u64) -> usize {
    let traces = std::env::var_os("FUZZ_TRACE").is_some();
    watchdog::watch_this_thread();
    let mut found = 0;
    for seed in first..first + count {
        if traces {
            let _ = std::fs::write("last-seed", seed.to_string());
        }
        let text = (target.make)(&mut Random::new(seed));
        let feed = AssertUnwindSafe(|| (target.feed)(&text));
        let result = watchdog::watched(seed, || catch_unwind(feed));
        if result.is_err() {
            println!("{} panics at seed {seed}: {text:?}", target.name);
            found += 1;
            if found == MOST_FOUND {
                break;
            }
        }
    }
    found
}
