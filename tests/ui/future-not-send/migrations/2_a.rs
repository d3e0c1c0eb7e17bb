use migrate_runtime::{Db, Result};

pub async fn upgrade(db: &mut Db) -> Result<()> {
    let name = std::rc::Rc::new("users");
    db.execute("DELETE FROM users").await?;
    println!("{name}");
    Ok(())
}

pub async fn downgrade(db: &mut Db) -> Result<()> {
    db.execute("UPDATE users SET id = id - 1").await?;
    Ok(())
}
