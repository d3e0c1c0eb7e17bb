use store::{Db, Result};

pub async fn upgrade(db: &mut Db) -> Result<()> {
    db.execute("CREATE TABLE a (id integer)").await
}

pub async fn downgrade(db: &mut Db) -> Result<()> {
    db.execute("DROP TABLE a").await
}
