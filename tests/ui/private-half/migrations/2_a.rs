use migrate_runtime::{Db, Result};

async fn upgrade(db: &mut Db) -> Result<()> {
    db.execute("UPDATE users SET id = id + 1").await?;
    Ok(())
}

pub(crate) async fn downgrade(db: &mut Db) -> Result<()> {
    db.execute("UPDATE users SET id = id - 1").await?;
    Ok(())
}
