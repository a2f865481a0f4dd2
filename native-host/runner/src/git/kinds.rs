//! What a file is, by its name alone: its language, and whether it holds tests.

/// Languages by the endings of their files. A file with another ending counts as a file and as no language.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("C", &["c", "h"]),
    ("C#", &["cs"]),
    ("C++", &["cc", "cpp", "cxx", "hh", "hpp", "hxx"]),
    ("CSS", &["css", "less", "sass", "scss"]),
    ("Clojure", &["clj", "cljc", "cljs"]),
    ("Dart", &["dart"]),
    ("Elixir", &["ex", "exs"]),
    ("Erlang", &["erl", "hrl"]),
    ("F#", &["fs", "fsi", "fsx"]),
    ("Go", &["go"]),
    ("HTML", &["htm", "html"]),
    ("Haskell", &["hs"]),
    ("JSON", &["json", "jsonc"]),
    ("Java", &["java"]),
    ("JavaScript", &["cjs", "js", "jsx", "mjs"]),
    ("Julia", &["jl"]),
    ("Kotlin", &["kt", "kts"]),
    ("Lua", &["lua"]),
    ("Markdown", &["markdown", "md", "mdx"]),
    ("OCaml", &["ml", "mli"]),
    ("PHP", &["php"]),
    ("Perl", &["pl", "pm"]),
    ("Python", &["py", "pyi"]),
    ("R", &["r"]),
    ("Ruby", &["rb"]),
    ("Rust", &["rs"]),
    ("SQL", &["sql"]),
    ("Scala", &["sc", "scala"]),
    ("Shell", &["bash", "fish", "sh", "zsh"]),
    ("Svelte", &["svelte"]),
    ("Swift", &["swift"]),
    ("TOML", &["toml"]),
    ("TypeScript", &["cts", "mts", "ts", "tsx"]),
    ("Vue", &["vue"]),
    ("XML", &["xml"]),
    ("YAML", &["yaml", "yml"]),
    ("Zig", &["zig"]),
];

/// Folders in which everything belongs to the tests.
const TEST_FOLDERS: &[&str] = &["test", "tests", "__tests__", "spec", "specs", "e2e"];
/// How the names of files with tests begin and end, without their ending.
const TEST_BEGINS: &[&str] = &["test_"];
const TEST_ENDS: &[&str] = &["_test", "_tests", "_spec", ".test", ".spec", "Test", "Tests", "Spec"];
/// Files that are called so hold tests.
const TEST_NAMES: &[&str] = &["test", "tests", "conftest"];

/// The language of a file.
pub(super) fn language(path: &str) -> Option<&'static str> {
    let (_, ending) = name(path).rsplit_once('.')?;
    let ending = ending.to_ascii_lowercase();
    LANGUAGES.iter().find(|(_, endings)| endings.contains(&ending.as_str())).map(|(name, _)| *name)
}

/// Whether a file holds tests.
pub(super) fn is_test(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let name = name(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    folders.split('/').any(|folder| TEST_FOLDERS.contains(&folder))
        || TEST_NAMES.contains(&stem)
        || TEST_BEGINS.iter().any(|begin| stem.starts_with(begin))
        || TEST_ENDS.iter().any(|end| stem.ends_with(end))
}

fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_name_says() {
        for (path, language_is, test) in [
            ("src/main.rs", Some("Rust"), false),
            ("core/src/machine/tests.rs", Some("Rust"), true),
            ("tests/cli/desk.rs", Some("Rust"), true),
            ("web/Button.test.TSX", Some("TypeScript"), true),
            ("web/latest.ts", Some("TypeScript"), false),
            ("app/test_views.py", Some("Python"), true),
            ("src/OrderServiceTest.java", Some("Java"), true),
            ("pkg/http_test.go", Some("Go"), true),
            ("README.md", Some("Markdown"), false),
            ("Makefile", None, false),
            (".gitignore", None, false),
            ("contest/rs", None, false),
        ] {
            assert_eq!((language(path), is_test(path)), (language_is, test), "{path}");
        }
    }

    #[test]
    fn no_ending_belongs_to_two_languages() {
        let mut endings: Vec<&str> = LANGUAGES.iter().flat_map(|(_, endings)| *endings).copied().collect();
        let count = endings.len();
        endings.sort_unstable();
        endings.dedup();
        assert_eq!(endings.len(), count);
    }
}
