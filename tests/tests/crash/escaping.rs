//! Texts of every kind in the history, on servers with settings of every kind.

use migrate_core::database::Database;
use migrate_core::settings::Settings;
use migrate_runtime::{RollbackTo, Runner};

use crate::on_every_server;
use crate::world::{World, halves, set_with};

on_every_server! {
    a_history_table_of_any_name;
    a_history_of_five_thousand_rows;
}

async fn a_history_table_of_any_name(world: World) {
    for name in ["History", "my history", "it's \"so\" `named`", "a.b", "größe", "select", "x\\y"]
    {
        let world = World::new(world.kind());
        let mut settings = Settings::new(world.kind());
        settings.history.table = name.to_owned();
        "it's \\ the \"set\"".clone_into(&mut settings.set);
        let files =
            [("0001_a.sql", halves("CREATE TABLE a (i integer);", "DROP TABLE a; -- it's \\' é"))];
        let set = set_with(settings, &files);
        if let Err(error) = Runner::new(&set).run_on(world.url()).await {
            panic!("{name}: {error}");
        }
        let again = Runner::new(&set).run_on(world.url()).await;
        assert!(again.unwrap_or_else(|error| panic!("{name}: {error}")).is_empty());
        let mut db = world.db().await;
        assert!(!Runner::new(&set).log(&mut db, 10).await.expect("it can be read").is_empty());
        let undone = Runner::new(&set).rollback(&mut db, RollbackTo::All).await;
        assert_eq!(undone.unwrap_or_else(|error| panic!("{name}: {error}")).reverted.len(), 1);
    }
}

async fn a_history_of_five_thousand_rows(world: World) {
    let files: Vec<(&'static str, String)> = (1..=5000)
        .map(|number| (&*format!("{number:04}_x.sql").leak(), halves("SELECT 1;", "SELECT 2;")))
        .collect();
    let set = world.set(&files);
    world.apply(&set).await;
    let start = std::time::Instant::now();
    assert!(world.apply(&set).await.is_empty());
    assert!(start.elapsed().as_secs() < 5);
    let mut db = world.db().await;
    let undone = Runner::new(&set).rollback(&mut db, RollbackTo::Count(200)).await;
    undone.expect("it can be undone");
}

#[tokio::test]
async fn every_encoding_and_string_setting_of_postgres() {
    let settings = [
        "ALTER DATABASE {} SET standard_conforming_strings = off",
        "ALTER DATABASE {} SET escape_string_warning = off",
        "ALTER DATABASE {} SET default_transaction_isolation = 'serializable'",
        "ALTER DATABASE {} SET default_transaction_deferrable = on",
        "ALTER DATABASE {} SET quote_all_identifiers = on",
        "ALTER DATABASE {} SET DateStyle = 'German'",
        "ALTER DATABASE {} SET bytea_output = 'escape'",
        "ALTER DATABASE {} SET statement_timeout = '5s'",
        "ALTER DATABASE {} SET lc_messages = 'C'",
        "ALTER DATABASE {} SET row_security = off",
        "ALTER DATABASE {} SET check_function_bodies = off",
    ];
    for setting in settings {
        let world = World::new(Database::Postgres);
        let name = world.texts("SELECT current_database()::text").await.remove(0);
        world.execute(&setting.replace("{}", &format!("\"{name}\""))).await;
        let downgrade = "DROP TABLE public.a; -- it''s \\ \"quoted\" é $1 %";
        let files = [("0001_a.sql", halves("CREATE TABLE public.a (i integer);", downgrade))];
        let set = world.set(&files);
        if let Err(error) = world.run(&set).await {
            panic!("{setting}: {error}");
        }
        assert!(world.apply(&set).await.is_empty());
        let mut db = world.db().await;
        let gone = world.set(&[("0002_z.sql", halves("SELECT 1;", "SELECT 1;"))]);
        let stored =
            Runner::new(&gone).stored_downgrade(&mut db, "0001").await.expect("it is there");
        assert_eq!(stored.as_deref().map(str::trim), Some(downgrade), "{setting}");
        Runner::new(&gone).rollback(&mut db, RollbackTo::All).await.expect("it can be undone");
    }
}

#[tokio::test]
async fn databases_in_other_encodings() {
    for encoding in ["SQL_ASCII", "LATIN1", "EUC_JP"] {
        let world = World::new(Database::Postgres);
        let name = format!("enc_{}", world.texts("SELECT current_database()::text").await[0]);
        world
            .execute(&format!("CREATE DATABASE \"{name}\" ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"))
            .await;
        let old = world.texts("SELECT current_database()::text").await.remove(0);
        let url = world.url().replace(&old, &name);
        for downgrade in
            ["DROP TABLE a; -- plain", "DROP TABLE a; -- é", "DROP TABLE a; -- 漢字 → Ω"]
        {
            let files = [("0001_a.sql", halves("CREATE TABLE a (i integer);", downgrade))];
            let set = world.set(&files);
            match Runner::new(&set).run_on(&url).await {
                Ok(_) => {
                    assert!(
                        Runner::new(&set).run_on(&url).await.expect("nothing is to do").is_empty()
                    );
                    let mut db = migrate_runtime::Db::connect(&url).await.expect("it lets us in");
                    let gone = world.set(&[("0002_z.sql", halves("SELECT 1;", "SELECT 1;"))]);
                    Runner::new(&gone)
                        .rollback(&mut db, RollbackTo::All)
                        .await
                        .expect("it can be undone");
                    db.close().await.expect("nothing is open");
                }
                Err(error) => {
                    assert!(error.to_string().contains("no equivalent in encoding"), "{error}");
                }
            }
        }
        world.execute(&format!("DROP DATABASE \"{name}\" WITH (FORCE)")).await;
    }
}
