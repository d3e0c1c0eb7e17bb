//! A guest book on `SQLite`: the migrations are part of the program, and run when it starts.

use migrate_runtime::{Migrations, embed_migrations};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

static MIGRATIONS: Migrations = embed_migrations!();

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:quickstart.db".into());
    let options: SqliteConnectOptions = url.parse()?;
    let pool = SqlitePool::connect_with(options.create_if_missing(true)).await?;

    let report = MIGRATIONS.at_startup(&pool).await?;
    for step in &report.applied {
        println!("applied {}", step.id());
    }
    println!("{} migrations applied in {:.1?}", report.applied.len(), report.duration);

    let (guests,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM guest WHERE slug <> ''").fetch_one(&pool).await?;
    println!("{guests} guests have a page of their own");
    Ok(())
}
