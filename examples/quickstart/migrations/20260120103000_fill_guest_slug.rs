//! Gives every guest the address of a page: what SQL alone would be a pain to write.

use migrate_runtime::{Db, Result};

pub async fn upgrade(db: &mut Db) -> Result<()> {
    let guests: Vec<(i64, String)> =
        sqlx::query_as("SELECT id, name FROM guest WHERE slug = ''").fetch_all(db.sqlite()?).await?;
    for (id, name) in guests {
        sqlx::query("UPDATE guest SET slug = ? WHERE id = ?")
            .bind(slug(&name))
            .bind(id)
            .execute(db.sqlite()?)
            .await?;
    }
    Ok(())
}

pub async fn downgrade(db: &mut Db) -> Result<()> {
    db.execute("UPDATE guest SET slug = ''").await
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-")
}
