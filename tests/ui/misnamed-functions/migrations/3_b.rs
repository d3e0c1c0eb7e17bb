use migrate_runtime::{Db, Result};

pub async fn up(db: &mut Db) -> Result<()> {
    db.execute("DELETE FROM users").await?;
    Ok(())
}

pub async fn down(db: &mut Db) -> Result<()> {
    db.execute("DELETE FROM users").await?;
    Ok(())
}
