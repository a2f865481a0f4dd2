//! What `install --dry-run` says on machines of every system, played on a home directory that lasts for one test.

use super::*;
use crate::browsers::Os;
use std::fs;

/// The words on a machine where these directories are, with `~` for the home directory.
fn dry_run(os: Os, dirs: &[&str]) -> Result<String, Refusal> {
    let home = tempfile::tempdir().unwrap();
    for dir in dirs {
        fs::create_dir_all(home.path().join(dir)).unwrap();
    }
    let environment = Environment { home: home.path().to_owned(), config_home: None, os };
    let args = InstallArgs { dry_run: true, ..InstallArgs::default() };
    let mut out = Vec::new();
    add(&environment, &home.path().join("prompt-runner-host"), &args, &mut out)?;
    let said = String::from_utf8(out).unwrap();
    Ok(said.replace(&home.path().display().to_string(), "~").replace('\\', "/"))
}

#[test]
fn on_macos_every_browser_is_told_in_its_own_folder() {
    let dirs = [
        "Google/Chrome",
        "Chromium",
        "Microsoft Edge",
        "BraveSoftware/Brave-Browser",
        "Vivaldi",
        "com.operasoftware.Opera",
        "Firefox",
        "LibreWolf",
    ]
    .map(|dir| format!("Library/Application Support/{dir}"));
    let said = dry_run(Os::Macos, &dirs.each_ref().map(String::as_str)).unwrap();
    let expected = "\
Google Chrome: would write ~/Library/Application Support/Google/Chrome/NativeMessagingHosts/io.github.prompt_runner.json
Chromium: would write ~/Library/Application Support/Chromium/NativeMessagingHosts/io.github.prompt_runner.json
Microsoft Edge: would write ~/Library/Application Support/Microsoft Edge/NativeMessagingHosts/io.github.prompt_runner.json
Vivaldi: would write ~/Library/Application Support/Vivaldi/NativeMessagingHosts/io.github.prompt_runner.json
Opera: would write ~/Library/Application Support/com.operasoftware.Opera/NativeMessagingHosts/io.github.prompt_runner.json
Brave: would write ~/Library/Application Support/BraveSoftware/Brave-Browser/NativeMessagingHosts/io.github.prompt_runner.json
Brave: would write ~/Library/Application Support/Google/Chrome/NativeMessagingHosts/io.github.prompt_runner.json
Firefox: would write ~/Library/Application Support/Mozilla/NativeMessagingHosts/io.github.prompt_runner.json
LibreWolf: would write ~/Library/Application Support/LibreWolf/NativeMessagingHosts/io.github.prompt_runner.json
Load the extension into the browser, then run `prompt-runner doctor`.
";
    assert_eq!(said, expected);
}

#[test]
fn on_windows_every_browser_is_told_by_its_registry_key() {
    let dirs = [
        "AppData/Local/Google/Chrome/User Data",
        "AppData/Local/Chromium/User Data",
        "AppData/Local/Microsoft/Edge Dev/User Data",
        "AppData/Local/BraveSoftware/Brave-Browser/User Data",
        "AppData/Local/Vivaldi/User Data",
        "AppData/Roaming/Opera Software/Opera Stable",
        "AppData/Roaming/Mozilla/Firefox",
        "AppData/Roaming/librewolf",
    ];
    let chromium = "would write ~/AppData/Local/prompt-runner/manifests/chromium/io.github.prompt_runner.json";
    let firefox = "would write ~/AppData/Local/prompt-runner/manifests/firefox/io.github.prompt_runner.json";
    let key = |vendor| format!("would write HKCU/SOFTWARE/{vendor}/NativeMessagingHosts/io.github.prompt_runner");
    let [google, own, edge, mozilla] = ["Google/Chrome", "Chromium", "Microsoft/Edge", "Mozilla"].map(key);
    let expected = format!(
        "\
Google Chrome: {chromium}
Google Chrome: {google}
Chromium: {chromium}
Chromium: {own}
Microsoft Edge: {chromium}
Microsoft Edge: {edge}
Brave: {chromium}
Brave: {google}
Vivaldi: {chromium}
Vivaldi: {google}
Opera: {chromium}
Opera: {google}
Firefox: {firefox}
Firefox: {mozilla}
LibreWolf: {firefox}
LibreWolf: {mozilla}
Load the extension into the browser, then run `prompt-runner doctor`.
"
    );
    assert_eq!(dry_run(Os::Windows, &dirs).unwrap(), expected);
}

#[test]
fn on_linux_a_sandboxed_browser_is_left_out_and_only_alone_it_is_a_failure() {
    let flatpak = ".var/app/com.google.Chrome/config/google-chrome";
    let said =
        dry_run(Os::Linux, &[".config/opera", ".config/librewolf", "snap/firefox/common/.mozilla/firefox", flatpak]);
    let expected = "\
Opera: would write ~/.config/opera/NativeMessagingHosts/io.github.prompt_runner.json
LibreWolf: would write ~/.mozilla/native-messaging-hosts/io.github.prompt_runner.json
Firefox (Snap): would write ~/.mozilla/native-messaging-hosts/io.github.prompt_runner.json
Firefox (Snap): It asks once whether it may start Prompt-Runner: allow it. This needs the desktop portal of Ubuntu 22.04 or newer.
Load the extension into the browser, then run `prompt-runner doctor`.
";
    assert_eq!(said.unwrap(), expected);
    let refusal = dry_run(Os::Linux, &[flatpak]).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.message.as_str()),
        (
            Code::SetupBroken,
            "Google Chrome (Flatpak): A Flatpak cannot start programs outside its sandbox. Install Chrome's own .deb or .rpm instead."
        )
    );
}
