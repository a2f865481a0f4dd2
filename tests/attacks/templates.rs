//! E94: templates that somebody else wrote, to stop whoever renders them: that call themselves, nest, double, loop and grow.
//! The command line and the host refuse each by name, within bounds of memory and time, and go on.

use crate::desk::{Desk, said};
use crate::port::Port;
use crate::report::tell;
use serde_json::json;
use std::fs;
use std::time::{Duration, Instant};

/// Templates by what is wrong with them.
fn hostile() -> Vec<(&'static str, String)> {
    let tail = "\n{% include 'contract' %}\n";
    let chain = |link: &str, times: usize| format!("{{{{ 1{} }}}}{tail}", link.repeat(times));
    let wrap = |open: &str, close: &str, times: usize| format!("{}x{}{tail}", open.repeat(times), close.repeat(times));
    let inside = |open: &str, close: &str, times: usize| {
        format!("{{{{ {}1{} }}}}{tail}", open.repeat(times), close.repeat(times))
    };
    let double = |from: &str, to: &str, rounds: usize| {
        format!(
            "{{% set ns = namespace(a={from}) %}}{{% for i in range({rounds}) %}}{{% set ns.a = {to} %}}{{% endfor %}}{{{{ ns.a }}}}{tail}"
        )
    };
    vec![
        ("includes itself", format!("{{% include 'the prompt' %}}{tail}")),
        ("includes itself twice", format!("{{% include 'the prompt' %}}{{% include 'the prompt' %}}{tail}")),
        (
            "includes itself in a loop",
            format!("{{% for i in range(9) %}}{{% include 'the prompt' %}}{{% endfor %}}{tail}"),
        ),
        ("includes itself, if that works", format!("{{% include 'the prompt' ignore missing %}}{tail}")),
        ("extends itself", "{% extends 'the prompt' %}".to_owned()),
        ("imports itself", format!("{{% import 'the prompt' as p %}}{tail}")),
        (
            "imports a macro of itself",
            format!("{{% from 'the prompt' import m %}}{{% macro m() %}}x{{% endmacro %}}{tail}"),
        ),
        ("a macro that calls itself", format!("{{% macro m() %}}{{{{ m() }}}}{{% endmacro %}}{{{{ m() }}}}{tail}")),
        (
            "a macro that calls itself twice",
            format!("{{% macro m() %}}{{{{ m() }}}}{{{{ m() }}}}{{% endmacro %}}{{{{ m() }}}}{tail}"),
        ),
        (
            "two macros that call each other",
            format!(
                "{{% macro a() %}}{{{{ b() }}}}{{% endmacro %}}{{% macro b() %}}{{{{ a() }}}}{{% endmacro %}}{{{{ a() }}}}{tail}"
            ),
        ),
        ("a block that shows itself", format!("{{% block a %}}{{{{ self.a() }}}}{{% endblock %}}{tail}")),
        (
            "a caller that calls back",
            format!(
                "{{% macro m() %}}{{{{ caller() }}}}{{% call m() %}}{{{{ m() }}}}{{% endcall %}}{{% endmacro %}}{{% call m() %}}x{{% endcall %}}{tail}"
            ),
        ),
        (
            "a loop that calls itself for ever",
            format!("{{% for x in [1] recursive %}}{{{{ loop([1]) }}}}{{% endfor %}}{tail}"),
        ),
        ("100,000 templates of which none is there", format!("{{% include ['nope']*100000 %}}{tail}")),
        ("a name of 200,000 letters", format!("{{% include '{}' %}}{tail}", "nö".repeat(70_000))),
        ("a sum of 100,000", chain("+1", 100_000)),
        ("100,000 texts joined", chain("~1", 100_000)),
        ("20,000 times `or`", chain(" or 1", 20_000)),
        ("20,000 times `and`", chain(" and 1", 20_000)),
        ("20,000 times `is`", chain(" is defined", 20_000)),
        ("20,000 filters", chain("|string", 20_000)),
        ("50,000 attributes", chain(".a", 50_000)),
        ("50,000 indices", chain("[0]", 50_000)),
        ("50,000 calls", chain("()", 50_000)),
        ("20,000 conditions", chain(" if 1 else 1", 20_000)),
        ("50,000 brackets", inside("(", ")", 50_000)),
        ("50,000 lists in lists", inside("[", "]", 50_000)),
        ("20,000 maps in maps", inside("{'a':", "}", 20_000)),
        ("50,000 times `not`", inside("not ", "", 50_000)),
        ("100,000 times minus", inside("-", "", 100_000)),
        ("20,000 powers", chain("**1", 20_000)),
        ("5,000 conditions in each other", wrap("{% if 1 %}", "{% endif %}", 5_000)),
        ("5,000 loops in each other", wrap("{% for x in [1] %}", "{% endfor %}", 5_000)),
        ("5,000 filters around each other", wrap("{% filter upper %}", "{% endfilter %}", 5_000)),
        ("5,000 scopes in each other", wrap("{% with a = 1 %}", "{% endwith %}", 5_000)),
        ("5,000 other conditions", format!("{{% if 0 %}}{}{{% endif %}}{tail}", "{% elif 0 %}".repeat(5_000))),
        ("a list that doubles, 60 times", double("[1]", "ns.a + ns.a", 60)),
        ("a list in a list, 60 times twice", double("[1]", "[ns.a, ns.a]", 60)),
        ("a map in a map, 60 times twice", double("{}", "{'a': ns.a, 'b': ns.a}", 60)),
        ("a list in a list, 40,000 times", double("[1]", "[ns.a]", 40_000)),
        (
            "a list in a list, deep, compared",
            double("[1]", "[ns.a, ns.a]", 60)
                .replace("{{ ns.a }}", "{{ ns.a == ns.a }}{{ ns.a|length }}{{ ns.a|unique }}"),
        ),
        ("lists of 99,999 that are kept", double("[]", "[ns.a, range(99999)|list]", 9_000)),
        ("texts of a megabyte that are kept", double("[]", "[ns.a, 'x' * 1000000 ~ i]", 9_000)),
        ("a text that doubles, 60 times", double("'x'", "ns.a ~ ns.a", 60)),
        ("a text that is replaced by itself", double("'xx'", "ns.a|replace('x', ns.a)", 30)),
        ("a text a thousand million times", format!("{{{{ 'x' * 1000000000 }}}}{tail}")),
        ("a list a thousand million times", format!("{{{{ [1] * 1000000000 }}}}{tail}")),
        ("a text times a text's length, often", double("'xxxxxxxxxx'", "ns.a * (ns.a|length)", 12)),
        ("a range without end", format!("{{{{ range(1000000000000)|list }}}}{tail}")),
        (
            "a range of ranges",
            format!("{{% for a in range(99999) %}}{{% for b in range(99999) %}}x{{% endfor %}}{{% endfor %}}{tail}"),
        ),
        ("joined with itself", double("'xxxx'", "range(9999)|join(ns.a)", 8)),
        ("indented without end", format!("{{{{ 'x\ny'|indent(4000000000) }}}}{tail}")),
        (
            "sorted, reversed and grouped, often",
            format!(
                "{{% for i in range(9000) %}}{{% set x = range(99999)|list|sort|reverse|list|unique|list %}}{{% endfor %}}{tail}"
            ),
        ),
        ("a sum of powers", format!("{{{{ 9**9**9**9 }}}}{tail}")),
        ("a number that is divided by nothing", format!("{{{{ 1 // 0 }}}}{{{{ 1 % 0 }}}}{tail}")),
        (
            "the smallest number, made positive",
            format!(
                "{{{{ (-9223372036854775807 - 1)|abs }}}}{{{{ -(-9223372036854775807 - 1) // -1 }}}}{{{{ nothing }}}}{tail}"
            ),
        ),
        ("batches of nothing", format!("{{{{ range(9)|batch(0)|list }}}}{{{{ range(9)|slice(0)|list }}}}{tail}")),
        (
            "a table of a thousand million",
            format!("{{{{ range(3)|slice(1000000000)|list }}}}{{{{ range(3)|batch(4000000000, 'x')|list }}}}{tail}"),
        ),
        (
            "a capture in a capture",
            format!(
                "{}{{% set a %}}{}{{% endset %}}{}{tail}",
                "{% set b %}".repeat(3_000),
                "x".repeat(9),
                "{% endset %}".repeat(3_000)
            ),
        ),
        ("the largest that is read, all tags", "{{a}}".repeat(50_000)),
        ("all braces", "{".repeat(200_000)),
        ("no end of a comment", format!("{{#{}", "x".repeat(200_000))),
        ("no end of a raw block", format!("{{% raw %}}{}", "{% raw %}".repeat(20_000))),
        ("what asks for no proof", "Do it.".to_owned()),
    ]
}

