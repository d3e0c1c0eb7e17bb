//! What is in a database, as lines that can be compared.

use std::collections::BTreeSet;

use migrate_core::database::Database;

/// Queries that give one text for each thing.
const POSTGRES: &str = "
SELECT 'column ' || c.oid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod)
    || CASE WHEN attnotnull THEN ' not null' ELSE '' END || ' ' || attidentity::text || attgenerated::text
    || coalesce(' default ' || nullif(regexp_replace(pg_get_expr(adbin, adrelid),
        '^NULL::.*|::(text|character varying)', '', 'g'), ''), '') || ' ' || c.relkind::text
FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum
WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'v', 'm', 'p', 'f') AND {own}
UNION ALL
SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(o.oid)
FROM pg_constraint o JOIN pg_class c ON c.oid = conrelid WHERE contype NOT IN ('n', 't') AND {own}
UNION ALL
SELECT 'index ' || pg_get_indexdef(c.oid) FROM pg_class c WHERE relkind IN ('i', 'I') AND {own}
UNION ALL
SELECT 'view ' || c.oid::regclass || ' ' || pg_get_viewdef(c.oid)
FROM pg_class c WHERE relkind IN ('v', 'm') AND {own}
UNION ALL
SELECT 'trigger ' || pg_get_triggerdef(t.oid) || ' ' || tgenabled::text
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND {own}
UNION ALL
SELECT 'rule ' || pg_get_ruledef(r.oid) FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class
WHERE rulename <> '_RETURN' AND {own}
UNION ALL
SELECT 'policy ' || polrelid::regclass || ' ' || polname || ' ' || polcmd::text
    || coalesce(' using ' || pg_get_expr(polqual, polrelid), '')
    || coalesce(' check ' || pg_get_expr(polwithcheck, polrelid), '')
FROM pg_policy p JOIN pg_class c ON c.oid = polrelid WHERE {own}
UNION ALL
SELECT 'security ' || c.oid::regclass || relrowsecurity || relforcerowsecurity
FROM pg_class c WHERE relkind IN ('r', 'p') AND {own}
UNION ALL
SELECT 'sequence ' || c.oid::regclass FROM pg_class c WHERE relkind = 'S' AND {own}
UNION ALL
SELECT 'label ' || enumtypid::regtype || ' ' || enumlabel || ' '
    || rank() OVER (PARTITION BY enumtypid ORDER BY enumsortorder)
FROM pg_enum e JOIN pg_type c ON c.oid = enumtypid WHERE {own_type}
UNION ALL
SELECT 'type ' || c.oid::regtype || ' ' || typtype::text FROM pg_type c
WHERE (typtype IN ('e', 'd', 'r') OR typtype = 'c' AND EXISTS (
    SELECT FROM pg_class r WHERE r.oid = typrelid AND relkind = 'c')) AND {own_type}
UNION ALL
SELECT 'schema ' || nspname FROM pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND NOT EXISTS (
    SELECT FROM pg_depend WHERE objid = pg_namespace.oid AND deptype = 'e')
UNION ALL
SELECT 'function ' || p.oid::regprocedure || ' ' || md5(coalesce(prosrc, '')) || prosecdef
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND NOT EXISTS (
    SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
UNION ALL
SELECT 'comment ' || objoid::regclass || ' ' || coalesce(attname, '') || ' ' || description
FROM pg_description JOIN pg_class c ON c.oid = objoid
LEFT JOIN pg_attribute a ON a.attrelid = objoid AND a.attnum = objsubid AND objsubid > 0
WHERE classoid = 'pg_class'::regclass AND {own}";

const OWN: &str = "relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace, \
     'information_schema'::regnamespace) AND relpersistence <> 't' AND NOT EXISTS (\
     SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')";

const OWN_TYPE: &str = "typnamespace NOT IN ('pg_catalog'::regnamespace, \
     'information_schema'::regnamespace) AND NOT EXISTS (\
     SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')";

const MYSQL: &str = "
SELECT CONCAT('column ', table_name, '.', column_name, ' ', column_type, ' ', is_nullable, ' ',
    COALESCE(column_default, '-'), ' ', extra, ' ', column_comment, ' ',
    COALESCE(generation_expression, '')) AS line
FROM information_schema.columns WHERE table_schema = DATABASE()
UNION ALL
SELECT CONCAT('index ', table_name, '.', index_name, ' ', seq_in_index, ' ',
    COALESCE(column_name, '-'), ' ', non_unique, ' ', index_type, ' ', COALESCE(sub_part, ''))
FROM information_schema.statistics WHERE table_schema = DATABASE()
UNION ALL
SELECT CONCAT('foreign key ', table_name, ' ', constraint_name, ' ', referenced_table_name, ' ',
    delete_rule, ' ', update_rule)
FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()
UNION ALL
SELECT CONCAT('key column ', table_name, ' ', constraint_name, ' ', column_name, ' ',
    COALESCE(referenced_column_name, '-'))
FROM information_schema.key_column_usage WHERE table_schema = DATABASE()
UNION ALL
SELECT CONCAT('view ', table_name, ' ', REPLACE(view_definition, DATABASE(), ''))
FROM information_schema.views WHERE table_schema = DATABASE()
UNION ALL
SELECT CONCAT('trigger ', trigger_name, ' ', action_timing, ' ', event_manipulation, ' ',
    event_object_table, ' ', action_statement)
FROM information_schema.triggers WHERE trigger_schema = DATABASE()
UNION ALL
SELECT CONCAT('routine ', routine_type, ' ', routine_name, ' ', routine_definition)
FROM information_schema.routines WHERE routine_schema = DATABASE()";

const SQLITE: &str = "
SELECT 'column ' || lower(s.name || '.' || c.name || ' ' || c.type) || c.'notnull' || ' '
    || coalesce(c.dflt_value, '-') || ' ' || c.pk || c.hidden
FROM sqlite_master s JOIN pragma_table_xinfo(s.name) c WHERE s.type = 'table'
    AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
UNION ALL
SELECT 'index ' || lower(s.name || ' ' || CASE i.origin WHEN 'c' THEN i.name ELSE '' END || i.'unique'
    || i.origin || i.partial || ' ' || coalesce(c.name, '-') || c.seqno)
FROM sqlite_master s JOIN pragma_index_list(s.name) i JOIN pragma_index_info(i.name) c
WHERE s.type = 'table'
UNION ALL
SELECT 'foreign key ' || lower(s.name || ' ' || f.'table' || ' ' || f.'from' || ' '
    || coalesce(f.'to', '-') || f.on_delete || f.on_update)
FROM sqlite_master s JOIN pragma_foreign_key_list(s.name) f WHERE s.type = 'table'
    AND EXISTS (SELECT 1 FROM sqlite_master t WHERE lower(t.name) = lower(f.'table'))
UNION ALL
SELECT lower(type || ' ' || name || ' ' || tbl_name) FROM sqlite_master WHERE type IN ('view', 'trigger')";

/// The query whose rows describe a database of the kind, one thing each.
pub fn query(database: Database) -> String {
    match database {
        Database::Postgres => POSTGRES.replace("{own}", OWN).replace("{own_type}", OWN_TYPE),
        Database::Mysql => MYSQL.to_owned(),
        Database::Sqlite => SQLITE.to_owned(),
    }
}

/// What only one of two databases has, each line marked with the side.
pub fn difference(have: &BTreeSet<String>, want: &BTreeSet<String>) -> Vec<String> {
    let extra = have.difference(want).map(|line| format!("+ {line}"));
    let missing = want.difference(have).map(|line| format!("- {line}"));
    missing.chain(extra).collect()
}
