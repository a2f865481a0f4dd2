//! Files that are right, and files that are wrong with the words that they have to be turned down in.

use super::*;

fn read(text: &str) -> Result<Settings, String> {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join(FILE), text).unwrap();
    Settings::read(home.path()).map_err(|error| error.to_string())
}

#[test]
fn every_key_is_read() {
    let settings = read(
        r#"
        default_provider = "local"
        [provider.local]
        kind = "openai"
        base_url = "http://localhost:11434/v1"
        model = "qwen3"
        key_env = "LOCAL_KEY"
        max_tokens = 16000
        timeout_s = 300
        [provider.claude-code]
        kind = "command"
        command = "claude -p"
        [provider.me]
        kind = "page"
        "#,
    )
    .unwrap();
    assert_eq!(settings.default_provider.as_deref(), Some("local"));
    let local = &settings.provider["local"];
    assert_eq!(local.kind, Kind::Openai);
    assert_eq!(local.base_url.as_deref(), Some("http://localhost:11434/v1"));
    assert_eq!((local.model.as_deref(), local.key_env.as_deref()), (Some("qwen3"), Some("LOCAL_KEY")));
    assert_eq!((local.max_tokens.unwrap().get(), local.timeout_s.unwrap().get()), (16_000, 300));
    assert_eq!(settings.provider["claude-code"].command.as_deref(), Some("claude -p"));
    assert_eq!(settings.provider["me"], Table::of(Kind::Page));
}

#[test]
fn without_a_file_there_are_no_settings() {
    let home = tempfile::tempdir().unwrap();
    let settings = Settings::read(home.path()).unwrap();
    assert!(settings.default_provider.is_none() && settings.provider.is_empty());
}

#[test]
fn whatever_is_wrong_is_named_with_its_place_and_no_key_is_repeated() {
    let huge = format!("# {}", "x".repeat(70_000));
    let table: &[(&str, &[&str])] = &[
        ("default_provider = 7", &["line 1", "`default_provider`", "a string"]),
        ("colour = \"red\"", &["line 1", "colour"]),
        ("[provider.a]\nkind = \"oracle\"", &["line 2", "`kind`", "oracle", "anthropic"]),
        ("[provider.a]\nmodel = \"m\"", &["provider.a", "kind"]),
        ("[provider.a]\nkind = \"openai\"\nmodle = \"m\"", &["line 3", "`modle`", "model"]),
        ("[provider.a]\nkind = \"openai\"\nmax_tokens = 0", &["line 3", "`max_tokens`", "nonzero"]),
        ("[provider.a]\nkind = \"openai\"\nmax_tokens = \"sk-secret\"", &["line 3", "`max_tokens`", "nonzero"]),
        ("[provider.a]\nkind = \"openai\"\ntimeout_s = -1", &["line 3", "`timeout_s`"]),
        ("[provider.a]\nkind = \"openai\"\napi_key = \"sk-secret\"", &["`api_key`", "keyring"]),
        ("[provider.a]\nkind = \"openai\"\nAPI-KEY = \"sk-secret\"", &["`API-KEY`", "keyring"]),
        ("token = \"sk-secret\"", &["`token`", "keyring"]),
        ("provider.a = { kind = \"openai\", secret = \"sk-secret\" }", &["`secret`", "keyring"]),
        ("[provider.a]\nkind = \"openai\"\nkey_env = \"sk-secret\"", &["`key_env`", "[provider.a]", "capital"]),
        ("[provider.a]\nkind = \"openai\"\nkey_env = \"gsk_secret\"", &["`key_env`", "capital"]),
        ("[provider.a]\nkind = \"openai\"\nkey_env = \"\"", &["`key_env`", "capital"]),
        ("[provider.a]\nkind = \"page\"\nbase_url = \"https://x\"", &["`base_url`", "[provider.a]", "this kind"]),
        ("[provider.a]\nkind = \"anthropic\"\ncommand = \"x\"", &["`command`", "this kind"]),
        ("[provider.\"a\\nb\"]\nkind = \"page\"\nbase_url = \"https://x\"", &["name of a provider"]),
        ("default_provider = \"a\\u001bb\"", &["name of a provider"]),
        ("[provider.a\nkind = 1", &["line 1"]),
        ("api_key \"sk-secret\"", &["line 1"]),
        (&huge, &["64 KiB"]),
    ];
    for (text, said) in table {
        let error = read(text).unwrap_err();
        assert!(error.contains(FILE) && error.ends_with('.'), "{error}");
        assert!(said.iter().all(|said| error.contains(said)), "{said:?} in: {error}");
        assert!(!error.contains("secret\"") && !error.contains("sk-"), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn what_is_no_text_is_said_to_be_none() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join(FILE), b"caf\xe9").unwrap();
    let error = Settings::read(home.path()).unwrap_err().to_string();
    assert!(error.contains(FILE) && error.contains("cannot be read"), "{error}");
}
