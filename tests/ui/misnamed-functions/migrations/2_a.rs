use migrate_runtime::{Db, Result};

pub async fn migrate(db: &mut Db) -> Result<()> {
    db.execute("DELETE FROM users").await?;
    Ok(())
}

pub async fn rollback(db: &mut Db) -> Result<()> {
    db.execute("DELETE FROM users").await?;
    Ok(())
}
