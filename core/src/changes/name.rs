//! Which file a line names: headings, labels, bold or marked names, the info string of a fence, a comment at the top of one.

/// What a line says about files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// The file; nothing where a heading only says that files are deleted.
    pub path: Option<&'a str>,
    /// Its new name, where it is renamed.
    pub to: Option<&'a str>,
    /// It is deleted.
    pub gone: bool,
    /// It is said to be new.
    pub new: bool,
    /// Only some lines of it follow.
    pub partial: bool,
    /// It is a heading.
    pub heading: bool,
}

/// Names of files without an ending. A language is not called so in a heading.
const BARE: &[&str] = &[
    "makefile",
    "gnumakefile",
    "dockerfile",
    "containerfile",
    "license",
    "licence",
    "copying",
    "readme",
    "changelog",
    "notice",
    "authors",
    "contributors",
    "maintainers",
    "gemfile",
    "rakefile",
    "procfile",
    "jenkinsfile",
    "vagrantfile",
    "brewfile",
    "justfile",
    "build",
    "workspace",
    "codeowners",
    "pipfile",
    "podfile",
    "fastfile",
    "guardfile",
    "caddyfile",
    "tiltfile",
    "earthfile",
    "snakefile",
    "gradlew",
    "mvnw",
    "configure",
    "kconfig",
    "kbuild",
    "todo",
    "version",
    "manifest",
    "install",
    "news",
    "history",
    "dangerfile",
    "cartfile",
    "sconstruct",
    "sconscript",
];

/// Languages that are written like files.
const LANGUAGES: &[&str] = &["vb.net", "asp.net", "f#.net", "node.js", "next.js", "vue.js", "plain.text"];

/// Words for deleting, as they stand in headings.
const GONE: &[&str] = &[
    "delete",
    "deleted",
    "deletes",
    "remove",
    "removed",
    "removes",
    "gelöscht",
    "löschen",
    "entfernt",
    "entfernen",
    "supprimé",
    "supprimer",
    "supprimés",
    "eliminar",
    "eliminado",
    "eliminados",
    "borrar",
    "削除",
    "삭제",
    "删除",
];

/// Words for what was not there before.
const NEW: &[&str] = &["new", "neu", "neue", "nouveau", "nuevo", "新規", "새", "新"];

/// Words for renaming.
const MOVED: &[&str] = &[
    "rename",
    "renamed",
    "renames",
    "move",
    "moved",
    "moves",
    "umbenannt",
    "umbenennen",
    "renommé",
    "renommer",
    "renombrar",
];

/// Words that tell that a path follows, in headings.
const LINKS: &[&str] = &[
    "file", "create", "creating", "add", "adding", "update", "updating", "updated", "modify", "modified", "edit",
    "change", "changes", "changed", "in", "to", "for", "new", "of", "datei", "fichier", "archivo",
];

/// Words between a new name and an old one.
const FROM: &[&str] = &["from", "von", "de", "desde"];

/// Words between others in such headings.
const FILLERS: &[&str] = &[
    "file", "files", "the", "this", "is", "was", "to", "from", "datei", "dateien", "fichier", "fichiers", "archivo",
    "archivos",
];

/// Words that say that a text is not all of a file.
const PARTIAL: &[&str] = &[
    "line",
    "lines",
    "snippet",
    "excerpt",
    "partial",
    "partially",
    "fragment",
    "zeile",
    "zeilen",
    "auszug",
    "ausschnitt",
    "extrait",
    "lignes",
    "líneas",
];

/// Signs between an old name and a new one.
const ARROWS: &[&str] = &["->", "→", "=>", "➜", "⇒"];

/// Labels before a path, in small letters, before a colon.
const LABELS: &[&str] = &[
    "file",
    "new file",
    "updated file",
    "modified file",
    "changed file",
    "edited file",
    "existing file",
    "full file",
    "complete file",
    "file name",
    "filename",
    "file path",
    "filepath",
    "path",
    "create",
    "created",
    "create file",
    "new",
    "add",
    "added",
    "add file",
    "update",
    "updated",
    "update file",
    "modify",
    "modified",
    "modify file",
    "edit",
    "edited",
    "edit file",
    "change",
    "changed",
    "replace",
    "rewrite",
    "overwrite",
    "delete",
    "deleted",
    "delete file",
    "deleted file",
    "remove",
    "removed",
    "remove file",
    "removed file",
    "rename",
    "renamed",
    "rename file",
    "renamed file",
    "move",
    "moved",
    "move file",
    "datei",
    "neue datei",
    "fichier",
    "nouveau fichier",
    "archivo",
    "nuevo archivo",
    "ファイル",
    "파일",
    "文件",
];

