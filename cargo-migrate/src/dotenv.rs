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
    let text = std::fs::read_to_string(&path).map_err(|error| failed(dotenvy::Error::Io(error)))?;
    // Editors of Windows write a byte-order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    for pair in dotenvy::from_read_iter(text.as_bytes()) {
        let (key, value) = pair.map_err(failed)?;
        if key == name && !value.is_empty() {
            return Ok(Some(value));
        }
    }
    Ok(None)
}
