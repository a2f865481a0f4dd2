//! Faults of the program itself. Where one is met, what was asked for is refused by name, and whoever waits is answered; a program that
//! serves others lives on.

use prompt_runner_core::refusal::{Code, Refusal};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

static QUIET: Once = Once::new();

thread_local! {
    /// Whether this thread is at work that is caught, and where the last fault in it was met.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
}

/// Does the work; a fault of the program in it becomes a refusal. What it says may hold words of a chat, so only its place is told. What
/// the work had in its hands is good for nothing afterwards.
///
/// # Errors
/// What the work refuses, or `program.fault`.
pub fn caught<T>(work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    QUIET.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |met| match CAUGHT.get() {
            true => PLACE.set(met.location().map(|at| format!("{}:{}", at.file(), at.line()))),
            false => others(met),
        }));
    });
    let around = CAUGHT.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(around);
    outcome.unwrap_or_else(|_| {
        let place = PLACE.take().unwrap_or_else(|| "a place that is not known".to_owned());
        Err(Refusal::new(Code::ProgramFault, format!("The program has a fault, which was met at {place}.")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_a_refusal_with_its_place_and_without_its_words() {
        let empty: [u8; 0] = [];
        for _ in 0..2 {
            let met = caught(|| Ok(empty[std::hint::black_box(0)])).unwrap_err();
            assert_eq!(met.code, Code::ProgramFault);
            assert!(met.message.contains("fault.rs:") && !met.message.contains("index"), "{met}");
            assert_eq!(caught(|| Ok(1)), Ok(1));
        }
        let refused = Refusal::new(Code::SessionNone, "None.");
        assert_eq!(caught(|| Err::<(), _>(refused.clone())), Err(refused));
    }
}
