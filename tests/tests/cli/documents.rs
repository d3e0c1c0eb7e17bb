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
    for arguments in [
        "init",
        "new --from SELECT comets",
        "lock --draft",
        "lock --verify",
        "lock",
        "check",
        "check --policy",
        "check --explain M304",
        "plan",
        "run",
        "status",
        "log",
        "run --to 9",
    ] {
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

#[test]
fn every_setting_is_documented() {
    let text = document("settings.md");
    let project = sealed();
    let package =
        |line: &str| format!("[package]\nname = \"app\"\n[package.metadata.migrate]\n{line}\n");
    project.write("Cargo.toml", package("nothing = 1"));
    // The error names every key there is.
    let said = project.run(["check"]).stderr;
    let keys = said.split_once("expected one of ").expect("an unknown key is an error").1;
    for key in keys.split('`').skip(1).step_by(2) {
        assert!(text.contains(&format!("`{key}`")), "docs/settings.md lacks `{key}`");
    }
    project.write("migrations/0003_comets.sql", "-- migrate: nothing=1\n");
    let said = command(&project, "check").stderr;
    let known = said.split_once("known are ").expect("so is an unknown directive").1;
    let known = known.lines().next().expect("the rest of the line");
    for key in known.split('`').skip(1).step_by(2) {
        assert!(text.contains(&format!("`{key}")), "docs/settings.md lacks `{key}`");
    }
}
