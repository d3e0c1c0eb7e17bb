//! Who runs migrations: what the event log keeps beside the database user.

/// Returns program, process, user and host, as far as the environment tells.
pub(crate) fn description() -> String {
    let program = std::env::current_exe().ok();
    let program = program.as_deref().and_then(std::path::Path::file_stem);
    let program = program.map_or("unknown".into(), std::ffi::OsStr::to_string_lossy).into_owned();
    let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let host = std::env::var("HOSTNAME").ok().or_else(|| {
        let file = std::fs::read_to_string("/etc/hostname").ok()?;
        Some(file.trim().to_owned())
    });
    let mut text = format!("{program} {}", std::process::id());
    if let Some(user) = user {
        text.push_str(" by ");
        text.push_str(&user);
    }
    if let Some(host) = host.filter(|host| !host.is_empty()) {
        text.push_str(" on ");
        text.push_str(&host);
    }
    text
}
