//! What must not go wrong when everything else does: killed processes, dropped futures, poolers,
//! hostile SQL, missing rights.
//!
//! A test without its server fails and says how to get one: `bash tests/run`.

mod cancel;
mod escaping;
mod hostile;
mod kill;
mod many;
mod pooler;
mod rights;
mod wire;
#[path = "../db/world.rs"]
#[allow(dead_code, reason = "shared with the scenarios, which use all of it")]
mod world;

/// Makes a test of each scenario on every server.
macro_rules! on_every_server {
    ($($name:ident;)+) => {
        $(
            mod $name {
                use migrate_core::database::Database;
                use crate::world::World;

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    super::$name(World::new(Database::Postgres)).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn mysql() {
                    super::$name(World::new(Database::Mysql)).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    super::$name(World::new(Database::Sqlite)).await;
                }
            }
        )+
    };
}

use on_every_server;
