//! `cargo migrate`: writes, checks, seals and runs migrations.
//!
//! This crate reads arguments, renders and returns exit codes. What a migration is and what may be
//! done with it is known to `migrate-core` and `migrate-runtime`.

mod arguments;
mod cli;
mod commands;
mod connection;
mod context;
mod dotenv;
mod error;
mod execute;
mod exit_code;
mod grades;
mod init;
mod interrupt;
mod libraries;
mod metadata;
mod open_set;
mod output;
mod package;
mod rules;
mod runner_build;
mod surroundings;
mod target;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let cli = cli::Cli::parse_from(cli::arguments());
    let context = context::Context::new(&cli.output);
    let code = cli.command.run(&context).unwrap_or_else(|error| {
        output::error::report(&context, &error);
        error.exit_code()
    });
    match code {
        exit_code::ExitCode::Fine if !context.terminal.is_complete() => {
            exit_code::ExitCode::Internal.into()
        }
        code => code.into(),
    }
}