#[test]
fn a_template_of_anybody_is_refused_by_name_and_stops_nobody() {
    let hostile = hostile();
    let desk = Desk::new();
    let file = desk.project().join(".prompt-runner/templates/planning.md.jinja");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::create_dir_all(desk.data()).unwrap();
    let mut host = Port::open(&desk.data());
    let ping = json!({ "type": "ping" });
    host.ask(&ping);
    let (mut slowest, mut refused) = (Duration::ZERO, 0);
    for (name, source) in &hostile {
        assert!(source.len() < 256 << 10, "{name}: {} bytes are never read", source.len());
        fs::write(&file, source).unwrap();
        let begun = Instant::now();
        let tried = said(&desk.command(&["template", "test", "planning", "--json"]).output().unwrap());
        let took = begun.elapsed();
        slowest = slowest.max(took);
        // Three seconds are what it may take; the rest is for a busy machine.
        assert!(took < Duration::from_secs(15), "{name}: {took:?}");
        // What only looks bad is rendered as well as any other.
        if tried.code == Some(0) {
            assert!(source.starts_with("{{ 1") || source.contains("elif"), "{name} is called sound");
            continue;
        }
        refused += 1;
        assert_eq!(tried.code, Some(2), "{name}: {tried:?}");
        assert!(tried.out.contains("template.invalid"), "{name}: {}", tried.out);
        assert!(!tried.err.contains("broke off"), "{name}: {}", tried.err);
        // What is said of it has an end, whatever the template has it repeat.
        assert!(tried.err.len() < 1_000, "{name}: {} bytes", tried.err.len());
        assert!(tried.out.len() < 1_000, "{name}: {} bytes", tried.out.len());
        // Where the shape is sound and only the proof is lacking, the prompt can be asked for.
        let started = host.ask(&json!({ "type": "start", "feature": name, "project": desk.project() }));
        let session = &started["view"]["session"];
        let answer = host.ask_any(&json!({ "type": "prompt", "session": session }));
        if !tried.err.contains("does not ask for the proof") {
            assert_eq!(answer["refusal"]["code"], "template.invalid", "{name}: {answer}");
            let message = answer["refusal"]["message"].as_str().unwrap();
            assert!(message.contains("planning.md.jinja"), "{name}: {answer}");
            assert!(message.len() < 1_000, "{name}: {} bytes", message.len());
        }
        assert_eq!(host.ask(&ping)["type"], "pong", "{name}");
    }
    let peak = fs::read_to_string(format!("/proc/{}/status", host.pid())).unwrap();
    let peak = peak.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().replace(" kB", "");
    let mib = peak.parse::<u64>().unwrap() >> 10;
    assert!(mib < 100, "the host took {mib} MiB");
    assert!(host.end().status.success());
    assert!(refused >= 50, "{refused} of {}", hostile.len());
    tell(
        "E94",
        hostile.len(),
        "templates that call themselves, nest, double, loop and grow, by the command line and the host",
        &format!(
            "{refused} refused, the others sound; the slowest after {:.1} s, {mib} MiB in the host at most",
            slowest.as_secs_f64()
        ),
    );
}

