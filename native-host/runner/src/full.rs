//! A limit on the size of files, such as `ulimit -f` sets one. The system sends a signal to a program that meets it, which ends one that
//! does not expect it, without a word. Ours keeps the signal, and so the writing fails, as it does on a disk that is full.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Set by the signal, and never taken back.
static MET: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on the limit ends this program no more. What it starts is not changed by that.
pub(crate) fn expect() {
    let met = MET.get_or_init(Arc::default);
    // Where the signal cannot be kept, it ends this process as ever.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::clone(met));
    #[cfg(not(unix))]
    let _ = met;
}

/// Whether the limit was met.
#[must_use]
pub(crate) fn is_met() -> bool {
    MET.get().is_some_and(|met| met.load(Ordering::SeqCst))
}
