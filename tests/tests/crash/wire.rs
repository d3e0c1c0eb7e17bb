//! How often a run waits for an answer, counted on the wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use migrate_core::database::Database;
use migrate_runtime::{Db, Runner};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use crate::world::{World, halves};

/// Stands between a client and its server, and counts the client's turns.
struct Proxy {
    directory: TempDir,
    turns: Arc<AtomicUsize>,
}

impl Proxy {
    /// `name` is what the socket must be called.
    fn start(name: &str, server: String) -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let listener = UnixListener::bind(directory.path().join(name)).expect("the path is short");
        let turns = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&turns);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&server).await.expect("the server runs");
                tokio::spawn(relay(client, server, Arc::clone(&counted)));
            }
        });
        Proxy { directory, turns }
    }

    fn turns(&self) -> usize {
        self.turns.load(Ordering::SeqCst)
    }
}

async fn relay(mut client: UnixStream, mut server: UnixStream, turns: Arc<AtomicUsize>) {
    let (mut question, mut answer) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut answered = true;
    loop {
        tokio::select! {
            read = client.read(&mut question) => {
                let Ok(length @ 1..) = read else { return };
                if std::mem::take(&mut answered) {
                    turns.fetch_add(1, Ordering::SeqCst);
                }
                server.write_all(&question[..length]).await.expect("the server listens");
            }
            read = server.read(&mut answer) => {
                let Ok(length @ 1..) = read else { return };
                answered = true;
                client.write_all(&answer[..length]).await.expect("the client listens");
            }
        }
    }
}

/// Applies 300 migrations, and returns a connection through a proxy, and the proxy.
async fn prepared(kind: Database) -> (World, migrate_core::set::MigrationSet, Db, Proxy) {
    let world = World::new(kind);
    let paths = (1..=300).map(|number| &*format!("{number:04}_x.sql").leak());
    let files: Vec<_> = paths.map(|path| (path, halves("SELECT 1;", "SELECT 2;"))).collect();
    let set = world.set(&files);
    world.apply(&set).await;
    let (address, socket) = world.url().rsplit_once('=').expect("the servers are on sockets");
    let (name, server) = match kind {
        Database::Postgres => (".s.PGSQL.5432", format!("{socket}/.s.PGSQL.5432")),
        _ => ("socket", socket.to_owned()),
    };
    let proxy = Proxy::start(name, server);
    let mut path = proxy.directory.path().display().to_string();
    if kind == Database::Mysql {
        path.push_str("/socket");
    }
    let db = Db::connect(&format!("{address}={path}")).await.expect("the proxy lets us through");
    (world, set, db, proxy)
}

async fn check_nothing_to_do(kind: Database) {
    let (_world, set, mut db, proxy) = prepared(kind).await;
    let before = proxy.turns();
    assert!(before > 0);
    for expected in 1..=3 {
        let report = Runner::new(&set).run(&mut db).await.expect("nothing is to do");
        assert!(report.is_empty());
        assert_eq!(proxy.turns() - before, expected);
    }
    Runner::new(&set).status(&mut db).await.expect("it can be read");
    assert!(proxy.turns() - before <= 5, "{}", proxy.turns() - before);
}

#[tokio::test]
async fn nothing_to_do_is_one_round_trip_on_postgres() {
    check_nothing_to_do(Database::Postgres).await;
}

#[tokio::test]
async fn nothing_to_do_is_one_round_trip_on_mysql() {
    check_nothing_to_do(Database::Mysql).await;
}
