use migrate_runtime::{Db, Result};

pub const MIGRATE: &str = "transaction=off";
pub const IRREVERSIBLE: &str = "counts are lost";

pub async fn upgrade(db: &mut Db) -> Result<()> {
    db.execute("DELETE FROM users").await?;
    Ok(())
}
