//! Domains and composite types: what is refused and what is taken was seen on a Postgres 15.

use super::check;

const DOMAIN: &str = "CREATE DOMAIN d AS int CONSTRAINT x CHECK (value > 0);";

#[test]
fn constraints_of_domains_have_names_of_their_own() {
    check(
        &[
            DOMAIN,
            "ALTER DOMAIN d ADD CONSTRAINT x CHECK (value > 1);
ALTER DOMAIN d DROP CONSTRAINT y;
ALTER DOMAIN d VALIDATE CONSTRAINT y;
ALTER DOMAIN d RENAME CONSTRAINT y TO z;",
        ],
        &[
            "2:1:31 M408 `d` already has a constraint `x`",
            "2:2:32 M409 `d` has no constraint `y`",
            "2:3:36 M409 `d` has no constraint `y`",
            "2:4:34 M409 `d` has no constraint `y`",
        ],
    );
    check(
        &["CREATE DOMAIN d AS int CONSTRAINT x CHECK (value > 0) CONSTRAINT x CHECK (value > 1);"],
        &["1:1:66 M408 `d` already has a constraint `x`"],
    );
    check(
        &[
            DOMAIN,
            "ALTER DOMAIN d ADD CONSTRAINT y CHECK (value > 5) NOT VALID;
           ALTER DOMAIN d VALIDATE CONSTRAINT y; ALTER DOMAIN d RENAME CONSTRAINT x TO y;",
        ],
        &["2:2:88 M408 `d` already has a constraint `y`"],
    );
    check(
        &[DOMAIN, "ALTER DOMAIN d RENAME CONSTRAINT x TO y; ALTER DOMAIN d DROP CONSTRAINT y;
           ALTER DOMAIN d DROP CONSTRAINT IF EXISTS y; ALTER DOMAIN d ADD CONSTRAINT y CHECK (value > 1);"],
        &[],
    );
    // The server makes up names.
    check(
        &["CREATE DOMAIN d AS int CHECK (value > 0); ALTER DOMAIN d ADD CHECK (value > 3);
           ALTER DOMAIN d DROP CONSTRAINT d_check; ALTER DOMAIN d DROP CONSTRAINT d_check1;"],
        &[],
    );
}

#[test]
fn a_domain_is_created_once() {
    check(
        &[DOMAIN, "CREATE DOMAIN d AS text;", "CREATE TYPE d AS ENUM ('a');"],
        &["2:1:15 M408 there is already a type `d`", "3:1:13 M408 there is already a type `d`"],
    );
    check(&["CREATE TYPE d; CREATE DOMAIN d AS int; DROP TYPE d; CREATE DOMAIN d AS text;"], &[]);
}

#[test]
fn fields_have_names_of_their_own() {
    let both = "CREATE TYPE c AS (a int, b int);";
    check(
        &[both, "ALTER TYPE c ADD ATTRIBUTE a int; ALTER TYPE c RENAME ATTRIBUTE a TO b;
ALTER TYPE c ALTER ATTRIBUTE x TYPE text; ALTER TYPE c DROP ATTRIBUTE x; ALTER TYPE c DROP ATTRIBUTE IF EXISTS x;"],
        &[
            "2:1:28 M407 `c` already has a field `a`",
            "2:1:70 M407 `c` already has a field `b`",
            "2:2:30 M403 `c` has no field `x`",
            "2:2:71 M403 `c` has no field `x`",
        ],
    );
    check(&["CREATE TYPE c AS (a int, a int);"], &["1:1:26 M407 there are two fields `a`"]);
    check(
        &[both, "CREATE TABLE t (x c); ALTER TYPE c ALTER ATTRIBUTE a TYPE text;"],
        &["2:1:52 M410 column `t.x` is of type `c`, whose fields keep their types"],
    );
    check(
        &[both, "CREATE TABLE t (x c); ALTER TYPE c ADD ATTRIBUTE z text; ALTER TYPE c DROP ATTRIBUTE z;
           ALTER TYPE c RENAME ATTRIBUTE a TO q; DROP TABLE t; ALTER TYPE c ALTER ATTRIBUTE q TYPE text;"],
        &[],
    );
}

#[test]
fn what_is_done_to_a_type_fits_its_kind() {
    check(
        &["CREATE TYPE e AS ENUM ('a'); CREATE TYPE c AS (a int); CREATE DOMAIN d AS int;
ALTER DOMAIN e ADD CHECK (value > 1); ALTER TYPE e ADD ATTRIBUTE z text;
ALTER TYPE d ADD VALUE 'x'; ALTER TYPE c ADD VALUE 'x';"],
        &[
            "1:2:14 M409 `e` is an enum, not a domain",
            "1:2:50 M409 `e` is an enum, not a composite type",
            "1:3:12 M409 `d` is a domain, not an enum",
            "1:3:40 M409 `c` is a composite type, not an enum",
        ],
    );
}
