//! How long a text of others may be looked at. What looks at it goes through it once, whatever it is made of, so this is a net: where that
//! were not so for some text, whoever asked would wait for ever, and with it every capture that comes after.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::Builder;
use std::time::Duration;

/// The limit. The extension waits 20 seconds for an answer, in which a reply may be tried twice.
/// A build for debugging reads ten times as slowly.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 90 } else { 9 });
/// The stack of a reading, in bytes: as large as that of a program's first thread.
const STACK: usize = 8 << 20;
/// So many readings may go on that nobody waits for any longer; beyond that nothing is read until one of them ends.
const LEFT_MAX: usize = 2;

/// Has work done, and does not wait for it for ever.
#[derive(Debug)]
pub(super) struct Patience {
    limit: Duration,
    /// Everybody who still works holds it.
    left: Arc<()>,
}

impl Default for Patience {
    fn default() -> Self {
        Self::new(LIMIT)
    }
}

impl Patience {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, left: Arc::new(()) }
    }

    /// What comes of this work; nothing where it does not end in time, breaks, or cannot be begun. No thread can be ended from outside: one
    /// that takes too long goes on beside everything else until it is done, and what comes of it is dropped.
    pub(super) fn wait<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let working = Arc::clone(&self.left);
        if Arc::strong_count(&self.left) > LEFT_MAX + 1 {
            return None;
        }
        let (send, heard) = sync_channel(1);
        let thread = Builder::new().stack_size(STACK).spawn(move || {
            let done = work();
            drop(working);
            // Nobody may wait for it any longer.
            let _ = send.send(done);
        });
        thread.ok()?;
        heard.recv_timeout(self.limit).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn what_does_not_end_is_left_behind_and_so_is_what_breaks() {
        let mut patience = Patience::new(Duration::from_secs(60));
        assert_eq!(patience.wait(|| 7), Some(7));
        assert_eq!(patience.wait(|| std::panic::resume_unwind(Box::new("broken"))), None::<u8>);
        let (ends, waits): (Vec<_>, Vec<_>) = (0..LEFT_MAX).map(|_| channel::<()>()).unzip();
        patience.limit = Duration::from_millis(20);
        for wait in waits {
            assert_eq!(patience.wait(move || wait.recv().is_ok()), None);
        }
        // Those go on; the next is not begun, whatever it is, until one of them ends.
        patience.limit = Duration::from_secs(60);
        assert_eq!(patience.wait(|| 7), None);
        drop(ends);
        while Arc::strong_count(&patience.left) > 1 {
            std::thread::yield_now();
        }
        assert_eq!(patience.wait(|| 7), Some(7));
    }
}
