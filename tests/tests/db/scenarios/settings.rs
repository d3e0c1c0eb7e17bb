//! Names that are the user's to choose.

use migrate_core::database::Database;
use migrate_core::settings::Settings;

use crate::world::{HISTORY, World, halves, ids, set_with};

pub(crate) async fn two_sets_share_a_database(world: World) {
    let set = |name: &str, table: &str| {
        let settings = Settings { set: name.to_owned(), ..Settings::new(world.kind()) };
        let text =
            halves(&format!("CREATE TABLE {table} (id integer);"), &format!("DROP TABLE {table};"));
        set_with(settings, &[("0001_first.sql", text)])
    };
    let (one, other) = (set("one", "a"), set("it's another", "b"));
    assert_eq!(ids(&world.apply(&one).await.applied), ["0001_first"]);
    assert_eq!(ids(&world.apply(&other).await.applied), ["0001_first"]);
    assert!(world.apply(&one).await.is_empty());
    assert!(world.apply(&other).await.is_empty());
    assert_eq!(world.applied().await.len(), 2);
}

pub(crate) async fn the_history_table_has_the_name_it_is_given(world: World) {
    let mut settings = Settings::new(world.kind());
    settings.history.table = "Our Changes".to_owned();
    let text = halves("CREATE TABLE a (id integer);", "DROP TABLE a;");
    let set = set_with(settings, &[("0001_a.sql", text)]);
    assert_eq!(world.apply(&set).await.applied.len(), 1);
    assert!(world.apply(&set).await.is_empty());
    assert!(world.has_table("Our Changes").await && world.has_table("Our Changes_events").await);
    assert!(!world.has_table(HISTORY).await);
}

pub(crate) async fn quotes_and_other_letters_do_no_harm(world: World) {
    // MariaDB's own default is latin1.
    let charset = if world.kind() == Database::Mysql { " CHARACTER SET utf8mb4" } else { "" };
    let upgrade = format!(
        "CREATE TABLE a (t varchar(50)){charset};\nINSERT INTO a VALUES ('it''s; n\u{f6} \u{1f980}'); -- '\n",
    );
    let first = ("0001_it_s.sql", halves(&upgrade, "DROP TABLE a; -- it's \\"));
    let set = world.set(std::slice::from_ref(&first));
    world.apply(&set).await;
    assert_eq!(world.texts("SELECT t FROM a").await, ["it's; n\u{f6} \u{1f980}"]);
    assert!(world.apply(&set).await.is_empty());
    let broken = halves("SELECT 1 AS \"\u{f6}\"; SELECT * FROM nowhere;", "SELECT 1;");
    let failed = world.apply_in_vain(&world.set(&[first, ("0002_b.sql", broken)])).await;
    let position = failed.position.expect("an SQL statement has a place");
    assert_eq!((position.line, position.column), (2, 32), "{failed}");
}
