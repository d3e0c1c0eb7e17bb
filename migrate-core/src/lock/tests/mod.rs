//! The lock file as commands and macro use it: from a folder, to a folder.

mod comparing;
mod merging;
mod reading;
mod updating;

use crate::testing::File;

/// Two versioned files and a repeatable one.
const FILES: [File<'static>; 3] =
    [("1_a.sql", "-- a\nSELECT 1;"), ("2_b.sql", "SELECT 2;"), ("repeatable/v.sql", "SELECT 3;")];
