use migrate_runtime::{Migrations, embed_migrations};

static NUMBER: Migrations = embed_migrations!(7);
static TWO: Migrations = embed_migrations!("migrations", "more");

fn main() {
    let _ = (&NUMBER, &TWO);
}
