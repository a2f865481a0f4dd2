//! Lines that stand for lines which were left out. A model that writes “… the rest as before” means the file that it does not show; taken
//! for a line of it, all of that would be gone.

use super::name::comment;
use super::path::FilePath;
use std::cell::OnceCell;
use std::collections::HashSet;

/// Words that stand for what is left out, in small letters; each must be all of a comment but for its dots, or its beginning.
const LEFT_OUT: &[&str] = &[
    "existing code",
    "existing",
    "etc",
    "and so on",
    "rest of",
    "the rest of",
    "remaining",
    "the remaining",
    "other",
    "previous code",
    "previous",
    "same as before",
    "same as above",
    "as before",
    "as above",
    "unchanged",
    "no changes",
    "no change",
    "code omitted",
    "omitted",
    "truncated",
    "snip",
    "snipped",
    "keep existing",
    "keep the existing",
    "keep the rest",
    "your existing",
    "your code",
    "more code",
    "implementation",
    "unverändert",
    "restlicher",
    "bestehender",
    "der rest",
    "inchangé",
    "le reste",
    "code existant",
    "sin cambios",
    "el resto",
    "código existente",
    "省略",
    "既存",
    "変更なし",
    "생략",
    "기존",
    "未更改",
    "其余",
    "现有",
];

/// Sentences that say so without any dots.
const WITHOUT_DOTS: &[&str] = &[
    "rest of the file unchanged",
    "rest of the code unchanged",
    "rest of the file remains unchanged",
    "rest of the code remains unchanged",
    "rest of the file remains the same",
    "rest of the code remains the same",
    "the rest of the file remains unchanged",
    "the rest of the code remains unchanged",
    "the rest of the file remains the same",
    "the rest of the code remains the same",
    "rest of file unchanged",
    "rest of code unchanged",
    "rest unchanged",
    "remaining code unchanged",
    "remaining code stays the same",
    "existing code",
    "existing code here",
    "existing code remains unchanged",
    "existing code remains the same",
    "existing imports",
    "other imports",
    "unchanged code",
    "code unchanged",
    "unchanged",
    "no changes here",
    "rest of the code",
    "rest of the file",
    "rest of code",
    "rest of file",
    "rest of the implementation",
    "rest of the function",
    "rest of the class",
    "remaining methods unchanged",
    "other methods unchanged",
    "same as before",
    "code omitted for brevity",
    "omitted for brevity",
    "keep existing code",
    "keep the existing code",
    "your existing code",
    "your existing code here",
];

/// What sentences are about that say without any dots that it stays as it is.
const PARTS: &[&str] = &[
    "code",
    "file",
    "method",
    "methods",
    "function",
    "functions",
    "import",
    "imports",
    "class",
    "classes",
    "component",
    "components",
    "implementation",
    "content",
    "contents",
    "style",
    "styles",
    "route",
    "routes",
    "test",
    "tests",
    "handlers",
    "helpers",
    "logic",
    "config",
    "configuration",
    "section",
    "sections",
    "document",
    "readme",
    "page",
    "everything",
];

/// Endings of languages in which a body cannot be nothing but dots.
const BRACES: &[&str] = &[
    "js", "jsx", "mjs", "ts", "tsx", "rs", "go", "java", "c", "h", "cc", "cpp", "hpp", "cs", "swift", "kt", "php",
    "scala", "dart",
];

/// The lines of the file before, without their indentation.
struct Before<'a> {
    text: Option<&'a str>,
    lines: OnceCell<HashSet<&'a str>>,
    /// Each with the next one that is not blank.
    pairs: OnceCell<HashSet<(&'a str, &'a str)>>,
}

impl<'a> Before<'a> {
    fn each(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.text.unwrap_or_default().lines().map(str::trim)
    }

    fn has(&self, line: &str) -> bool {
        self.lines.get_or_init(|| self.each().collect()).contains(line.trim())
    }

    /// Whether a function or class stands there, and never with these dots for its body.
    fn has_body(&self, above: &str, dots: &str) -> bool {
        let opens = ["def ", "async def ", "class "].iter().any(|word| above.trim_start().starts_with(word));
        let lines = || self.each().filter(|line| !line.is_empty());
        opens
            && self.has(above)
            && !self.pairs.get_or_init(|| lines().zip(lines().skip(1)).collect()).contains(&(above.trim(), dots.trim()))
    }
}

/// The first line that stands for others, of lines that come into a file. A line that the file has already is one of it.
pub(super) fn elision<'a>(
    path: &FilePath,
    lines: impl Iterator<Item = &'a str>,
    before: Option<&str>,
) -> Option<String> {
    let ending = path.ending();
    let before = Before { text: before, lines: OnceCell::new(), pairs: OnceCell::new() };
    let mut above = "";
    for line in lines {
        let body = is_dots(line.trim()) && before.has_body(above, line);
        if body || stands_for_others(line, above, &ending) && !before.has(line) {
            return Some(line.trim().to_owned());
        }
        if !line.trim().is_empty() {
            above = line;
        }
    }
    None
}

