//! A service on Postgres: it applies its migrations when it starts, beside as many other
//! instances of itself as there are, and then says what a tenant may see.

use migrate_runtime::{Migrations, embed_migrations};
use sqlx::PgPool;

static MIGRATIONS: Migrations = embed_migrations!();

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url =
        std::env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL to a Postgres database")?;
    let pool = PgPool::connect(&url).await?;

    let report = MIGRATIONS.at_startup(&pool).await?;
    if let Some(failure) = &report.failure {
        // MIGRATION_NONFATAL=true: the service starts, and somebody has to be told.
        println!("migrations failed: {failure}");
    }
    println!("{} applied, {} repeated", report.applied.len(), report.repeated.len());

    let mut transaction = pool.begin().await?;
    sqlx::query("SET LOCAL app.tenant_id = '1'").execute(&mut *transaction).await?;
    let (notes,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM note").fetch_one(&mut *transaction).await?;
    println!("{notes} notes are visible");
    Ok(())
}
