use migrate_runtime::{Db, Result};

pub async fn upgrade(db: &mut Db) -> Result<()> {
    db.execute("UPDATE users SET id = id + 1").await?;
    Ok(())
}
