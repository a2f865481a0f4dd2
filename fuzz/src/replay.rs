//! The seeds of the fuzzer, played through its targets by the ordinary compiler, so that no target rots between two runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod table;
mod targets;

use std::path::{Path, PathBuf};

/// The files beneath a path that have this ending; any where it is empty.
fn files(path: &Path, ending: &str) -> Vec<PathBuf> {
    if path.is_file() {
        let fits = ending.is_empty() || path.extension().is_some_and(|its| its == ending);
        return fits.then(|| path.to_owned()).into_iter().collect();
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.iter().flat_map(|entry| files(entry, ending)).collect()
}

/// One test for all, because the frame decoder's target counts the memory of the whole program.
#[test]
fn every_seed_goes_through_its_target() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for target in &table::TARGETS {
        let check = targets::check(target.name).unwrap();
        let own = [(format!("fuzz/corpus/{}", target.name), "")];
        let shared = target.seeds.iter().map(|(path, ending)| ((*path).to_owned(), *ending));
        let seeds: Vec<PathBuf> =
            own.into_iter().chain(shared).flat_map(|(path, ending)| files(&top.join(path), ending)).collect();
        println!("{} ({}): {} seeds", target.name, target.what, seeds.len());
        assert!(seeds.len() >= 2, "{seeds:?}");
        for seed in &seeds {
            println!("  {}", seed.display());
            let bytes = std::fs::read(seed).unwrap();
            check(&bytes[..bytes.len().min(target.longest)]);
        }
    }
}
