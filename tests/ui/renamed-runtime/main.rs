use store::{Migrations, embed_migrations};

static MIGRATIONS: Migrations = embed_migrations!();

fn main() {
    let _ = &MIGRATIONS;
}
