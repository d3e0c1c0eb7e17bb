//! A connection that is owned, or borrowed from a pool.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{Connection, Database};

/// A connection of a driver, and where it goes afterwards.
pub(crate) enum Held<DB: Database> {
    /// Opened by us, or given to us.
    Own(DB::Connection),
    /// Taken from the caller's pool.
    Pooled(PoolConnection<DB>),
}

impl<DB: Database> Held<DB> {
    /// Closes the connection, or gives it back to its pool.
    pub(crate) async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Held::Own(connection) => connection.close().await,
            Held::Pooled(connection) => {
                drop(connection);
                Ok(())
            }
        }
    }

    /// Drops the connection without giving it back.
    ///
    /// A pool would hand out a connection with an open transaction and a lock in it: it does
    /// not know of the `BEGIN` that we sent.
    pub(crate) fn abandon(self) {
        if let Held::Pooled(connection) = self {
            drop(connection.detach());
        }
    }
}

impl<DB: Database> Deref for Held<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        match self {
            Held::Own(connection) => connection,
            Held::Pooled(connection) => connection,
        }
    }
}

impl<DB: Database> DerefMut for Held<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        match self {
            Held::Own(connection) => connection,
            Held::Pooled(connection) => connection,
        }
    }
}
