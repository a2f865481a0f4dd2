//! What of a text makes its blocks. Everything else is masked before the parser sees it, byte for byte, so that places stay what they
//! are: emphasis, links and tables cost a parser more than their length, and HTML swallows the heading below it.

use super::fence;
use crate::block::is_tags;
use std::borrow::Cow;

/// Quotes and lists in one another, deeper than any reply has them. Each level costs the parser time in every line below it.
const DEEPEST: usize = 16;
/// So far in may a line begin and still open a list or a quote; it bounds the levels that are made by indentation.
const FURTHEST: usize = 64;
/// HTML that may hold blank lines and headings, and how it ends.
const ENDS: [(&str, &str); 6] = [
    ("<!--", "-->"),
    ("<?", "?>"),
    ("<pre", "</pre>"),
    ("<script", "</script>"),
    ("<style", "</style>"),
    ("<textarea", "</textarea>"),
];

/// The same text, of the same length, with the blocks it had.
pub(super) fn masked(source: &str) -> String {
    let last = ENDS.map(|(_, end)| source.rfind(end).unwrap_or(0));
    let mut open = None;
    let mut out = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        let at = out.len();
        let (prefix, rest) = line.split_at(prefix(line));
        out.push_str(prefix);
        let opens = ENDS.iter().zip(last).find(|((begin, _), last)| *last > at && begins_with(rest, begin));
        let opens = opens.map(|((_, end), _)| *end);
        let ends = open.or(opens).and_then(|end| Some(end).zip(rest.find(end)));
        if fence(rest.trim_end()).is_some() || is_rule(rest) {
            out.push_str(rest);
        } else if is_tags(rest) && open.and(ends).is_none() {
            // Whatever stands below it is no part of it.
            out.extend(rest.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
            continue;
        } else if opens.is_some() || ends.is_some() {
            let (html, text) = rest.split_at(usize::from(opens.is_some()));
            out.push_str(html);
            out.push_str(&plain(text, ""));
        } else {
            out.push_str(&plain(rest, if marker(rest).is_some() { ">-+*0123456789" } else { "" }));
        }
        // Its end is shown to the parser, which would take all that follows for more of it.
        if let Some((end, found)) = ends {
            let place = at + prefix.len() + found;
            out.replace_range(place..place + end.len(), end);
        }
        open = if ends.is_some() { None } else { open.or(opens) };
    }
    out
}

/// How many bytes of a line open quotes and lists, with the blanks behind the last.
fn prefix(line: &str) -> usize {
    let mut at = 0;
    for level in 0.. {
        at += line[at..].len() - line[at..].trim_start_matches([' ', '\t']).len();
        match marker(&line[at..]) {
            Some(length) if level < DEEPEST && at <= FURTHEST && !is_rule(&line[at..]) => at += length,
            _ => break,
        }
    }
    at
}

/// The length of what opens a quote or an item of a list.
fn marker(text: &str) -> Option<usize> {
    let rest = text.trim_start_matches(|ch: char| ch.is_ascii_digit());
    let digits = text.len() - rest.len();
    let opens = match rest.chars().next()? {
        '>' => return (digits == 0).then_some(1),
        '-' | '+' | '*' => digits == 0,
        '.' | ')' => (1..=9).contains(&digits),
        _ => false,
    };
    (opens && rest[1..].chars().next().is_none_or(char::is_whitespace)).then_some(digits + 1)
}

fn is_rule(line: &str) -> bool {
    let mut signs = line.chars().filter(|ch| !ch.is_whitespace());
    let Some(first) = signs.next().filter(|first| matches!(first, '-' | '*' | '_')) else {
        return false;
    };
    let mut count = 1;
    signs.all(|sign| {
        count += 1;
        sign == first
    }) && count >= 3
}

fn begins_with(line: &str, begin: &str) -> bool {
    line.get(..begin.len()).is_some_and(|its| its.eq_ignore_ascii_case(begin))
}

/// A line without what is markup inside of it. Where its first sign would open something that it must not, that one goes as well.
fn plain<'a>(rest: &'a str, first: &str) -> Cow<'a, str> {
    let is_inline = |ch| matches!(ch, '[' | ']' | '*' | '_' | '`' | '!' | '&' | '\\' | '<' | '~');
    if rest.starts_with(|ch| first.contains(ch)) {
        return format!("x{}", rest[1..].replace(is_inline, "x")).into();
    }
    if rest.contains(is_inline) { rest.replace(is_inline, "x").into() } else { rest.into() }
}

#[cfg(test)]
mod tests {
    use crate::block::Block;
    use crate::markdown::blocks;

    #[test]
    fn html_ends_where_it_ends_and_the_heading_below_it_is_one() {
        for html in [
            "<script>alert(1)</script> and more",
            "<script>\nalert(1);\n</script>",
            "<script>let x = 1;\n\nlet y = 2;</script>",
            "<pre>one\n\ntwo</pre>",
            "<pre>one\n</pre>",
            "<pre class=\"a\">one `two`\n</pre> three",
            "<PRE>one\n\ntwo</pre>",
            "<style>p { color: red }</style>",
            "<style>a {}\n</style>\n<script>b()</script>",
            "<textarea>one\n\ntwo</textarea> *three*",
            "<!-- one -->",
            "<!-- one\n\n## DESIGN\n\ntwo --> three",
            "<?php echo 1; ?>",
            "<?php\n\necho 1;\n?>",
            "<pre></pre>",
            "<pre>",
            "</pre>",
            "<script>alert(1)",
            "text <script>alert(1)</script> text",
            "> <pre>one</pre>",
            "<pre>one</pre><pre>two</pre>",
            "```html\n<script>let x;\n```\n\n<script>b()</script>",
        ] {
            for between in ["\n", "\n\n"] {
                let text = format!("{html}{between}## FINDINGS\n\n````\na\n````\n");
                let read = blocks(&text);
                let headings =
                    read.iter().filter(|block| matches!(block, Block::Heading { text, .. } if text == "FINDINGS"));
                assert_eq!(headings.count(), 1, "{text}: {read:?}");
                assert_eq!(read.last(), Some(&Block::Code { lang: String::new(), text: "a".into() }), "{text}");
            }
        }
    }
}
