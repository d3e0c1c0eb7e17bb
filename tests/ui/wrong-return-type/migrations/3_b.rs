use migrate_runtime::{Db, Result};

pub async fn upgrade(db: &mut Db) -> Result<u64> {
    db.execute("UPDATE users SET id = id + 1").await?;
    Ok(())
}

pub async fn downgrade(db: &mut Db) -> bool {
    db.execute("UPDATE users SET id = id - 1").await?;
    Ok(())
}
