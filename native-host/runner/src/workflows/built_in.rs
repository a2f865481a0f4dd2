//! The workflows that came with the program. Generated from native-host/runner/workflows by `cargo xtask codegen`.

/// Name and text of each. The first is the one of who names none.
pub(super) const BUILT_IN: &[(&str, &str)] = &[
    ("feature", include_str!("../../workflows/feature.toml")),
    ("api", include_str!("../../workflows/api.toml")),
    ("bugfix", include_str!("../../workflows/bugfix.toml")),
    ("crud", include_str!("../../workflows/crud.toml")),
    ("full", include_str!("../../workflows/full.toml")),
    ("quick", include_str!("../../workflows/quick.toml")),
    ("refactor", include_str!("../../workflows/refactor.toml")),
    ("review", include_str!("../../workflows/review.toml")),
];
