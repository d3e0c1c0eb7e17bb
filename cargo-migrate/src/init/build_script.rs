//! The line that makes cargo look at the folder: a macro cannot notice a new file itself.

use std::fs;

use crate::context::Context;
use crate::error::CommandError;
use crate::package::Package;

/// Writes the build script, or says what to add to the one that is there.
pub(crate) fn write(
    context: &Context,
    package: &Package,
    folder: &str,
) -> Result<String, CommandError> {
    let line = format!("println!(\"cargo::rerun-if-changed={folder}\");");
    let Some(path) = &package.build_script else {
        let manifest = context.shown(&package.manifest);
        return Ok(format!(
            "{manifest} says `build = false`: a build script with this line would notice new migrations:\n    \
             {line}"
        ));
    };
    let shown = context.shown(path);
    match fs::read_to_string(path) {
        Ok(text) if watches(&text, folder) => Ok(format!("{shown} watches {folder} already")),
        Ok(_) => Ok(format!(
            "add this line to `main` of {shown}, so that new migrations are noticed:\n    {line}"
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let text = format!(
                "//! Written by `cargo migrate init`: a new migration makes cargo build again.\n\n\
                 fn main() {{\n    {line}\n}}\n"
            );
            fs::write(path, text).map_err(|error| CommandError::write(path, error))?;
            Ok(format!("created {shown}"))
        }
        Err(error) => Err(CommandError::read(path, error)),
    }
}

fn watches(text: &str, folder: &str) -> bool {
    ["cargo::", "cargo:"].iter().any(|prefix| {
        text.match_indices(&format!("{prefix}rerun-if-changed={folder}")).any(|(at, found)| {
            !text[at + found.len()..]
                .starts_with(|c: char| c.is_alphanumeric() || "/_-".contains(c))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_found_in_both_forms() {
        assert!(watches("println!(\"cargo::rerun-if-changed=migrations\");", "migrations"));
        assert!(watches("println!(\"cargo:rerun-if-changed=migrations\");", "migrations"));
        assert!(!watches("println!(\"cargo::rerun-if-changed=migrations_old\");", "migrations"));
        assert!(!watches("", "migrations"));
    }
}