/// What a line names that stands for a file and nothing else: a heading, a bold or marked name, a name with a label or a colon.
pub(super) fn strong(line: &str) -> Option<Named<'_>> {
    let text = line.trim();
    let heading = text.starts_with('#') && text.trim_start_matches('#').starts_with([' ', '\t']);
    let bare = text.trim_start_matches('#').trim();
    let bare = unnumbered(bare.trim_end_matches('#').trim_end());
    let inner = unmarked(bare);
    if heading {
        return named(inner, true);
    }
    let marked = inner.len() < bare.len() || bare.starts_with('`') && bare.trim_end_matches(':').ends_with('`');
    let labelled = label(inner).is_some();
    let alone = !inner.contains(char::is_whitespace) && is_path(inner.trim_end_matches(':'), true);
    // A heading that only stands in bold may begin a list.
    let begins_list = |found: &Named<'_>| found.path.is_some() || marked && found.gone;
    (marked || labelled || alone).then(|| named(inner, false)).flatten().filter(begins_list)
}

/// The one file that a line of prose right before a fence names: in backticks.
pub(super) fn weak(line: &str) -> Option<&str> {
    let paths: Vec<&str> = marked(line).into_iter().filter(|text| is_path(text, false)).collect();
    if let [one] = paths[..] { Some(one) } else { None }
}

/// Whether a sentence speaks of something that is run.
pub(super) fn says_run(line: &str) -> bool {
    const RUN: &[&str] = &[
        "run",
        "execute",
        "start",
        "launch",
        "invoke",
        "try",
        "ausführen",
        "starten",
        "exécuter",
        "lancer",
        "ejecutar",
    ];
    words(line).iter().any(|word| RUN.contains(&word.as_str()))
}

/// The file that the item of a list begins with, perhaps with a remark behind it. One that speaks of a file is none.
pub(super) fn item(line: &str) -> Option<&str> {
    let text = line.trim_start();
    let bare = Some(unnumbered(text)).filter(|bare| bare.len() < text.len())?;
    let (path, rest) = match bare.strip_prefix('`') {
        Some(marked) => marked.split_once('`')?,
        None => bare.split_at(bare.find(char::is_whitespace).unwrap_or(bare.len())),
    };
    let path = path.trim_end_matches([':', ',']);
    let rest = rest.trim_start();
    let remark = rest.is_empty() || rest.starts_with(['(', '[', '-', '–', '—', ':', ',']);
    (remark && is_path(path, false)).then_some(path)
}

/// Whether all that a text says is that something is deleted.
pub(super) fn says_gone(text: &str) -> bool {
    let mut words = text.split(|ch: char| !ch.is_alphabetic()).filter(|word| !word.is_empty());
    words.all(|word| GONE.contains(&word) || matches!(word, "file" | "this" | "is" | "was" | "datei" | "fichier"))
}

/// What a heading, a name or a label says.
fn named(text: &str, heading: bool) -> Option<Named<'_>> {
    let (label, rest) = label(text).map_or(("", text), |(label, rest)| (label, rest));
    let in_marks: Vec<&str> = marked(text).into_iter().filter(|text| is_path(text, true)).collect();
    let is_file =
        ["file", "path", "datei", "fichier", "archivo"].iter().any(|word| label.to_lowercase().contains(word));
    let one_word = !rest.is_empty() && !rest.contains(char::is_whitespace);
    let found = match in_marks {
        _ if is_file && one_word => vec![unmarked(rest)],
        found if found.is_empty() => bare_paths(rest, heading, !label.is_empty()),
        found => found,
    };
    let outside = words(&found.iter().fold(text.to_owned(), |text, path| text.replacen(path, " ", 1)));
    let any = |list: &[&str]| outside.iter().any(|word| list.contains(&word.as_str()));
    // A heading that removes something from a file does not remove the file.
    let only = |list: &[&str]| {
        any(list) && outside.iter().all(|word| list.contains(&word.as_str()) || FILLERS.contains(&word.as_str()))
    };
    let (gone, new) = (only(GONE), only(NEW));
    let moved = any(MOVED) || ARROWS.iter().any(|arrow| text.contains(arrow));
    let partial = any(PARTIAL);
    match found[..] {
        [to, from] if moved && !gone && between(text, to, from).iter().any(|word| FROM.contains(&word.as_str())) => {
            Some(Named { path: Some(from), to: Some(to), gone: false, new, partial, heading })
        }
        [from, to] if moved && !gone => {
            Some(Named { path: Some(from), to: Some(to), gone: false, new, partial, heading })
        }
        [path] => Some(Named { path: Some(path), to: None, gone, new, partial, heading }),
        [] if gone => Some(Named { path: None, to: None, gone, new, partial, heading }),
        _ => None,
    }
}

/// The words between two parts of a text.
fn between(text: &str, first: &str, second: &str) -> Vec<String> {
    let rest = text.split_once(first).map_or("", |(_, rest)| rest);
    words(rest.split_once(second).map_or("", |(between, _)| between))
}

