//! What the runtime does to real databases: one list of scenarios, one thin file per server.
//!
//! A database test without its server fails and says how to get one: `bash tests/run`.

mod mysql;
mod postgres;
mod scenarios;
mod sqlite;
mod world;

/// Makes a test of each scenario that holds on every server.
macro_rules! on_every_server {
    ($kind:expr) => {
        crate::scenarios_of! { $kind;
            apply: a_fresh_database_gets_everything;
            apply: nothing_to_do_changes_nothing;
            apply: a_failed_statement_says_where_and_leaves_what_it_must;
            apply: a_half_applied_migration_goes_on_after_the_correction;
            apply: a_failure_in_a_group_keeps_what_came_before;
            apply: a_run_that_is_one_transaction_keeps_nothing;
            apply: only_and_to_choose_what_is_applied;
            rollback: the_last_migration_is_rolled_back;
            rollback: everything_after_a_version_is_rolled_back;
            rollback: everything_is_rolled_back_and_applied_again;
            rollback: the_stored_downgrade_is_used_when_the_file_is_gone;
            rollback: a_downgrade_that_fails_says_where;
            rollback: what_is_irreversible_is_refused_before_anything_is_undone;
            rollback: redo_runs_both_halves;
            rollback: redo_goes_no_further_than_it_went_back;
            rollback: redo_undoes_nothing_that_it_could_not_apply_again;
            history: a_row_that_was_edited_by_hand_is_refused;
            history: a_row_that_was_inserted_by_hand_is_refused;
            history: a_row_that_was_deleted_by_hand_is_refused;
            history: a_newer_set_is_tolerated_and_a_hole_is_refused;
            history: an_edited_migration_is_refused_and_a_reformatted_one_is_not;
            history: a_migration_out_of_order_is_applied_when_the_policy_says_so;
            history: the_state_of_every_migration_is_told;
            locking: two_runs_at_once_apply_everything_once;
            locking: many_starters_wait_for_one_another;
            locking: a_lock_held_for_too_long_is_an_error;
            locking: a_run_that_was_cut_off_leaves_a_usable_connection;
            locking: a_pool_of_one_connection_gets_it_back;
            locking: a_failed_run_gives_the_connection_back;
            repeatable: repeatables_run_when_they_or_the_schema_changed;
            repeatable: a_repeatable_that_fails_is_run_again;
            settings: two_sets_share_a_database;
            settings: the_history_table_has_the_name_it_is_given;
            settings: quotes_and_other_letters_do_no_harm;
            rust: a_rust_migration_is_applied_and_rolled_back;
            rust: a_rust_migration_that_fails_is_told_and_run_again;
            rust: a_rust_migration_that_panics_is_one_that_fails;
        }
    };
}

/// Makes a test of each scenario on one server.
macro_rules! scenarios_of {
    ($kind:expr; $($group:ident: $name:ident;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                crate::scenarios::$group::$name(crate::world::World::new($kind)).await;
            }
        )+
    };
}

use {on_every_server, scenarios_of};
