//! What was once released stays as it is: migrations are only ever added.

use crate::files::{all, read};
use sha2::{Digest, Sha256};

/// Each migration by the SHA-256 of its text.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_log.sql", "b7eba10f6748cd207cd26d830288e7d77daf7a30398ce85a6622eaa38031c985"),
    ("0002_repairs.sql", "70b9daeaea37e093f8a1d23e2f7ca2120235f1d6e189b719b87a2d0856ee8c2c"),
    ("0003_pages.sql", "aeef175a686805bf770098e5fc720adff69222191b65d78037f8dcabb9e09a74"),
    ("0004_steps.sql", "68587ce991bc0c02fae93344feff4aa31102007a4f43cde07a463a1bd987c53d"),
    ("0005_legacy.sql", "f45cf463949398d55e91d9b605ea61588832ade4891c794613cf6e5aea3ad1a8"),
    ("0006_numbers.sql", "4cde1e8e7088c8c9764fd2160997be3e41e7837f4a2df38e97622516fca0a666"),
    ("0007_rollups.sql", "064beaa8d01e17460845da476b59817a2ccf8922b32648bd55877bccef337a5e"),
    ("0008_upkeep.sql", "e3c1e07b89464444e14cb3947888fa152c9092f041734408a4111da9c87100ce"),
    ("0009_branches.sql", "33e479c432ceea68f38545bc0a5d27c3cef032770db4aa263b07bc7991eef598"),
    ("0010_unknown_times.sql", "97c3437b2451504ba6329a43f8f905157fc9bf330958af7a47b213399a363469"),
    ("0011_one_fold.sql", "d231449641cdd3cad4c31cbad9b90a8c23b183b04c33270db15f585587671315"),
    ("0012_images.sql", "8b076ee43a6b67a594b4c07454ebe890d84bebb2f16ec23222eb6f510a6e8c62"),
];

#[test]
fn migrations_are_only_ever_added() {
    let names = all();
    let mut found: Vec<&str> =
        names.iter().filter_map(|name| name.strip_prefix("native-host/runner/src/store/migrations/")).collect();
    found.sort_unstable();
    let pinned: Vec<&str> = MIGRATIONS.iter().map(|(name, _)| *name).collect();
    assert_eq!(found, pinned, "a new migration gets its line in MIGRATIONS; an old one is never renamed or removed");
    let schema = read("native-host/runner/src/store/schema.rs");
    for (name, pin) in MIGRATIONS {
        let text = read(&format!("native-host/runner/src/store/migrations/{name}"));
        let hash: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hash, *pin,
            "{name} has changed. Once it is released, files in the world were made by it: put the change into a new migration. \
             Only before its first release may this line be changed instead"
        );
        assert!(schema.contains(name), "{name} is not applied by schema.rs");
    }
}
