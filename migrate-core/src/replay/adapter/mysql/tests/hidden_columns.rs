//! Indexes end with the columns of the primary key, which foreign keys may refer to. Every case was
//! run on a `MariaDB`; a `MySQL` that asks for unique keys refuses them all.

use super::{accepted, refused};

const TABLE: &str = "CREATE TABLE p (a int, b int NOT NULL, c int NOT NULL, d int, e int,
    PRIMARY KEY (b, c), KEY by_a (a), KEY by_d (c, d));";

fn referring(columns: &str) -> String {
    let own = &"x, y, z"[..columns.len()];
    format!("CREATE TABLE f (x int, y int, z int, FOREIGN KEY ({own}) REFERENCES p ({columns}))")
}

#[test]
fn an_index_goes_on_with_the_primary_key() {
    for columns in ["a, b", "a, b, c", "c, d, b"] {
        accepted(&[TABLE, &referring(columns)]);
    }
    for columns in ["a, c", "a, d", "e, b"] {
        let message = format!("`p` has no unique key over `{columns}` to refer to");
        refused(&[TABLE, &referring(columns)], &message);
    }
}

#[test]
fn without_one_it_goes_on_with_a_unique_key() {
    let table = "CREATE TABLE p (a int, b int NOT NULL, c int, UNIQUE (b), KEY (a));";
    accepted(&[table, &referring("a, b")]);
    refused(&[table, &referring("a, c")], "`p` has no unique key over `a, c` to refer to");
}
