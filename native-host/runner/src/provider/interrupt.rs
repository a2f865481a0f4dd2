//! Ctrl-C while a command runs. The command has a process group of its own, so that all it started can be ended with it; the
//! terminal therefore does not tell it, and we have to. Without a running command, signals do what they always do.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// What the handlers share. They are put in place once and stay: there is no way back to none.
struct Handlers {
    idle: Arc<AtomicBool>,
    caught: Arc<AtomicUsize>,
}

static HANDLERS: OnceLock<Handlers> = OnceLock::new();

/// As long as this lives, a signal to end is kept instead of followed.
pub(super) struct Held(&'static Handlers);

impl Held {
    /// From now on. Where a handler cannot be put in place, its signal ends this process as ever.
    pub(super) fn begin() -> Self {
        let handlers = HANDLERS.get_or_init(|| {
            let (idle, caught) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
            for signal in [SIGHUP, SIGINT, SIGTERM] {
                let _ = flag::register_conditional_default(signal, Arc::clone(&idle))
                    .and_then(|_| flag::register_usize(signal, Arc::clone(&caught), signal.unsigned_abs() as usize));
            }
            Handlers { idle, caught }
        });
        handlers.idle.store(false, Ordering::SeqCst);
        Self(handlers)
    }

    /// The signal that came.
    pub(super) fn caught(&self) -> Option<i32> {
        i32::try_from(self.0.caught.load(Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.idle.store(true, Ordering::SeqCst);
    }
}

/// Ends this process as the signal would have.
pub(super) fn follow(signal: i32) {
    // It returns only for signals that do not end a process, which none of ours is.
    let _ = low_level::emulate_default_handler(signal);
}
