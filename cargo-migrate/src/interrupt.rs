//! Waiting for other processes, until Ctrl-C.

use std::time::Duration;

use tokio::runtime::Builder;

use crate::error::CommandError;

/// How long a process that got the signal as well has to end, so that it can be said how.
const GRACE: Duration = Duration::from_secs(1);

/// Does work on a thread of its own; `None` where Ctrl-C came before its end.
///
/// Whoever once waited for the signal with tokio is not ended by it any more. What the work waits
/// for is left alone then: it ends with this process, or does no harm.
pub(crate) fn until_interrupted<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, CommandError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| CommandError::Internal(format!("cannot start: {error}")))?;
    let ended = runtime.block_on(async {
        let mut working = tokio::task::spawn_blocking(work);
        tokio::select! {
            ended = &mut working => Some(ended),
            Ok(()) = tokio::signal::ctrl_c() => {
                tokio::time::timeout(GRACE, &mut working).await.ok()
            }
        }
    });
    runtime.shutdown_background();
    match ended {
        Some(Ok(done)) => Ok(Some(done)),
        Some(Err(failed)) => std::panic::resume_unwind(failed.into_panic()),
        None => Ok(None),
    }
}
