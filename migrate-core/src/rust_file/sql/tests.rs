use super::*;
use crate::rust_file::testing::check;

#[test]
fn literals_are_found_where_they_stand() {
    check(r#"db.execute("CREATE TABLE a (id int)").await"#, &["CREATE TABLE a (id int)"]);
    check("db.execute(r#\"SELECT 'x'\"#).await?; Ok(())", &["SELECT 'x'"]);
    check(
        r#"let rows: Vec<(i64,)> = sqlx::query_as::<_, (i64,)>("SELECT id FROM a").fetch_all(db.sqlite()?).await?;
           sqlx::query("UPDATE a SET b = ?").bind(1).execute(db.sqlite()?).await?;"#,
        &["SELECT id FROM a", "UPDATE a SET b = ?"],
    );
}

#[test]
fn what_may_not_run_is_conditional() {
    check(
        r#"if !db.table_exists("a").await? { db.execute("CREATE TABLE a ()").await?; }"#,
        &["? CREATE TABLE a ()"],
    );
    check(r#"for _ in 0..3 { db.execute("SELECT 1").await?; }"#, &["? SELECT 1"]);
}

#[test]
fn after_a_return_nothing_is_certain() {
    check(
        r#"if db.table_exists("a").await? { return Ok(()); } db.execute("SELECT 1").await?; Ok(())"#,
        &["? SELECT 1"],
    );
    check(r#"if wrong { return Err(e); } db.execute("SELECT 1").await?; Ok(())"#, &["SELECT 1"]);
}

#[test]
fn what_may_fail_unheard_is_conditional() {
    check(r#"let _ = db.execute("SELECT 1").await; Ok(())"#, &["? SELECT 1"]);
    check(r#"db.execute("SELECT 1").await.ok(); Ok(())"#, &["? SELECT 1"]);
    check(
        r#"if let Err(e) = db.execute("SELECT 1").await { log(e); } db.execute("SELECT 2").await?; Ok(())"#,
        &["? SELECT 1", "SELECT 2"],
    );
    check(
        r#"match db.execute("SELECT 1").await { Ok(_) => {} Err(_) => {} } db.execute("SELECT 2").await"#,
        &["? SELECT 1", "SELECT 2"],
    );
    check(r#"db.execute("SELECT 1").await.map_err(|e| wrap(e))?; Ok(())"#, &["SELECT 1"]);
}

#[test]
fn constants_of_the_file_are_read() {
    let text = "const A: &str = \"SELECT 1\";\nstatic B: &str = r#\"SELECT 2\"#;\n\
        pub async fn upgrade(db: &mut Db) -> Result<()> { db.execute(A).await?; db.execute(B).await }";
    let found = sql_in(text, "upgrade").into_iter().map(|sql| match sql {
        RustSql::Literal { start, text: sql, conditional: false } => {
            assert_eq!(text.get(start..start + sql.len()), Some(&*sql));
            sql
        }
        other => format!("{other:?}"),
    });
    assert_eq!(found.collect::<Vec<_>>(), ["SELECT 1", "SELECT 2"]);
}

#[test]
fn guards_are_read() {
    check(
        r#"db.add_column_if_missing("a", "b", "int").await?;"#,
        &["guard ALTER TABLE `a` ADD COLUMN `b` int"],
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    check(r#"db.execute(&format!("DROP TABLE {name}")).await"#, &["opaque"]);
    check(r#"db.execute("a\u{62}").await"#, &["opaque"]);
    check("helper(db).await", &["opaque"]);
    check("helper(&mut *db, 1).await", &["opaque"]);
    check(r#"println!("{}", db.database());"#, &[]);
}

#[test]
fn what_a_name_stands_for_is_read() {
    check(r#"let sql = "SELECT 1"; db.execute(sql).await"#, &["SELECT 1"]);
    check(r#"let sql: &str = "SELECT 1"; db.execute(&sql).await"#, &["SELECT 1"]);
    check(r#"let sql = format!("SELECT 1"); db.execute(&sql).await"#, &["SELECT 1"]);
    check(
        r#"let sql = "SELECT 1"; db.execute(sql).await?; let sql = "SELECT 2"; db.execute(sql).await"#,
        &["SELECT 1", "SELECT 2"],
    );
    check(
        r#"const SQL: &str = "SELECT 1"; sqlx::query(SQL).execute(db.sqlite()?).await?;"#,
        &["SELECT 1"],
    );
    check(
        r#"let sql = "SELECT 1"; if db.table_exists("a").await? { db.execute(sql).await?; }"#,
        &["? SELECT 1"],
    );
}

#[test]
fn what_a_name_may_not_stand_for_is_not_read() {
    for body in [
        r#"let mut sql = "SELECT 1"; db.execute(sql).await"#,
        r#"let sql = "SELECT 1"; if wrong { let sql = "SELECT 2"; db.execute(sql).await?; }"#,
        r#"let sql; sql = "SELECT 1"; db.execute(sql).await"#,
        r#"let sql = if a { "SELECT 1" } else { "SELECT 2" }; db.execute(sql).await"#,
        r#"let sql = format!("SELECT {x}"); db.execute(&sql).await"#,
        r#"let sql = "SELECT 1"; if let Some(sql) = other { db.execute(sql).await?; }"#,
        r#"let sql = "SELECT 1"; match x { sql => db.execute(sql).await }"#,
        r#"let sql = "SELECT 1"; for (i, sql) in list { db.execute(sql).await?; }"#,
        r#"let sql = "SELECT 1"; let sql = sql.replace("1", "2"); db.execute(&sql).await"#,
        r#"let (sql, x) = ("SELECT 1", 2); db.execute(sql).await"#,
        r#"let run = |sql| db.execute(sql); run("SELECT 1").await?;"#,
    ] {
        let text = format!("pub async fn upgrade(db: &mut Db) -> Result<()> {{ {body} }}");
        let found = sql_in(&text, "upgrade");
        let is_opaque = |sql: &RustSql| *sql == RustSql::Opaque;
        assert!(!found.is_empty() && found.iter().all(is_opaque), "{body}: {found:?}");
    }
}

#[test]
fn pieces_are_put_together() {
    check(r#"db.execute(concat!("SELECT a, ", "b FROM c")).await"#, &["SELECT a,     b FROM c"]);
    check(
        "let sql = concat!(\n  \"SELECT a\",\n  \" FROM c\",\n); db.execute(sql).await",
        &["SELECT a       FROM c"],
    );
    check(r#"db.execute(concat!("SELECT a", "b")).await"#, &["opaque"]);
    check("db.execute(\"SELECT a \\\n   FROM b\").await", &["SELECT a      FROM b"]);
    check(r#"db.execute("SELECT a\nFROM b").await"#, &["SELECT a \nFROM b"]);
    check("db.execute(\"SELECT a\\\n   FROM b\").await", &["opaque"]);
}

#[test]
fn what_is_done_for_each_of_a_list_is_done_in_order() {
    check(
        r#"for sql in ["SELECT 1", "SELECT 2"] { db.execute(sql).await?; } Ok(())"#,
        &["SELECT 1", "SELECT 2"],
    );
    check(
        r#"for sql in &["SELECT 1", name] { db.execute(sql).await?; db.execute("SELECT 3").await?; }"#,
        &["SELECT 1", "SELECT 3", "opaque", "SELECT 3"],
    );
    check(
        r#"if x { for sql in ["SELECT 1"].iter() { db.execute(sql).await?; } }"#,
        &["? SELECT 1"],
    );
    check(r#"for sql in ["SELECT 1"] { if x { break; } db.execute(sql).await?; }"#, &["opaque"]);
    let text = "const ALL: [&str; 2] = [\"SELECT 1\", \"SELECT 2\"];\n\
        pub async fn upgrade(db: &mut Db) -> Result<()> { for sql in ALL { db.execute(sql).await?; } Ok(()) }";
    let found = sql_in(text, "upgrade");
    assert!(matches!(
        &found[..],
        [RustSql::Literal { conditional: false, .. }, RustSql::Literal { text, .. }] if text == "SELECT 2"
    ));
}
