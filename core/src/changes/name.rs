//! Which file a line names: headings, labels, bold or marked names, the info string of a fence, a comment at the top of one.

/// What a line says about files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// The file; nothing where a heading only says that files are deleted.
    pub path: Option<&'a str>,
    /// Its new name, where it is renamed.
    pub to: Option<&'a str>,
    /// It is deleted.
    pub gone: bool,
    /// It is said to be new, or only something in it is spoken of: the text may be a part of one that is there.
    pub new: bool,
    /// Only some lines of it follow. Of a heading without a file: it does not speak of files, so that a part of one may be deleted.
    pub partial: bool,
    /// It is said to stay as it is.
    pub same: bool,
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
    "file",
    "files",
    "the",
    "this",
    "these",
    "following",
    "is",
    "are",
    "was",
    "were",
    "be",
    "to",
    "that",
    "datei",
    "dateien",
    "fichier",
    "fichiers",
    "archivo",
    "archivos",
];

/// Words for files, where a heading says what becomes of them.
const FILES: &[&str] =
    &["file", "files", "datei", "dateien", "fichier", "fichiers", "archivo", "archivos", "ファイル", "파일", "文件"];

/// Words in front of a path that lead into the file.
const INTO: &[&str] = &["in", "into", "to", "of", "from", "for", "inside", "within", "zu", "aus", "dans", "desde"];

/// Words that say that all of a file follows.
const ALL: &[&str] = &[
    "full",
    "complete",
    "entire",
    "whole",
    "final",
    "content",
    "contents",
    "version",
    "inhalt",
    "contenu",
    "contenido",
];

/// Words between an old name and a new one.
const TOWARDS: &[&str] = &["to", "into", "as", "in", "nach", "zu", "en", "vers", "à", "a"];

/// Words that count what is done.
const STEPS: &[&str] = &["step", "schritt", "étape", "paso"];

/// Words that say that nothing is done.
const SAME: &[&str] = &["unchanged", "unmodified", "untouched", "unverändert", "inchangé"];

/// Words around them.
const NO_CHANGE: &[&str] = &["no", "change", "changes", "needed", "required", "necessary", "remains", "stays", "here"];

/// Words that say that a text is not all of a file.
const PARTIAL: &[&str] = &[
    "line",
    "lines",
    "snippet",
    "excerpt",
    "partial",
    "partially",
    "fragment",
    "snippets",
    "excerpts",
    "fragments",
    "extract",
    "extracts",
    "abridged",
    "abbreviated",
    "shortened",
    "truncated",
    "relevant",
    "gekürzt",
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
    let tag = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).filter(|text| text.contains('='));
    if let Some(path) = tag.and_then(in_info) {
        return Some(Named { path: Some(path), heading: true, ..Named::default() });
    }
    let sides = || ARROWS.iter().find_map(|arrow| inner.split_once(arrow));
    let moves =
        is_item(line) && sides().is_some_and(|(one, two)| [one, two].iter().all(|side| is_path(side.trim(), false)));
    let lists = text.ends_with(':');
    // A heading that only stands in bold may begin a list.
    let begins_list = |found: &Named<'_>| match found.path {
        Some(path) => labelled || alone || moves || marked && names(inner, path),
        None => (marked || lists && !found.partial) && found.gone,
    };
    (marked || labelled || alone || moves || lists).then(|| named(inner, false)).flatten().filter(begins_list)
}

/// Whether a line in bold names a path, and does not only speak of it: it begins with it, or with what is done to it.
fn names(text: &str, path: &str) -> bool {
    let before = words(text.split_once(path).map_or("", |(before, _)| before));
    let lists: [&[&str]; 5] = [LINKS, GONE, MOVED, NEW, LABELS];
    let first = before.iter().find(|word| !STEPS.contains(&word.as_str()));
    first.is_none_or(|word| lists.iter().any(|list| list.contains(&word.as_str())))
}

/// Whether a line is an item of a list.
pub(super) fn is_item(line: &str) -> bool {
    let text = line.trim_start();
    unnumbered(text).len() < text.len()
}

/// Whether all that a line says is that nothing is changed.
pub(super) fn says_same(line: &str) -> bool {
    let said = words(line);
    let any = |list: &[&str]| said.iter().any(|word| list.contains(&word.as_str()));
    (any(SAME) || any(&["no"]) && any(&["change", "changes"]))
        && said.iter().all(|word| [SAME, NO_CHANGE, FILLERS].iter().any(|list| list.contains(&word.as_str())))
}

/// Whether a line leads on to the file that it names: it says nothing else.
pub(super) fn leads_to(line: &str, path: &str) -> bool {
    const ON: &[&str] = &["and", "then", "also", "now", "next", "finally", "likewise", "similarly", "too", "inside"];
    let said = words(&line.replacen(path, " ", 1));
    said.iter().all(|word| [ON, LINKS, FILLERS, STEPS].iter().any(|list| list.contains(&word.as_str())))
}

