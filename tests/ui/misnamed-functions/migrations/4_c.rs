use migrate_runtime::{Db, Result};

pub async fn run(db: &mut Db) -> Result<()> {
    db.execute("DELETE FROM users").await?;
    Ok(())
}

pub async fn revert(db: &mut Db) -> Result<()> {
    db.execute("DELETE FROM users").await?;
    Ok(())
}
