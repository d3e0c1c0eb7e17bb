use migrate_runtime::{Db, Result};

pub fn upgrade(db: &mut Db) -> Result<()> {
    db.execute("UPDATE users SET id = id + 1").await?;
    Ok(())
}

pub async fn downgrade(db: &mut Db) -> Result<()> {
    db.execute("UPDATE users SET id = id - 1").await?;
    Ok(())
}
