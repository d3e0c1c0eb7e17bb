//! What goes with something that is dropped with `CASCADE`.
//!
//! `PostgreSQL` 15 took and refused these.

use super::both_sides::{Case, check_sides};

const CASES: &[Case] = &[
    // Extensions lie in schemas.
    Case {
        before: "CREATE SCHEMA ext; CREATE SCHEMA other; CREATE EXTENSION hstore SCHEMA ext; CREATE TABLE t (h ext.hstore, a int);",
        taken: &[
            "DROP SCHEMA ext CASCADE; CREATE EXTENSION hstore; ALTER TABLE t ADD h hstore",
            "ALTER EXTENSION hstore SET SCHEMA other; DROP SCHEMA other CASCADE; CREATE EXTENSION hstore",
            "ALTER SCHEMA ext RENAME TO e; DROP SCHEMA e CASCADE; CREATE EXTENSION hstore",
            "CREATE EXTENSION pgcrypto; DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION pgcrypto",
            "SET search_path = other; CREATE EXTENSION pgcrypto; DROP SCHEMA other CASCADE; CREATE SCHEMA other; CREATE EXTENSION pgcrypto",
        ],
        refused: &[
            "DROP SCHEMA other CASCADE; CREATE EXTENSION hstore",
            "DROP SCHEMA other CASCADE; ALTER TABLE t ADD h int",
            "ALTER EXTENSION hstore SET SCHEMA public; DROP SCHEMA ext CASCADE; CREATE EXTENSION hstore",
            "DROP SCHEMA ext CASCADE; CREATE TABLE u (h hstore)",
        ],
    },
];

#[test]
fn what_needs_what_is_dropped_goes_along() {
    check_sides(CASES);
}
