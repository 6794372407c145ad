//! The time limit: a thread that raises the flag of a running query when its time is over.

use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::time::Duration;

use crate::diagnostic::Error;
use crate::diagnostic::Interrupt;

/// Whether a query is over, and the bell that says so.
type Bell = (Mutex<bool>, Condvar);

/// Stops a query when its time is over; dropping it ends the watch.
pub(super) struct Timer {
    watch: Option<(Arc<Bell>, std::thread::JoinHandle<()>)>,
}

impl Timer {
    /// Watches for so many milliseconds; 0 watches nothing.
    ///
    /// Errors: the system gives kin no thread, so that nothing would end the query.
    pub(super) fn start(milliseconds: u64, interrupt: &Interrupt) -> Result<Timer, Error> {
        if milliseconds == 0 {
            return Ok(Timer { watch: None });
        }
        let is_over = Arc::new((Mutex::new(false), Condvar::new()));
        let (watched, interrupt) = (Arc::clone(&is_over), interrupt.clone());
        let thread = std::thread::Builder::new().spawn(move || {
            let (is_over, bell) = &*watched;
            let Ok(guard) = is_over.lock() else { return };
            let wait = Duration::from_millis(milliseconds);
            let waited = bell.wait_timeout_while(guard, wait, |is_over| !*is_over);
            if waited.is_ok_and(|(_, waited)| waited.timed_out()) {
                interrupt.run_out();
            }
        });
        let failed = |error| {
            let message = format!("the time cannot be limited, as there is no thread: {error}");
            let hint = "do without: `--limit time=0` or `:set time 0`";
            Error::Usage(message, Some(hint.to_owned()))
        };
        Ok(Timer {
            watch: Some((is_over, thread.map_err(failed)?)),
        })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let Some((watched, thread)) = self.watch.take() else {
            return;
        };
        let (is_over, bell) = &*watched;
        if let Ok(mut is_over) = is_over.lock() {
            *is_over = true;
        }
        bell.notify_all();
        let _ = thread.join();
    }
}
