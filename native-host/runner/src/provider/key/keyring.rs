//! The keyring of the system: the Secret Service on Linux, the keychain of macOS, the credentials of Windows. It is only read;
//! each system brings a program to write it, and docs/PROVIDERS.md names them.

use keyring_core::Error;
use keyring_core::api::CredentialStoreApi as _;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
#[cfg(target_os = "linux")]
use dbus_secret_service_keyring_store::Store;
#[cfg(windows)]
use windows_native_keyring_store::Store;

/// The service of all our entries.
const SERVICE: &str = "prompt-runner";

/// The password of an account, or why nobody can say.
#[cfg(any(target_os = "linux", target_os = "macos", windows))]
pub(super) fn password(account: &str) -> Result<Option<String>, String> {
    let read = || Store::new()?.build(SERVICE, account, None)?.get_password();
    match read() {
        Ok(password) => Ok(Some(password)),
        Err(Error::NoEntry) => Ok(None),
        // Its message would name all that fit.
        Err(Error::Ambiguous(entries)) => Err(format!("{} of its entries fit", entries.len())),
        Err(error) => Err(error.to_string()),
    }
}

/// No keyring is known for other systems.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(super) fn password(_: &str) -> Result<Option<String>, String> {
    Err("prompt-runner knows none on this system".into())
}