fn stands_for_others(line: &str, above: &str, ending: &str) -> bool {
    let text = line.trim();
    if text.is_empty() || text.len() > 200 {
        return false;
    }
    // A text may speak of anything, and show code that leaves something out.
    let prose = matches!(ending, "md" | "mdx" | "markdown" | "rst" | "txt" | "adoc" | "ipynb");
    if is_dots(text) {
        // A body without anything in Python; the end of a document in YAML.
        let stub =
            matches!(ending, "py" | "pyi") && (above.trim_end().ends_with(':') || above.trim_end().ends_with("\"\"\""));
        return !(prose || stub || matches!(ending, "yml" | "yaml"));
    }
    let bracketed = |open: char, close: char| text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
    let inside = comment(text).or_else(|| bracketed('[', ']')).or_else(|| bracketed('(', ')'));
    // Between the signs of a block, with code before and behind it.
    let within = text.split_once("/*").and_then(|(_, rest)| Some(rest.split_once("*/")?.0.trim())).filter(|_| !prose);
    if within.is_some_and(|inside| has_dots_before(inside) && has_dots_behind(inside) && names_others(&words(inside))) {
        return true;
    }
    let around = has_dots_before(text) && has_dots_behind(text);
    if prose && !text.starts_with("<!--") {
        let plain = text.trim_matches(['*', '_']);
        let apart = around || plain.starts_with(['[', '(']) && plain.ends_with([']', ')']);
        return apart && says_unchanged(&words(plain));
    }
    let Some(inside) = inside else {
        return around && names_others(words(text).as_str()) || is_cut(text, ending);
    };
    let said = words(inside);
    if is_dots(inside) || said.is_empty() && (has_dots_before(inside) || has_dots_behind(inside)) {
        return true;
    }
    if has_dots_before(inside) || has_dots_behind(inside) {
        // Behind another comment it may go on with that.
        let apart = !above.trim().is_empty() && comment(above).is_none();
        let begins = inside.trim_start_matches(['.', '…']).starts_with(' ') && has_dots_before(inside);
        names_others(&said) || begins && apart || has_dots_before(inside) && has_dots_behind(inside)
    } else {
        says_unchanged(&said)
    }
}

/// Whether a line of code ends with a body of dots, or with a comment that stands for others.
fn is_cut(text: &str, ending: &str) -> bool {
    let code = text.trim_end_matches([';', ',']);
    let body = ["{ ... }", "{...}", "{ … }", "{…}"].iter().any(|body| code.ends_with(body));
    if body && BRACES.contains(&ending) && !text.starts_with(['*', '/']) && !text.contains(['"', '\'', '`']) {
        return !text.contains("//");
    }
    let behind = [" # ", " // "].iter().find_map(|sign| text.rsplit_once(sign)).map(|(_, inside)| inside.trim());
    behind.is_some_and(|inside| {
        has_dots_before(inside) && !inside.contains(['"', '\'', '`']) && names_others(&words(inside))
    })
}

/// Whether a sentence says without any dots that the rest stays as it is.
fn says_unchanged(said: &str) -> bool {
    const BEGINS: &[&str] = &[
        "rest of ",
        "the rest of ",
        "remaining ",
        "the remaining ",
        "other ",
        "the other ",
        "all other ",
        "existing ",
        "all existing ",
        "previous ",
        "everything else ",
    ];
    const ENDS: &[&str] = &[" unchanged", " the same", " as before", " as is", " omitted", " for brevity", " here"];
    WITHOUT_DOTS.contains(&said)
        || BEGINS.iter().any(|begin| said.starts_with(begin))
            && ENDS.iter().any(|end| said.ends_with(end))
            && said.split(|ch: char| !ch.is_alphabetic()).any(|word| PARTS.contains(&word))
}

fn names_others(said: &str) -> bool {
    LEFT_OUT.iter().any(|words| said.starts_with(words))
        || ["unchanged", "as before", "the same", "omitted", "for brevity", "as is"]
            .iter()
            .any(|end| said.ends_with(end))
}

fn is_dots(text: &str) -> bool {
    matches!(text, "..." | "…" | "....")
        || text.len() > 4 && text.chars().all(|ch| matches!(ch, '.' | '…' | ' ')) && text.contains("...")
}

fn has_dots_before(text: &str) -> bool {
    text.starts_with("...") || text.starts_with('…')
}

fn has_dots_behind(text: &str) -> bool {
    text.ends_with("...") || text.ends_with('…')
}

/// A comment without its dots, dashes and brackets, in small letters.
fn words(text: &str) -> String {
    let around = |ch: char| {
        ch.is_whitespace() || matches!(ch, '.' | '…' | '-' | '=' | '*' | '(' | ')' | '[' | ']' | ':' | '~' | '<' | '>')
    };
    text.trim_matches(around).to_lowercase()
}
