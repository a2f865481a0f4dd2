//! Places and manifests, tried on a home directory that lasts for one test.

use super::*;
use prompt_runner_core::protocol::HOST_NAME;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn environment(home: &Path, os: Os) -> Environment {
    Environment { home: home.to_owned(), config_home: None, os }
}

fn names(browsers: &[Browser]) -> Vec<&str> {
    browsers.iter().map(|browser| browser.id.as_str()).collect()
}

#[test]
fn the_extension_has_an_id_of_32_letters() {
    assert_eq!(EXTENSION_ID.len(), 32);
    assert!(EXTENSION_ID.bytes().all(|byte| (b'a'..=b'p').contains(&byte)));
}

#[test]
fn only_browsers_with_a_profile_are_installed() {
    let home = tempfile::tempdir().unwrap();
    let linux = environment(home.path(), Os::Linux);
    assert_eq!(installed(&linux), []);
    fs::create_dir_all(home.path().join(".config/chromium")).unwrap();
    fs::create_dir_all(home.path().join(".config/mozilla/firefox")).unwrap();
    fs::create_dir_all(home.path().join(".var/app/com.google.Chrome/config/google-chrome")).unwrap();
    let found = installed(&linux);
    assert_eq!(names(&found), ["chromium", "firefox", "chrome-flatpak"]);
    assert_eq!(found[0].manifests, [home.path().join(".config/chromium/NativeMessagingHosts")]);
    assert_eq!(found[1].manifests, [home.path().join(".mozilla/native-messaging-hosts")]);
    assert!(found[2].sandboxed() && found[2].note.is_some());
}

#[test]
fn a_configuration_elsewhere_is_followed_on_linux_alone() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("elsewhere");
    let place = |os| {
        let environment = Environment { config_home: Some(config.clone()), ..environment(home.path(), os) };
        known(&environment).into_iter().find(|browser| browser.id == "chrome").unwrap().manifests
    };
    assert_eq!(place(Os::Linux), [config.join("google-chrome/NativeMessagingHosts")]);
    let macos = home.path().join("Library/Application Support/Google/Chrome/NativeMessagingHosts");
    assert_eq!(place(Os::Macos), [macos]);
}

#[test]
fn a_user_data_directory_is_the_place_where_the_browser_asks_it() {
    let home = tempfile::tempdir().unwrap();
    let linux = environment(home.path(), Os::Linux);
    let dir = home.path().join("profile");
    let select = |environment: &Environment, names: &[&str]| {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        super::select(environment, &names, Some(&dir), installed)
    };
    let chosen = select(&linux, &[]).unwrap();
    assert_eq!(names(&chosen), ["chromium"]);
    assert_eq!(chosen[0].manifests, [dir.join("NativeMessagingHosts")]);
    assert!(select(&linux, &["firefox"]).unwrap_err().to_string().starts_with("Firefox does not look"));
    assert!(select(&linux, &["brave"]).is_err());
    assert!(select(&environment(home.path(), Os::Windows), &[]).is_err());
    let unknown = select(&linux, &["netscape"]).unwrap_err().to_string();
    assert!(unknown.contains("\"netscape\"") && unknown.contains("chromium, edge"), "{unknown}");
}

#[test]
fn a_manifest_names_the_host_and_nobody_but_the_extension() {
    let odd = if cfg!(windows) { r"C:\a b\{{origin}}.exe" } else { "/a \"b\"\\/{{origin}}/\"{{origin}}" };
    let read = |family| serde_json::from_str::<Value>(&render(family, Path::new(odd)).unwrap()).unwrap();
    for family in [Family::Chromium, Family::Firefox] {
        let manifest = read(family);
        assert_eq!(manifest["name"], HOST_NAME);
        assert_eq!(manifest["type"], "stdio");
        assert_eq!(manifest["path"], odd);
        assert!(!manifest["description"].as_str().unwrap().is_empty());
    }
    assert_eq!(read(Family::Chromium)["allowed_origins"], json!([origin()]));
    assert_eq!(read(Family::Firefox)["allowed_extensions"], json!([ADDON_ID]));
    assert!(matches!(render(Family::Chromium, Path::new("host")), Err(InstallError::HostPath(_))));
}

#[test]
fn a_manifest_is_written_over_an_old_one_and_leaves_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("profile/NativeMessagingHosts");
    let host = home.path().join("prompt-runner-host");
    for _ in 0..2 {
        let path = write_manifest(&dir, Family::Chromium, &host).unwrap();
        assert_eq!(path, dir.join("io.github.prompt_runner.json"));
        assert_eq!(fs::read_to_string(&path).unwrap(), render(Family::Chromium, &host).unwrap());
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir) & 0o700, 0o700);
        assert_eq!(mode(&home.path().join("profile")), 0o700, "a profile is nobody else's");
        assert_eq!(mode(&dir.join(file_name())) & 0o022, 0);
    }
    assert_eq!(remove_manifest(&dir).unwrap(), Some(dir.join(file_name())));
    assert_eq!(remove_manifest(&dir).unwrap(), None);
    assert!(write_manifest(&host.join("x"), Family::Chromium, Path::new("host")).is_err());
}

/// Each row of Windows as the command that registers it.
#[test]
fn every_browser_on_windows_is_registered_by_one_command() {
    let windows = environment(Path::new("C:"), Os::Windows);
    let commands: Vec<String> = known(&windows)
        .iter()
        .map(|browser| {
            let manifest = browser.manifests[0].join(file_name());
            add(browser.key.as_ref().unwrap(), &manifest).join(" ").replace('\\', "/")
        })
        .collect();
    let command = |key: &str, family: &str| {
        format!(
            "ADD HKCU/SOFTWARE/{key}/NativeMessagingHosts/io.github.prompt_runner /ve /t REG_SZ /d \
             C:/AppData/Local/prompt-runner/manifests/{family}/io.github.prompt_runner.json /f"
        )
    };
    let [google, mozilla] = [command("Google/Chrome", "chromium"), command("Mozilla", "firefox")];
    let [chromium, edge] = ["Chromium", "Microsoft/Edge"].map(|key| command(key, "chromium"));
    // Chrome, Chromium, Edge, Brave, Vivaldi, Opera, Firefox, LibreWolf: who is not branded as its own reads Chrome's key.
    assert_eq!(commands, [&google, &chromium, &edge, &google, &google, &google, &mozilla, &mozilla].map(String::clone));
}
