//! What is fuzzed, as a table: `cargo xtask fuzz` runs its rows, and the test of the seeds plays each of them.

/// A reader of what others wrote.
pub(crate) struct Target {
    /// Its name on the command line, and of its folder in `fuzz/corpus/`.
    pub(crate) name: &'static str,
    /// What it feeds.
    pub(crate) what: &'static str,
    /// No input is longer, in bytes.
    pub(crate) longest: usize,
    /// Seeds that are in the repository already: a file or a folder from the top, and the ending of the files in it.
    pub(crate) seeds: &'static [(&'static str, &'static str)],
}

/// Every target, in the order in which they run.
pub(crate) const TARGETS: [Target; 9] = [
    Target { name: "frame", what: "the frame decoder of the native host", longest: 1 << 10, seeds: &[] },
    Target { name: "dispatch", what: "requests into a runner on a real database", longest: 16 << 10, seeds: &[] },
    Target {
        name: "reader",
        what: "the contract reader, and the joining of two messages",
        longest: 16 << 10,
        seeds: &[("tests/replies", "md")],
    },
    Target {
        name: "markdown",
        what: "markdown to blocks and back",
        longest: 8 << 10,
        seeds: &[("tests/replies", "md")],
    },
    Target {
        name: "changes",
        what: "sections of files, and the files that they change",
        longest: 16 << 10,
        seeds: &[("tests/changes", "toml")],
    },
    Target {
        name: "template",
        what: "templates of anybody, and anybody's text in the built-in ones",
        longest: 8 << 10,
        seeds: &[("core/src/template", "jinja")],
    },
    Target { name: "migration", what: "workspaces of the predecessor", longest: 16 << 10, seeds: &[] },
    Target {
        name: "manifest",
        what: "what doctor makes of a browser's host manifest",
        longest: 4 << 10,
        seeds: &[("manifests", "json")],
    },
    Target {
        name: "settings",
        what: "config.toml and prices.toml",
        longest: 8 << 10,
        seeds: &[("native-host/runner/prices.toml", "toml")],
    },
];
