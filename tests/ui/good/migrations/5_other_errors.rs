use std::io;

use migrate_runtime::Db;

pub async fn upgrade(_db: &mut Db) -> Result<(), io::Error> {
    std::fs::metadata("names.csv").map(drop)
}

pub async fn downgrade(db: &mut Db) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    db.execute("DELETE FROM users").await?;
    Err("there is no way back".into())
}
