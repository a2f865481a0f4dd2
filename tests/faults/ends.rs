//! R13: a browser that goes away closes our input, at any moment. The host ends by itself in time, and what it has acknowledged is there.

use crate::account::{Account, Scale};
use crate::answer::{self, Fault};
use crate::port::Port;
use crate::record::{self, count};
use crate::seed::Dice;
use serde_json::json;
use std::time::Duration;

/// A browser waits so long before it kills.
const BROWSER: Duration = Duration::from_secs(2);
const PROMISED: Duration = Duration::from_millis(500);

pub(crate) fn hung_up(scale: Scale) -> Account {
    let rounds = scale.of(10, 100, 500);
    let mut account = Account { unit: "ends", promised: 500, lost: Some(0), doubled: Some(0), ..Account::default() };
    let home = tempfile::tempdir().unwrap();
    let mut dice = Dice::new(13);
    let mut times = Vec::new();
    let mut unheard = 0;
    for round in 0..rounds {
        let mut port = Port::open(home.path());
        let start = port.ask(&json!({ "type": "start", "feature": "Dark mode" }));
        let session = start["view"]["session"].as_str().unwrap().to_owned();
        let prompt = port.ask(&json!({ "type": "prompt", "session": session }));
        let body = "A line of an answer.\n".repeat(usize::try_from(dice.roll(4_000)).unwrap());
        let text = answer::markdown(prompt["text"].as_str().unwrap(), &body, Fault::None);
        let body = json!({ "format": "markdown", "content": text });
        // Up to three requests are on their way when the input ends; the answers are read only afterwards.
        let captures = dice.roll(4);
        let ids: Vec<_> = (0..captures)
            .map(|at| port.send(&json!({ "type": "capture", "capture": format!("c{at}"), "session": session, "source": "page", "body": body })))
            .collect();
        port.hang_up();
        let ended = port.wait();
        account.hold(ended.status.success(), || format!("round {round}: {}", ended.stderr));
        account
            .hold(ended.after < BROWSER, || format!("round {round}: it took {:?}, and a browser kills", ended.after));
        times.push(ended.after);
        let mut acknowledged = 0;
        let mut heard = 0;
        while let Some(message) = port.message() {
            if ids.iter().any(|id| message["id"] == *id) {
                heard += 1;
                acknowledged += u32::from(message["reply"]["type"] == "captured");
            }
        }
        unheard += ids.len() - heard;
        let stored = count(
            home.path(),
            &format!("SELECT count(*) FROM event WHERE session = '{session}' AND kind = 'reply_captured'"),
        );
        *account.lost.get_or_insert_default() += u64::from(acknowledged > 0 && stored == 0);
        *account.doubled.get_or_insert_default() += u64::from(stored > 1);
        account.ran += 1;
    }
    account.hold(unheard == 0, || format!("{unheard} requests that came before the end were not answered"));
    account.wrong.extend(record::flaws(home.path()));
    times.sort_unstable();
    let late = times.iter().filter(|time| **time > PROMISED).count();
    account.notes.push(format!(
        "from the end of input to the end of the host: median {:?}, slowest {:?}, {late} above the promised 500 ms; a browser kills after 2 s",
        times[times.len() / 2],
        times[times.len() - 1]
    ));
    account
}
