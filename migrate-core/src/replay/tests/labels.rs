//! Labels of PL/pgSQL blocks: what is taken and what is refused was seen on a Postgres 15.

use super::both_sides::{Case, check_sides};

const CASES: &[Case] = &[Case {
    before: "CREATE TABLE users (id int); CREATE TABLE b (id int)",
    taken: &[
        "DO $$ <<blk>> DECLARE id int := 1; BEGIN PERFORM 1 FROM users WHERE users.id = blk.id; END $$;",
        "DO $$ <<o>> DECLARE id int := 1; BEGIN <<i>> DECLARE id int := 2; BEGIN INSERT INTO users SELECT o.id + i.id; UPDATE users SET id = o.id WHERE users.id = i.id; END; END $$;",
        "DO $$ DECLARE n int; BEGIN <<l>> FOR i IN 1..2 LOOP INSERT INTO users VALUES (l.i); n := l.i; EXIT l WHEN l.i = 2; END LOOP l; END $$;",
        "DO $$ <<b>> DECLARE x int := 1; BEGIN PERFORM b.x FROM b; END $$;",
        "DO $$ <<b>> DECLARE q text := 'SELECT * FROM nope'; BEGIN b.q := 'SELECT 1'; EXECUTE b.q; EXECUTE q; SELECT 'SELECT 2' INTO b.q; EXECUTE q; END $$;",
        "DO $$ <<blk>> DECLARE r record; BEGIN SELECT 1 AS x INTO blk.r; PERFORM blk.r.x, r.x FROM users; END $$;",
    ],
    refused: &[
        "DO $$ <<blk>> DECLARE id int; BEGIN PERFORM blk.nope FROM users; END $$;",
        "DO $$ <<blk>> DECLARE id int; BEGIN PERFORM other.id FROM users; END $$;",
        "DO $$ BEGIN <<blk>> DECLARE id int; BEGIN NULL; END; PERFORM blk.id FROM users; END $$;",
        "DO $$ <<\"Blk\">> DECLARE id int; BEGIN PERFORM \"Blk\".id FROM users; PERFORM blk FROM users; END $$;",
    ],
}];

#[test]
fn labels_stand_before_variables_of_their_blocks() {
    check_sides(CASES);
}
