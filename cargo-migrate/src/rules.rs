//! Rules by their names, as manifests and arguments give them.

use std::collections::BTreeSet;

use migrate_core::database::Database;
use migrate_core::diagnostics::Code;
use migrate_core::replay::databases_of_rule;
use migrate_core::settings::Rules;

use crate::error::CommandError;

/// Returns the rules of these names.
///
/// # Errors
/// A message that lists the rules, or that names the one that lacks the tenant column.
pub(crate) fn named(names: &[String], tenant_column: Option<String>) -> Result<Rules, String> {
    let on: BTreeSet<Code> = names.iter().map(|name| rule(name)).collect::<Result<_, _>>()?;
    if on.contains(&Code::M601) && tenant_column.as_deref().is_none_or(str::is_empty) {
        return Err(format!(
            "`{}` needs the name of the tenant column, such as `account_id`: \
             `tenant-column` in Cargo.toml, `--tenant-column` on the command line",
            Code::M601.slug()
        ));
    }
    Ok(Rules { on, tenant_column })
}

fn rule(name: &str) -> Result<Code, String> {
    let all = Code::ALL.iter().filter(|code| code.is_rule());
    let known = || all.map(|code| format!("`{}`", code.slug())).collect::<Vec<_>>().join(", ");
    Code::rule(name).ok_or_else(|| format!("`{name}` is no rule; known are {}", known()))
}

/// Refuses rules that mean nothing on the server: whoever switched one on relies on it.
pub(crate) fn must_fit(rules: &Rules, database: Database) -> Result<(), CommandError> {
    let Some(code) = rules.on.iter().find(|code| !databases_of_rule(**code).contains(&database))
    else {
        return Ok(());
    };
    let servers: Vec<_> = databases_of_rule(*code).iter().map(|one| one.name()).collect();
    let message = format!("the rule `{}` means nothing on {database}", code.slug());
    Err(CommandError::usage(message).help(format!("it is for {}", servers.join(" and "))))
}
