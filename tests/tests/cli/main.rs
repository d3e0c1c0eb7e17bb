//! The built command: what it prints, and how it ends. On `SQLite`, in temporary projects.

mod check;
mod colours;
mod documents;
mod errors;
mod help;
mod init;
mod lock;
mod new;
mod rollback;
mod run;
mod runner;
mod schema;
mod settings;
mod status;
mod support;
