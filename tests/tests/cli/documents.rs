//! What is documented is what is there.

use migrate_tests::command::workspace_root;

use crate::support::{command, json, sealed};

fn document(name: &str) -> String {
    std::fs::read_to_string(workspace_root().join("docs").join(name)).expect("it is there")
}

/// Expects every key of a value, however deep, to stand in the document.
fn is_documented(value: &serde_json::Value, text: &str) {
    match value {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                assert!(text.contains(&format!("`{key}`")), "docs/json.md lacks `{key}`");
                is_documented(value, text);
            }
        }
        serde_json::Value::Array(values) => {
            for value in values {
                is_documented(value, text);
            }
        }
        _ => {}
    }
}

#[test]
fn every_key_is_documented() {
    let text = document("json.md");
    let project = sealed();
    project.write("migrations/repeatable/worlds.sql", "SELECT 1;\n");
    for arguments in ["check", "check --policy", "plan", "run", "status", "log", "run --to 9"] {
        is_documented(&json(&project, arguments), &text);
    }
    project.write("migrations/notes.txt", "");
    is_documented(&json(&project, "check"), &text);
}

#[test]
fn exit_codes_that_happen_are_documented() {
    let text = document("exit-codes.md");
    let project = sealed();
    for arguments in ["run", "rollback", "run --url sqlite:no/such/app.db", "check --explain M1"] {
        let code = command(&project, arguments).code.expect("no signal ended it");
        assert!(text.contains(&format!("\n| {code} | ")), "{arguments} ended with {code}");
    }
}
