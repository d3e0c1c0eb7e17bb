//! When a program that embeds migrations is built again: after every change of the set.

mod macro_project;

use std::fs;
use std::path::PathBuf;

use cargo_metadata::Message;
use macro_project::{Project, write_lock};

const MAIN: &str = r"static MIGRATIONS: migrate_runtime::Migrations = migrate_runtime::embed_migrations!();

fn main() {
    let _ = &MIGRATIONS;
}
";

/// What a check of the program came to.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// Nothing was done.
    Fresh,
    Rebuilt,
    /// The codes of what the macro said.
    Refused(Vec<String>),
}

/// A package of its own name per test: they share a target directory.
struct Program {
    project: Project,
    name: &'static str,
}

fn check(program: &Program) -> Outcome {
    let mut outcome = Outcome::Refused(Vec::new());
    for message in program.project.check() {
        match (message, &mut outcome) {
            (Message::CompilerArtifact(artifact), _) if artifact.target.name == program.name => {
                outcome = if artifact.fresh { Outcome::Fresh } else { Outcome::Rebuilt };
            }
            (Message::CompilerMessage(message), Outcome::Refused(codes)) => {
                let code = message.message.message.strip_prefix('[');
                codes.extend(code.and_then(|text| text.get(..4)).map(str::to_owned));
            }
            _ => {}
        }
    }
    outcome
}

fn migration(table: &str) -> String {
    format!("-- upgrade\nCREATE TABLE {table} (id integer);\n-- downgrade\nDROP TABLE {table};\n")
}

fn program(name: &'static str) -> Program {
    let project = Project::new(name, "program", "");
    project.add_package("program", name, MAIN);
    let program = Program { project, name };
    program.write("migrations/1_users.sql", &migration("users"));
    write_lock(&program.migrations(), true);
    assert_eq!(check(&program), Outcome::Rebuilt);
    assert_eq!(check(&program), Outcome::Fresh);
    program
}

impl Program {
    fn write(&self, path: &str, text: &str) {
        self.project.write(&format!("program/{path}"), text);
    }

    fn migrations(&self) -> PathBuf {
        self.project.path("program/migrations")
    }
}

fn refused(code: &str) -> Outcome {
    Outcome::Refused(vec![code.to_owned()])
}

#[test]
fn changes_are_noticed_without_a_build_script() {
    let program = program("without-build-script");
    let migrations = program.migrations();

    // Added as the command adds: with its line in the lock file.
    program.write("migrations/2_posts.sql", &migration("posts"));
    write_lock(&migrations, false);
    assert_eq!(check(&program), Outcome::Rebuilt);

    // A draft may change.
    program.write("migrations/2_posts.sql", &migration("articles"));
    assert_eq!(check(&program), Outcome::Rebuilt);
    assert_eq!(check(&program), Outcome::Fresh);

    // What is there beforehand is not embedded, and still judged by.
    program.write("migrations/surroundings.sql", "CREATE TABLE outside (id integer);\n");
    program.write("migrations/2_posts.sql", &migration("posts"));
    assert_eq!(check(&program), Outcome::Rebuilt);
    assert_eq!(check(&program), Outcome::Fresh);
    program.write("migrations/surroundings.sql", "CREATE TABLE beside (id integer);\n");
    assert_eq!(check(&program), Outcome::Rebuilt);

    // A sealed migration may not.
    program.write("migrations/1_users.sql", &migration("people"));
    assert_eq!(check(&program), refused("M304"));
    program.write("migrations/1_users.sql", &migration("users"));
    assert_eq!(check(&program), Outcome::Rebuilt);

    fs::remove_file(migrations.join("2_posts.sql")).unwrap();
    assert_eq!(check(&program), refused("M303"));
    write_lock(&migrations, false);
    assert_eq!(check(&program), Outcome::Rebuilt);
}

#[test]
fn a_file_added_by_hand_is_noticed_with_a_build_script() {
    let program = program("with-build-script");
    program.write(
        "build.rs",
        "fn main() {\n    println!(\"cargo::rerun-if-changed=migrations\");\n}\n",
    );
    assert_eq!(check(&program), Outcome::Rebuilt);
    assert_eq!(check(&program), Outcome::Fresh);
    program.write("migrations/2_posts.sql", &migration("posts"));
    assert_eq!(check(&program), refused("M302"));
}
