//! What libFuzzer says of a run, as figures.

use std::path::PathBuf;

use serde_json::{Value, json};

/// The figures of one run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) executions: u64,
    pub(super) seconds: u64,
    /// Edges of the program that some input reached, at the end and when the seeds alone had been played.
    pub(super) edges: u64,
    pub(super) edges_of_seeds: u64,
    /// Inputs that reach something which no other does.
    pub(super) corpus: u64,
    /// The inputs that broke something.
    pub(super) findings: Vec<PathBuf>,
}

impl Said {
    /// Reads the log of a run.
    pub(super) fn read(log: &str, seconds: u64, findings: Vec<PathBuf>) -> Self {
        let mut said = Self { seconds, findings, ..Self::default() };
        for line in log.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let after = |word: &str| {
                let at = words.iter().position(|its| *its == word)?;
                words.get(at + 1)?.split('/').next()?.parse::<u64>().ok()
            };
            // `#4096	pulse  cov: 812 ft: 1510 corp: 96/4203b …`
            if let (Some(edges), true) = (after("cov:"), line.starts_with('#')) {
                said.edges = edges;
                said.corpus = after("corp:").unwrap_or(said.corpus);
                if words.get(1) == Some(&"INITED") {
                    said.edges_of_seeds = edges;
                }
            }
            said.executions = after("stat::number_of_executed_units:").unwrap_or(said.executions);
        }
        said
    }

    /// For people.
    pub(super) fn line(&self, target: &str) -> String {
        let Self { executions, seconds, edges, edges_of_seeds, corpus, findings } = self;
        let findings = findings.len();
        format!(
            "{target:<10}{executions:>12} executions in {seconds} s, edges {edges} ({edges_of_seeds} by the seeds), \
             corpus {corpus}, findings {findings}"
        )
    }

    /// For programs.
    pub(super) fn json(&self, target: &str) -> Value {
        let Self { executions, seconds, edges, edges_of_seeds, corpus, findings } = self;
        json!({
            "target": target, "executions": executions, "seconds": seconds, "edges": edges, "edges_of_seeds": edges_of_seeds,
            "corpus": corpus, "findings": findings,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_a_run_are_found_in_its_log() {
        let log = "INFO: seed corpus: files: 9 min: 1b max: 7b\n\
             #10\tINITED cov: 300 ft: 400 corp: 8/60b exec/s: 0 rss: 40Mb\n\
             #512\tNEW    cov: 312 ft: 450 corp: 9/70b lim: 4 exec/s: 0 rss: 41Mb L: 4/9 MS: 1 ChangeByte-\n\
             #2048\tDONE   cov: 313 ft: 460 corp: 11/80b lim: 4 exec/s: 34 rss: 41Mb\n\
             stat::number_of_executed_units: 2048\n";
        let said = Said::read(log, 60, Vec::new());
        let figures =
            Said { executions: 2_048, seconds: 60, edges: 313, edges_of_seeds: 300, corpus: 11, findings: Vec::new() };
        assert_eq!(said, figures);
        assert_eq!(said.json("frame")["edges"], 313);
        assert!(said.line("frame").contains("2048 executions in 60 s"));
    }
}
