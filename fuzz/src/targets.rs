//! What is fed.

use migrate_core::database::Database;
use migrate_core::folder::{Content, Entry, Folder};
use migrate_core::load::load;
use migrate_core::replay::replay_files;
use migrate_core::settings::Settings;
use migrate_core::source::{SourceFile, SourceMap, SourceText};
use migrate_core::{check, layout, lock, sql};

use crate::mutate::input;
use crate::random::Random;
use crate::seeds::{FILES, LOCK, OTHERS, POSTGRES, SCRIPTS, SQL};

/// A reader of files, and where its inputs come from.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) make: fn(&mut Random) -> String,
    pub(crate) feed: fn(&str),
    /// Whether it asks for a deep stack by itself.
    pub(crate) replays: bool,
}

pub(crate) const TARGETS: &[Target] = &[
    reader("splitter", any_sql, splitter),
    replayer("postgres", postgres_sql, |text| replay(Database::Postgres, text)),
    replayer("sqlite", other_sql, |text| replay(Database::Sqlite, text)),
    replayer("mysql", other_sql, |text| replay(Database::Mysql, text)),
    reader("lock", |random| input(random, LOCK), lock_file),
    reader("folder", |random| input(random, SCRIPTS), folder),
];

const fn reader(name: &'static str, make: fn(&mut Random) -> String, feed: fn(&str)) -> Target {
    Target { name, make, feed, replays: false }
}

const fn replayer(name: &'static str, make: fn(&mut Random) -> String, feed: fn(&str)) -> Target {
    Target { name, make, feed, replays: true }
}

fn any_sql(random: &mut Random) -> String {
    let seeds = [SQL, POSTGRES, OTHERS][random.below(3)];
    input(random, seeds)
}

fn postgres_sql(random: &mut Random) -> String {
    let seeds = [SQL, POSTGRES][random.below(2)];
    input(random, seeds)
}

fn other_sql(random: &mut Random) -> String {
    let seeds = [SQL, OTHERS][random.below(2)];
    input(random, seeds)
}

const DATABASES: [Database; 3] = [Database::Postgres, Database::Mysql, Database::Sqlite];

/// Statements lie in the text, in order, and not on each other.
fn splitter(text: &str) {
    for database in DATABASES {
        let split = sql::split(text, database);
        let mut end = 0;
        for statement in &split.statements {
            assert!(statement.start >= end && statement.end > statement.start);
            assert!(!statement.text(text).is_empty());
            end = statement.end;
        }
        if let Some((_, offset)) = split.unterminated {
            assert!(text.is_char_boundary(offset));
        }
        let _ = sql::token_checksum(text, database);
        let _ = sql::transaction_control(text, database);
        let _ = sql::significant_words(text, database, 5);
    }
}

/// Verdicts add up, and findings lie in the text.
fn replay(database: Database, text: &str) {
    let mut sources = SourceMap::new("");
    sources.add(SourceFile { path: "a.sql".into(), text: SourceText::new(text.to_owned()) });
    let Some(replay) = replay_files(database, &[], &sources) else { return };
    let counts = replay.counts;
    assert_eq!(counts.total, counts.proved + counts.refuted + counts.opaque);
    for finding in &replay.findings {
        assert!(finding.positions(&sources).is_some());
    }
}

fn lock_file(text: &str) {
    let mut sources = SourceMap::new("");
    let text = SourceText::new(text.to_owned());
    let file = sources.add(SourceFile { path: "migrate.lock".into(), text });
    let _ = lock::parse(&sources, file);
}

/// The text is every file of a folder whose names are made of it too.
fn folder(text: &str) {
    let mut random = Random::new(text.len() as u64);
    let mut folder = Folder { root: "migrations".to_owned(), ..Folder::default() };
    for _ in 0..random.below(5) {
        let path = if random.below(3) == 0 {
            input(&mut random, FILES)
        } else {
            random.pick(FILES).to_owned()
        };
        let content = match random.below(8) {
            0 => Content::NotUtf8 { valid_up_to: 3 },
            1 => Content::Folder,
            2 => Content::NameNotUtf8,
            _ => Content::Text(SourceText::new(text.to_owned())),
        };
        folder.entries.push(Entry { path: path.into(), content });
    }
    if random.below(2) == 0 {
        folder.lock = Some(SourceText::new(input(&mut random, LOCK)));
    }
    let _ = layout::detect(&folder);
    let database = DATABASES[random.below(3)];
    let loaded = load(folder, &Settings::new(database));
    let _ = check::check(&loaded);
}
