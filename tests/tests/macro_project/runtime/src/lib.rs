pub use migrate_macros::embed_migrations;
pub struct Db(());
pub type Error = Box<dyn std::error::Error + Send + Sync>;
pub type Result<T, E = Error> = std::result::Result<T, E>;
impl Db { pub async fn execute(&mut self, _sql: &str) -> Result<u64> { Ok(0) } }
pub struct Migrations { pub files: &'static [(&'static str, &'static str)], pub lock: &'static str, pub rust: &'static [__macro_support::RustMigration], pub folder: &'static str }
#[doc(hidden)]
pub mod __macro_support {
    use std::{future::Future, pin::Pin};
    pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
    pub type StepFn = for<'a> fn(&'a mut crate::Db) -> BoxFuture<'a, crate::Result<()>>;
    pub struct RustMigration { pub path: &'static str, pub upgrade: StepFn, pub downgrade: Option<StepFn> }
    pub const fn migrations(files: &'static [(&'static str, &'static str)], lock: &'static str, rust: &'static [RustMigration], folder: &'static str) -> crate::Migrations { crate::Migrations { files, lock, rust, folder } }
    pub const fn broken() -> crate::Migrations { crate::Migrations { files: &[], lock: "", rust: &[], folder: "" } }
}
