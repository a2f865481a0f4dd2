//! R1 and R9, by the tests of the doors that have them, as often as was promised.

use crate::account::{Account, Scale};
use crate::{crash, db, record};

/// R1: what was acknowledged survives `kill -9`, and what is sent again is there once.
pub(crate) fn killed(scale: Scale) -> Account {
    let kills = scale.of(20, 200, 2_000);
    let home = tempfile::tempdir().unwrap();
    let killed = crash::killed(home.path(), kills);
    let mut account = Account {
        unit: "kills",
        ran: u64::from(kills),
        promised: 2_000,
        lost: Some(killed.lost.into()),
        doubled: Some(killed.doubled.into()),
        notes: vec![format!(
            "{} were answered and stored, {} stored without a word, {} neither; integrity ok",
            killed.acknowledged, killed.silent, killed.gone
        )],
        ..Account::default()
    };
    account.hold(killed.acknowledged > 0 && killed.gone > 0, || "the kills came at one end only".to_owned());
    account.wrong.extend(record::flaws(home.path()));
    account
}

/// R9: a copy that is taken while somebody writes is the whole record of one moment.
pub(crate) fn backed_up(scale: Scale) -> Account {
    let rounds = scale.of(4, 40, 200);
    db::backups_while_others_write(rounds);
    Account { unit: "copies, each restored and gone on with", ran: rounds.into(), promised: 200, ..Account::default() }
}