/// Conditions of workflows by what is wrong with them: each would be asked before a prompt.
fn hostile_conditions() -> Vec<(&'static str, String)> {
    let inside = |open: &str, close: &str, times: usize| format!("{}1{}", open.repeat(times), close.repeat(times));
    vec![
        ("a range without end", "range(1000000000000)|list".to_owned()),
        ("a text a thousand million times", "'x' * 1000000000".to_owned()),
        ("a list a thousand million times", "[1] * 1000000000".to_owned()),
        ("a sum of powers", "9**9**9**9".to_owned()),
        ("divided by nothing", "1 // 0".to_owned()),
        ("50,000 brackets", inside("(", ")", 50_000)),
        ("50,000 lists in lists", inside("[", "]", 50_000)),
        ("50,000 times `not`", inside("not ", "", 50_000)),
        ("a sum of 50,000", format!("1{}", "+1".repeat(50_000))),
        ("20,000 filters", format!("1{}", "|string".repeat(20_000))),
        ("a text that is replaced by itself", "'x' * 100000|replace('x', 'x' * 100000)".to_owned()),
        ("indented without end", "'x'|indent(4000000000)".to_owned()),
        ("the end of an expression", "1 }}{{ 1".to_owned()),
        ("a tag", "{% include 'the prompt' %}".to_owned()),
        ("no expression", ")))".to_owned()),
        ("a name that nobody knows", "secrets.key".to_owned()),
    ]
}

#[test]
fn a_condition_of_anybody_is_refused_by_name_and_stops_nobody() {
    let desk = Desk::new();
    let file = desk.project().join(".prompt-runner/workflows/theirs.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let quick = desk.program(&["workflow", "show", "quick"]).out.replace("name = \"quick\"", "name = \"theirs\"");
    let (mut refused, mut slowest) = (0, Duration::ZERO);
    let conditions = hostile_conditions();
    for (name, condition) in &conditions {
        // On the second of two phases, for the first has nothing before it.
        let second = "\n[[phase]]\nname = \"more\"\ntitle = \"More\"\nletter = \"M\"\nsections = [{ name = \"MORE\" }]\ntemplate = \"{% include 'contract' %}\"\n";
        fs::write(&file, format!("{quick}{second}skip_if = '''{condition}'''\n")).unwrap();
        let begun = Instant::now();
        let checked = said(&desk.command(&["workflow", "check", "--json"]).output().unwrap());
        slowest = slowest.max(begun.elapsed());
        assert!(begun.elapsed() < Duration::from_secs(15), "{name}: {:?}", begun.elapsed());
        assert!(checked.err.len() < 1_000 && checked.out.len() < 500_000, "{name}: {} bytes", checked.out.len());
        match checked.code {
            Some(0) => {}
            Some(2) => refused += 1,
            other => panic!("{name}: {other:?}: {checked:?}"),
        }
        // Whoever starts a session with it all the same is told, and the session goes on or is refused by name.
        let planned = said(&desk.command(&["plan", "x", "--workflow", "theirs"]).output().unwrap());
        assert!(matches!(planned.code, Some(0 | 2)), "{name}: {planned:?}");
    }
    assert!(refused >= 8, "{refused} of {} are refused", conditions.len());
    tell(
        "E94",
        conditions.len(),
        "conditions of workflows that grow, nest and break off",
        &format!("{refused} refused, the others judged; the slowest after {:.1} s", slowest.as_secs_f64()),
    );
}
