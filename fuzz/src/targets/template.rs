//! A template of anybody, and after form feeds a feature and a section of a reply. A template that is called sound asks for the
//! proof; the built-in ones render whatever stands in a feature or a reply, and it stands in the prompt to the letter.

use super::{NONCE, PART, expect};
use prompt_runner_core::event::Repair;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::{Section, SectionState};
use prompt_runner_core::template::{Material, built_in, render, render_repair, try_out};
use prompt_runner_core::workflow::known;

pub(super) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(3, PART);
    let mut part = || parts.next().unwrap_or_default();
    let (source, feature, reply) = (part(), part(), part());
    // By the length, so that a template of the repository is a seed as it is.
    let phase = Phase::FULL[bytes.len() % Phase::FULL.len()];
    let before: Vec<_> = Phase::FULL.into_iter().take_while(|before| *before != phase).map(known).collect();
    match try_out(&before, &known(phase), source) {
        Ok(prompt) => assert!(prompt.contains("PROMPT-RUNNER/END 0000000000000000"), "{prompt}"),
        Err(flaw) => assert!(flaw.to_string().ends_with('.'), "{flaw}"),
    }

    let expect = expect(phase);
    let sections = |of: Phase, state| -> Vec<Section> {
        known(of).names().into_iter().map(|name| Section { name, text: reply.to_owned(), state }).collect()
    };
    let so_far: Vec<_> = before.iter().map(|before| (before.name, sections(before.name, SectionState::Ok))).collect();
    let material = Material { feature, project: Some(feature), expect: &expect, sections: &so_far };
    let prompt =
        render(&material, built_in(phase).expect("each of them has one")).expect("a built-in template renders");
    assert!(prompt.contains(feature) && prompt.contains(NONCE), "{prompt}");
    assert!(phase == Phase::PLANNING || prompt.contains(reply), "{prompt}");
    let _ = render(&material, source);

    let mut cut = sections(phase, SectionState::Missing);
    if let Some(first) = cut.first_mut() {
        first.state = SectionState::Cut;
    }
    for repair in [Repair::Continue, Repair::Sections] {
        let prompt = render_repair(repair, &expect, &cut).expect("a built-in template renders");
        assert!(prompt.contains(NONCE), "{prompt}");
    }
}
