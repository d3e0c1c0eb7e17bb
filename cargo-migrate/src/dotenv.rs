//! Variables of the nearest `.env` file, for what the environment does not set.

use std::path::Path;

use crate::error::CommandError;

/// Returns a variable of the first `.env` file in `directory` or above it.
pub(crate) fn variable(directory: &Path, name: &str) -> Result<Option<String>, CommandError> {
    let Some(path) = directory.ancestors().map(|up| up.join(".env")).find(|path| path.is_file())
    else {
        return Ok(None);
    };
    let failed = |error: dotenvy::Error| {
        // The error's own text quotes the line, which may hold a password.
        let reason = match error {
            dotenvy::Error::LineParse(_, index) => {
                format!("it cannot be read from character {index} of a line on")
            }
            dotenvy::Error::Io(error) => error.to_string(),
            _ => "it cannot be read".to_owned(),
        };
        CommandError::usage(format!("`{}`: {reason}", path.display()))
    };
    for pair in dotenvy::from_path_iter(&path).map_err(failed)? {
        let (key, value) = pair.map_err(failed)?;
        if key == name && !value.is_empty() {
            return Ok(Some(value));
        }
    }
    Ok(None)
}
