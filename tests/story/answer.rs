//! Stands in for the model: reads a prompt as a model would and writes the reply that it asks for, or one with a fault.
//! It shares no code with the contract reader in core, so the two can only agree by following docs/CONTRACT.md.

use serde_json::{Value, json};

/// What is wrong with a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// It stops before its proof.
    Cut,
    /// It stops inside its proof.
    HalfProof,
    /// It proves that it answers another prompt.
    Foreign,
    /// One section is not there.
    Missing,
    /// One section is there twice, with different bodies.
    Doubled,
    /// There is no text.
    Empty,
}

/// The reply to a prompt, as blocks; `body` stands in every section.
pub(crate) fn blocks(prompt: &str, body: &str, fault: Fault) -> Value {
    if fault == Fault::Empty {
        return json!([]);
    }
    let asked = Asked::read(prompt);
    let heading = |name: &str| json!({ "block": "heading", "level": 3, "text": name });
    let code = |lang: &str, text: String| json!({ "block": "code", "lang": lang, "text": text });
    let mut blocks = vec![json!({ "block": "paragraph", "text": "Here it is." })];
    for (at, name) in asked.sections.iter().enumerate() {
        if at > 0 || fault != Fault::Missing {
            blocks.extend([heading(name), code("", format!("The {name} says: {body}"))]);
        }
    }
    if fault == Fault::Doubled {
        blocks.extend([heading(&asked.sections[0]), code("", "Something else.".into())]);
    }
    if let Some(proof) = asked.proof(fault) {
        blocks.push(code("promptrunner", proof));
    }
    Value::Array(blocks)
}

/// The same as markdown.
pub(crate) fn markdown(prompt: &str, body: &str, fault: Fault) -> String {
    let blocks = blocks(prompt, body, fault);
    let text = |block: &Value, name: &str| block[name].as_str().unwrap_or_default().to_owned();
    let spell = |block: &Value| match block["block"].as_str() {
        Some("heading") => format!("### {}\n", text(block, "text")),
        Some("code") => format!("````{}\n{}\n````\n", text(block, "lang"), text(block, "text")),
        _ => format!("{}\n", text(block, "text")),
    };
    blocks.as_array().into_iter().flatten().map(spell).collect::<Vec<_>>().join("\n")
}

/// What a prompt asks for at its end.
struct Asked {
    session: String,
    phase: String,
    nonce: String,
    sections: Vec<String>,
}

impl Asked {
    fn read(prompt: &str) -> Self {
        let tail = prompt.rfind("PROMPT-RUNNER/1 ").map(|at| &prompt[at..]).expect("the prompt asks for its proof");
        let mut words = tail.split_whitespace().skip(1).map(str::to_owned);
        let mut word = || words.next().expect("the proof names session, phase and nonce");
        let (session, phase, nonce) = (word(), word(), word());
        let sections: Vec<_> =
            tail.lines().filter_map(|line| line.strip_prefix("section: ")).map(str::to_owned).collect();
        assert!(!sections.is_empty(), "the prompt asks for its sections: {tail}");
        Self { session, phase, nonce, sections }
    }

    fn proof(&self, fault: Fault) -> Option<String> {
        let Self { session, phase, nonce, sections } = self;
        let foreign: String = nonce.chars().rev().collect();
        let nonce = match fault {
            Fault::Cut | Fault::Empty => return None,
            Fault::HalfProof => {
                return Some(format!("PROMPT-RUNNER/1 {session} {phase} {nonce}\nsection: {}", sections[0]));
            }
            // A nonce that reads the same backwards is one in 4 thousand million.
            Fault::Foreign => &foreign,
            _ => nonce,
        };
        let sections: String = sections.iter().map(|name| format!("section: {name}\n")).collect();
        Some(format!("PROMPT-RUNNER/1 {session} {phase} {nonce}\n{sections}PROMPT-RUNNER/END {nonce}"))
    }
}