/// The paths in a text without backticks: all of it, both sides of an arrow, or the words of a heading that are paths with an ending.
fn bare_paths(text: &str, heading: bool, labelled: bool) -> Vec<&str> {
    let whole = unmarked(without_remark(text.trim()).trim_end_matches(':').trim());
    if let Some((from, to)) = ARROWS.iter().find_map(|arrow| whole.split_once(arrow)) {
        return [from, to].map(|side| unmarked(side.trim())).into_iter().filter(|side| is_path(side, true)).collect();
    }
    // In a section of files a heading that is one word with a stroke is a path, whatever it ends with.
    if is_path(whole, labelled || heading) && (!whole.contains(' ') || labelled && has_ending(whole)) {
        return vec![whole];
    }
    // A path may have blanks, so one word of several is a path only where the others tell what is done to it.
    let told = |word: &String| {
        LINKS.contains(&word.as_str()) || GONE.contains(&word.as_str()) || MOVED.contains(&word.as_str())
    };
    if !(labelled || heading && words(text).iter().any(told)) {
        return Vec::new();
    }
    let bare = |word| {
        unmarked(str::trim_matches(word, ['"', '\'', ',', ';', ':', '“', '”', '(', ')'])).trim_end_matches([':', ','])
    };
    let sure = |path: &&str| has_ending(path) && path.contains(['/', '\\']) && is_path(path, false);
    text.split_whitespace().map(bare).filter(sure).collect()
}

/// A label of a path and what follows it.
fn label(text: &str) -> Option<(&str, &str)> {
    let (before, after) = text.split_once([':', '：'])?;
    let before = unmarked(before.trim());
    LABELS
        .contains(&before.to_lowercase().as_str())
        .then_some((before, after.trim().trim_start_matches("**").trim_start()))
}

/// A text without a remark in brackets, or behind a dash, at its end.
fn without_remark(text: &str) -> &str {
    for (open, close) in [(" (", ')'), (" [", ']'), (" — ", '\0'), (" – ", '\0')] {
        if let Some(at) = text.find(open).filter(|_| close == '\0' || text.trim_end_matches(':').ends_with(close)) {
            return &text[..at];
        }
    }
    text
}

