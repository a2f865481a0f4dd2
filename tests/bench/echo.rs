//! The least that a native host can be, as a yardstick: it gives each frame back as it came. One that asks for it by its first word
//! is written to a file and on the disk before it goes back, as a capture has to be.

use std::fs::File;
use std::io::{self, Read, Write};

/// What a frame begins with that wants to be on the disk.
const KEPT: &[u8] = b"{\"kept\"";

fn main() -> io::Result<()> {
    let (mut stdin, mut stdout) = (io::stdin().lock(), io::stdout().lock());
    let mut file: Option<File> = None;
    let mut length = [0; 4];
    while stdin.read_exact(&mut length).is_ok() {
        let mut body = vec![0; u32::from_ne_bytes(length) as usize];
        stdin.read_exact(&mut body)?;
        if body.starts_with(KEPT) {
            let file = match &mut file {
                Some(file) => file,
                none => none.insert(File::create(std::env::temp_dir().join(format!("echo-{}", std::process::id())))?),
            };
            file.write_all(&body)?;
            file.sync_data()?;
        }
        stdout.write_all(&length)?;
        stdout.write_all(&body)?;
        stdout.flush()?;
    }
    Ok(())
}
