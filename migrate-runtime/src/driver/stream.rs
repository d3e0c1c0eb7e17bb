//! Messages and answers, the same for every sqlx driver.

use std::str::FromStr;
use std::time::Duration;

use futures_util::{FutureExt, Stream, StreamExt};
use sqlx::{AssertSqlSafe, Column, ColumnIndex, Database, Decode, Either, Executor, Row, Type};

use super::{BatchItem, MARKER, Sink, TextRow};

/// How many rows a statement changed; sqlx has the method on each result, and no trait for it.
pub(super) trait RowsAffected {
    fn affected(&self) -> u64;
}

macro_rules! rows_affected {
    ($($feature:literal $result:path,)+) => {
        $(
            #[cfg(feature = $feature)]
            impl RowsAffected for $result {
                fn affected(&self) -> u64 {
                    self.rows_affected()
                }
            }
        )+
    };
}

rows_affected! {
    "postgres" sqlx::postgres::PgQueryResult,
    "mysql" sqlx::mysql::MySqlQueryResult,
    "sqlite" sqlx::sqlite::SqliteQueryResult,
}

/// How the answers to a text of several statements are taken.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    /// Each as it comes.
    Each,
    /// After the first few, as many as came in a millisecond. They come from a thread of this
    /// process, and for that one it takes longer to wake who waits than to execute a small
    /// statement.
    Gathered,
}

/// Answers that are taken one by one at any pace.
const FIRST: usize = 16;

/// The shortest time that tokio's timer knows.
const GATHERING: Duration = Duration::from_millis(1);

impl Pace {
    async fn next<S: Stream + Unpin>(self, items: &mut S, taken: usize) -> Option<S::Item> {
        match self {
            Pace::Gathered if taken >= FIRST => loop {
                // Not waited for, so that nobody need be woken.
                if let Some(item) = items.next().now_or_never() {
                    return item;
                }
                tokio::time::sleep(GATHERING).await;
            },
            _ => items.next().await,
        }
    }
}

/// Executes a text of several statements and reports each as it ends.
pub(super) async fn batch<DB>(
    connection: &mut DB::Connection,
    text: String,
    pace: Pace,
    sink: Sink<'_>,
) -> Result<(), sqlx::Error>
where
    DB: Database,
    DB::QueryResult: RowsAffected,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'r> String: Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    let mut items = sqlx::raw_sql(AssertSqlSafe(text)).fetch_many(connection);
    let mut taken = 0;
    while let Some(item) = pace.next(&mut items, taken).await {
        taken += 1;
        match item? {
            Either::Left(result) => sink(BatchItem::Done(result.affected())),
            Either::Right(row) => {
                // Rows of the user's own statements are of no interest; ours are markers.
                let is_marker = row.columns().first().is_some_and(|column| column.name() == MARKER);
                if is_marker && let Some(number) = number(text_value(&row, 0)?) {
                    let clock = text_value(&row, 1)?;
                    sink(BatchItem::Marker(number, self::number(clock)));
                }
            }
        }
    }
    Ok(())
}

/// Executes a query whose columns are all text.
pub(super) async fn rows<DB>(
    connection: &mut DB::Connection,
    text: String,
) -> Result<Vec<TextRow>, sqlx::Error>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'r> String: Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    let mut found = Vec::new();
    let mut items = sqlx::raw_sql(AssertSqlSafe(text)).fetch(connection);
    while let Some(row) = items.next().await {
        let row = row?;
        let values = (0..row.columns().len()).map(|index| text_value(&row, index));
        found.push(values.collect::<Result<_, _>>()?);
    }
    Ok(found)
}

fn text_value<R>(row: &R, index: usize) -> Result<Option<String>, sqlx::Error>
where
    R: Row,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    usize: ColumnIndex<R>,
{
    if index < row.columns().len() { row.try_get(index) } else { Ok(None) }
}

fn number<N: FromStr>(text: Option<String>) -> Option<N> {
    text?.parse().ok()
}