/// The words of a text, in small letters.
fn words(text: &str) -> Vec<String> {
    text.split(|ch: char| !ch.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// What stands in backticks in a text.
fn marked(text: &str) -> Vec<&str> {
    if text.matches('`').count() % 2 == 1 {
        return Vec::new();
    }
    text.split('`').skip(1).step_by(2).map(str::trim).filter(|text| !text.is_empty()).collect()
}

/// A text without the emphasis or the backticks that stand around all of it.
fn unmarked(text: &str) -> &str {
    let around = |mark: &str| {
        let inner = text.trim_end_matches(':').strip_prefix(mark)?.strip_suffix(mark)?;
        (!inner.is_empty() && !inner.contains(mark)).then_some(inner)
    };
    ["**", "__", "*", "`"].into_iter().find_map(around).map_or(text, |inner| unmarked(inner.trim()))
}

/// A text without the number, bullet or sign before it.
fn unnumbered(text: &str) -> &str {
    let digits = text.trim_start_matches(|ch: char| ch.is_ascii_digit());
    let after = if digits.len() < text.len() {
        digits.strip_prefix(['.', ')']).filter(|rest| rest.starts_with(' '))
    } else {
        None
    };
    let rest = after.unwrap_or(text).trim_start();
    let rest = ["- ", "* ", "+ ", "• "].into_iter().find_map(|bullet| rest.strip_prefix(bullet)).unwrap_or(rest);
    rest.trim_start_matches(|ch: char| !ch.is_ascii() && !ch.is_alphabetic() || ch == ' ')
}

/// Whether a text could be the path of a file. `named` is one that stands where a name is meant, so that an ending is not asked for.
pub(super) fn is_path(text: &str, named: bool) -> bool {
    let odd = |ch: char| matches!(ch, '`' | '{' | '}' | ';' | '!' | '\n');
    if text.is_empty() || text.len() > 4_096 || text.contains("://") || text.starts_with("www.") || text.contains(odd) {
        return false;
    }
    if LANGUAGES.contains(&text.to_lowercase().as_str())
        || is_version(text)
        || text.ends_with(',')
        || text.ends_with('.') && !text.contains('/')
    {
        return false;
    }
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let hidden = last.len() > 2 && last.starts_with('.') && last[1..].starts_with(|ch: char| ch.is_alphabetic());
    let known = BARE.contains(&last.to_lowercase().as_str())
        && last.starts_with(|ch: char| ch.is_uppercase() || text.contains('/') || named && ch == 'j');
    let dot = text.contains('/') && text.ends_with('.') && !text.contains(' ');
    has_ending(text)
        || hidden
        || known
        || named && text.contains(['/', '\\']) && !last.is_empty() && !text.contains(' ')
        || dot
}

/// Whether a name ends like that of a file.
fn has_ending(text: &str) -> bool {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let Some((stem, ending)) = last.rsplit_once('.') else { return false };
    let letters = ending.chars().filter(char::is_ascii_alphabetic).count();
    let abbreviation = last.chars().filter(|ch| *ch != '.').count() <= 2
        && !text.contains('/')
        && stem.contains(['e', 'i'])
        && matches!(ending, "g" | "e");
    !stem.is_empty()
        && !abbreviation
        && letters > 0
        && ending.len() <= 12
        && ending.chars().all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-' | '+'))
}

/// Whether a text is a number or a version.
fn is_version(text: &str) -> bool {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    text.starts_with(|ch: char| ch.is_ascii_digit())
        && text.chars().all(|ch| ch.is_ascii_digit() || matches!(ch, '.' | 'x' | '-'))
}

/// The file that the info string of a fence names.
pub(super) fn in_info(info: &str) -> Option<&str> {
    for key in ["title", "file", "filename", "file_path", "filepath", "path", "name", "source"] {
        for (at, _) in info.match_indices(key) {
            let before = info[..at].chars().next_back().is_none_or(|ch| matches!(ch, ' ' | '{' | ',' | '\t'));
            let Some(rest) = info[at + key.len()..].trim_start().strip_prefix(['=', ':']).filter(|_| before) else {
                continue;
            };
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|ch| matches!(ch, '"' | '\''));
            let value = match quote {
                Some(quote) => rest[1..].split(quote).next().unwrap_or_default(),
                None => rest.split([' ', '}', ',']).next().unwrap_or_default(),
            };
            if is_path(value, true) {
                return Some(value);
            }
        }
    }
    let mut words = info.split_whitespace();
    let first = words.next()?;
    // `rust:src/main.rs`, where the language has no stroke and no dot; but a drive is a drive.
    if let Some((language, path)) = first.split_once(':')
        && language.len() > 1
        && !language.contains(['/', '\\', '.'])
        && is_path(path, path.contains('/'))
    {
        return Some(path);
    }
    let rest: Vec<&str> = words.map(|word| word.trim_matches(['(', ')', '`', '"', '\''])).collect();
    let first = first.trim_matches(['`', '"', '\'']);
    if is_path(first, false) && (first.contains(['/', '\\']) || has_ending(first)) {
        return Some(first);
    }
    let rest: Vec<&str> = rest.into_iter().filter(|word| word.chars().any(char::is_alphanumeric)).collect();
    if let [path] = rest[..] { is_path(path, path.contains('/')).then_some(path) } else { None }
}

/// Signs around a comment of one line.
const COMMENTS: &[(&str, &str)] = &[
    ("<!--", "-->"),
    ("{/*", "*/}"),
    ("/*", "*/"),
    ("{{!--", "--}}"),
    ("{#", "#}"),
    ("<%#", "%>"),
    ("(*", "*)"),
    ("{-", "-}"),
    ("///", ""),
    ("//!", ""),
    ("//", ""),
    ("--", ""),
    (";;", ""),
    (";", ""),
    ("%", ""),
    ("#", ""),
    ("'", ""),
    ("\"", ""),
    ("REM ", ""),
    ("rem ", ""),
    ("!", ""),
];

/// What a line says that is a comment and nothing else.
pub(super) fn comment(line: &str) -> Option<&str> {
    let text = line.trim();
    let inner = COMMENTS.iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))?;
    Some(inner.trim())
}

/// The file that a comment names, at the top of a fence.
pub(super) fn in_comment(line: &str) -> Option<&str> {
    let text = comment(line)?;
    if line.trim_start().starts_with("#!") {
        return None;
    }
    let rest = label(text).map_or(text, |(_, rest)| rest);
    let path = unmarked(without_remark(rest));
    let sure = path.contains('/') || label(text).is_some() || has_ending(path);
    (sure && !path.contains(' ') && is_path(path, label(text).is_some())).then_some(path)
}

/// The file that a line between rules of `=`, `-`, `#` or `*` names: it parts files that stand in one fence.
pub(super) fn separator(line: &str) -> Option<&str> {
    let text = line.trim();
    let inner = ['=', '-', '#', '*'].into_iter().find_map(|mark| {
        let inner = text.trim_start_matches(mark);
        let inner = (text.len() - inner.len() >= 3).then_some(inner)?;
        let bare = inner.trim_end_matches(mark);
        (bare.starts_with(' ') && (inner.len() > bare.len() || mark == '=')).then_some(bare.trim())
    })?;
    let path = label(inner).map_or(inner, |(_, rest)| rest);
    is_path(unmarked(path), true).then(|| unmarked(path))
}