/// Whether the info string of a fence says that only some lines of its file are given.
pub(super) fn info_is_partial(info: &str) -> bool {
    const SOME: &[&str] = &["lines", "startline", "snippet", "excerpt", "partial"];
    let rest = in_info(info).map_or_else(|| info.to_owned(), |path| info.replacen(path, " ", 1));
    rest.contains("#L") || words(&rest).iter().any(|word| SOME.contains(&word.as_str()))
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

/// The file that a line of a list of files begins with, and the remark behind it. One that speaks of a file is none.
pub(super) fn item(line: &str) -> Option<(&str, &str)> {
    const MARKS: &[char] = &['~', '*', '`'];
    let text = line.trim();
    let bare = unnumbered(text);
    // It may say once more that the file goes.
    let again = bare.split_once([' ', ':']).filter(|(word, _)| GONE.contains(&word.to_lowercase().as_str()));
    let bare = again.map_or(bare, |(_, rest)| rest.trim_start());
    let inner = bare.trim_start_matches(MARKS);
    let opening = &bare[..bare.len() - inner.len()];
    let end = match (opening.contains('`'), opening.is_empty()) {
        (true, _) => inner.find('`')?,
        (false, false) => inner.find(['~', '*'])?,
        (false, true) => inner.find(char::is_whitespace).unwrap_or(inner.len()),
    };
    let path = inner[..end].trim_end_matches([':', ',']);
    let rest = inner[end..].trim_start_matches(MARKS).trim_start();
    let remark = rest.is_empty() || rest.starts_with(['(', '[', '-', '–', '—', ':', ',']) || goes_on(rest);
    let listed = is_item(line) && rest.is_empty() && !path.eq_ignore_ascii_case("n/a");
    let folder = path.len() > 1 && path.ends_with('/') && !path.contains(' ');
    (remark && (folder || is_path(path, listed || opening.contains('`')))).then_some((path, rest))
}

/// Whether another file stands behind the first one in an item of a list.
pub(super) fn goes_on(rest: &str) -> bool {
    let after = [", and ", ",", "and ", "& ", "+ "].iter().find_map(|sign| rest.strip_prefix(sign));
    let next = after.and_then(|rest| rest.split_whitespace().next());
    next.is_some_and(|next| is_path(next.trim_matches(['`', '*', '~', ',', '"']), false))
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
    if found.len() > 2 {
        return None;
    }
    // A folder is no file, and is refused by its name where it is to go.
    let is_folder = |path: &&str| found.is_empty() && path.len() > 1 && path.ends_with('/');
    let folder = marked(text).into_iter().chain(text.split_whitespace()).find(is_folder);
    let outside = found.iter().chain(&folder).fold(text.to_owned(), |text, path| text.replacen(path, " ", 1));
    let outside = words(&outside);
    let any = |list: &[&str]| outside.iter().any(|word| list.contains(&word.as_str()));
    // A heading that removes something from a file does not remove the file.
    let only = |list: &[&str]| {
        any(list) && outside.iter().all(|word| list.contains(&word.as_str()) || FILLERS.contains(&word.as_str()))
    };
    let (gone, new) = (only(GONE), only(NEW));
    let name =
        |path| Named { path, to: None, gone, new, partial: any(PARTIAL), same: says_same(&outside.join(" ")), heading };
    match found[..] {
        [first, second] if !gone => {
            let (before, rest) = text.split_once(first)?;
            let between = rest.split_once(second)?.0;
            let arrow = ARROWS.iter().any(|arrow| between.contains(arrow));
            let of = |text, lists: &[&[&str]]| {
                words(text).iter().all(|word| lists.iter().any(|list| list.contains(&word.as_str())))
            };
            // Where something else is spoken of, that is moved from one file to another.
            let sure = of(before, &[MOVED, FILLERS, FROM, STEPS]) && of(between, &[MOVED, FILLERS, FROM, TOWARDS]);
            let backwards = words(between).iter().any(|word| FROM.contains(&word.as_str()));
            let (from, to) = if backwards { (second, first) } else { (first, second) };
            if sure && (arrow || any(MOVED)) {
                Some(Named { to: Some(to), ..name(Some(from)) })
            } else {
                // What stands in a remark behind the first is only spoken of.
                let remark = between.trim_start_matches(['`', '*']).trim_start().starts_with(['(', '—', '–', '-', ':']);
                let only_first = first == second || remark && words(before).is_empty();
                (arrow || only_first).then(|| Named { new: new || arrow, ..name(Some(first)) })
            }
        }
        [path] => {
            let (before, after) = text.split_once(path)?;
            let (before, after) = (words(before), words(after));
            let into = before.iter().rev().find(|word| !matches!(word.as_str(), "the" | "file" | "datei" | "fichier"));
            let all = before.iter().any(|word| ALL.contains(&word.as_str()));
            let into = !all && into.is_some_and(|word| INTO.contains(&word.as_str()));
            let has = |list: &[&str]| after.iter().any(|word| list.contains(&word.as_str()));
            let part = has(&["part", "parts", "portion", "portions", "teil", "teile", "partie"])
                || has(&["only", "nur"]) && !has(FILES);
            let named = name(Some(path));
            Some(Named { new: new || into, partial: named.partial || part, ..named })
        }
        [] if gone => {
            let files = outside.iter().any(|word| FILES.contains(&word.as_str()));
            Some(Named { partial: folder.is_none() && !files, ..name(folder) })
        }
        _ => None,
    }
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

/// A text without the emphasis, the backticks or the link that stand around all of it.
fn unmarked(text: &str) -> &str {
    let link = text.trim_end_matches(':').strip_prefix('[').and_then(|text| text.strip_suffix(')')?.split_once("]("));
    if let Some((inner, _)) = link.filter(|(inner, target)| !inner.contains(']') && !target.contains(')')) {
        return unmarked(inner.trim());
    }
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
