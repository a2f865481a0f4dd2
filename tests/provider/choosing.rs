//! From a name to a provider that is asked: built-in kinds, tables of a real config.toml, and which key goes where.

use crate::listener::{Listener, PROMPT, ask, text};
use crate::replies::{Dialect, KEY, REPLY};
use crate::server::{Server, stream};
use prompt_runner_core::refusal::{Code, Refusal};
use runner::ProviderChoice;
use runner::testing::{Keys, Provider, ProviderError, Settings, provider_from};

/// Chooses with the keys of both makers, and one more, in the environment, and nothing in the keyring.
fn choose(choice: &ProviderChoice, config: &str) -> Result<Box<dyn Provider>, ProviderError> {
    choose_with(choice, config, |_| Ok(None))
}

fn choose_with(
    choice: &ProviderChoice,
    config: &str,
    entry: impl Fn(&str) -> Result<Option<String>, String>,
) -> Result<Box<dyn Provider>, ProviderError> {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let known = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OTHER_KEY"];
    let variable = |name: &str| match name {
        "TORN_KEY" => Some(format!("{KEY} {KEY}")),
        _ => known.contains(&name).then(|| KEY.to_owned()),
    };
    let chosen = provider_from(choice, &Settings::read(home.path())?, &Keys { variable: &variable, entry: &entry })?;
    Ok(chosen.provider)
}

fn named(name: &str) -> ProviderChoice {
    ProviderChoice { name: Some(name.into()), model: Some("m".into()), ..ProviderChoice::default() }
}

fn refusal(choice: &ProviderChoice, config: &str) -> Refusal {
    let Err(error) = choose(choice, config) else { panic!("{choice:?} is a provider with {config}") };
    assert!(!format!("{error} {error:?}").contains(KEY));
    Refusal::from(error)
}

#[test]
fn what_is_missing_or_unknown_is_named() {
    use Code::{ProviderKeyMissing, ProviderUnknown, SettingsInvalid};
    let at = |url: &str, name: &str| ProviderChoice { base_url: Some(url.into()), ..named(name) };
    let table = "[provider.mine]\nkind = \"openai\"\nbase_url = \"https://api.example\"\n";
    let unset = format!("{table}key_env = \"NOT_SET\"");
    let insecure = "[provider.mine]\nkind = \"openai\"\nbase_url = \"http://10.0.0.7/v1\"\nkey_env = \"OTHER_KEY\"";
    let wrong = "[provider.mine]\nkind = \"openai\"\nbase_url = \"api.example\"";
    let quote = "[provider.mine]\nkind = \"command\"\ncommand = \"sh -c 'cat\"";
    let torn = format!("{table}key_env = \"TORN_KEY\"");
    let nameless = ProviderChoice { name: Some("anthropic".into()), ..ProviderChoice::default() };
    let rows: &[(ProviderChoice, &str, Code, &[&str])] = &[
        (named("oracle"), table, ProviderUnknown, &["“oracle”", "page", "anthropic", "mine"]),
        (named("Anthropic"), "", ProviderUnknown, &["Anthropic"]),
        (ProviderChoice::default(), "default_provider = \"gone\"", ProviderUnknown, &["gone"]),
        (nameless, "", SettingsInvalid, &["anthropic", "a model", "--model"]),
        (named("command"), "", SettingsInvalid, &["a command", "ollama"]),
        (named("file"), "", SettingsInvalid, &["“file”", "--reply-file"]),
        (named("mine"), quote, SettingsInvalid, &["config.toml", "`command`", "[provider.mine]", "quote"]),
        (named("mine"), wrong, SettingsInvalid, &["config.toml", "`base_url`", "[provider.mine]", "https://"]),
        (at("api.example", "openai"), "", SettingsInvalid, &["base_url", "https://"]),
        (named("mine"), insecure, SettingsInvalid, &["10.0.0.7", "https"]),
        (named("mine"), &unset, ProviderKeyMissing, &["NOT_SET", "“mine”"]),
        (named("mine"), &torn, SettingsInvalid, &["TORN_KEY", "cannot be a key"]),
        (at("https://api.example", "anthropic"), "", ProviderKeyMissing, &["key_env"]),
    ];
    for (choice, config, code, said) in rows {
        let refusal = refusal(choice, config);
        assert_eq!(refusal.code, *code, "{refusal}");
        assert!(said.iter().all(|said| refusal.message.contains(said)), "{said:?} in {refusal}");
        assert!(refusal.message.ends_with('.'), "{refusal}");
    }
}

#[test]
fn the_key_of_one_maker_goes_to_nobody_else_unless_told() {
    // Over http to another machine, a provider that has a key is refused: so this shows who would get one.
    let elsewhere = ProviderChoice { base_url: Some("http://192.0.2.1/v1".into()), ..named("openai") };
    assert!(choose(&elsewhere, "").is_ok(), "the server of somebody else is asked without a key");
    let told = "[provider.openai]\nkind = \"openai\"\nkey_env = \"OTHER_KEY\"";
    assert_eq!(refusal(&elsewhere, told).code, Code::SettingsInvalid, "the settings name a key for it");
    let looked = std::cell::RefCell::new(Vec::new());
    let entry = |account: &str| {
        looked.borrow_mut().push(account.to_owned());
        Ok(None)
    };
    let table = "[provider.router]\nkind = \"openai\"\nbase_url = \"https://router.example/v1\"";
    choose_with(&named("router"), table, entry).unwrap();
    choose_with(&ProviderChoice { base_url: Some("https://router.example".into()), ..named("openai") }, "", entry)
        .unwrap();
    choose_with(&ProviderChoice { base_url: Some("http://localhost:11434/v1".into()), ..named("openai") }, "", entry)
        .unwrap();
    assert_eq!(*looked.borrow(), ["router"], "the keyring is asked for what may have an entry of its own");
}

#[test]
fn a_table_is_a_provider_and_what_is_said_now_weighs_more() {
    let server = Server::new(vec![stream(&Dialect::OpenAi.whole())]);
    let config = format!(
        "default_provider = \"mine\"\n[provider.mine]\nkind = \"openai\"\nbase_url = \"{}/v1\"\nmodel = \"small\"\nkey_env = \"OTHER_KEY\"\nmax_tokens = 9",
        server.url
    );
    for (choice, model) in [
        (ProviderChoice::default(), "small"),
        (ProviderChoice { model: Some("large".into()), ..ProviderChoice::default() }, "large"),
        (ProviderChoice { name: Some("mine".into()), model: Some(" ".into()), ..ProviderChoice::default() }, ""),
    ] {
        let made = choose(&choice, &config);
        if model.is_empty() {
            assert!(made.is_err(), "a blank model is none");
            continue;
        }
        let outcome = ask(&mut *made.unwrap(), PROMPT, None, &mut Listener::default());
        assert_eq!(text(outcome).as_deref(), Ok(REPLY));
        let asked = server.asked().pop().unwrap();
        assert!(asked.head.starts_with("post /v1/chat/completions ") && asked.head.contains(KEY), "{}", asked.head);
        let body: serde_json::Value = serde_json::from_slice(&asked.body).unwrap();
        assert_eq!((&body["model"], &body["max_tokens"]), (&model.into(), &9.into()));
    }
}
