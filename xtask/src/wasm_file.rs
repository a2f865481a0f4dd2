//! The two things about a .wasm file that the engine's recipe has to know and that no tool tells it: how to take a
//! feature out of its list, and where 64-bit integers cross its border.

use anyhow::{Context as _, Result, bail};

const I64: u8 = 0x7e;
const TYPES: u8 = 1;
const IMPORTS: u8 = 2;
const FUNCTIONS: u8 = 3;
const EXPORTS: u8 = 7;

/// Marks features as unused in the `target_features` section, which the compiler writes for the code that it was
/// given; the standard library was compiled earlier with more of them, but calls for none of these at run time.
pub(crate) fn without_features(mut wasm: Vec<u8>, unwanted: &[&str]) -> Result<Vec<u8>> {
    let mut minus = Vec::new();
    let mut found = false;
    for section in sections(&wasm)? {
        let mut at = section.reader(&wasm);
        if section.id != 0 || at.name()? != "target_features" {
            continue;
        }
        found = true;
        for _ in 0..at.number()? {
            let sign = at.at;
            at.skip(1)?;
            if unwanted.contains(&at.name()?) {
                minus.push(sign);
            }
        }
    }
    if !found {
        bail!("The engine has no target_features section; set strip = \"debuginfo\" in [profile.wasm]");
    }
    for at in minus {
        wasm[at] = b'-';
    }
    Ok(wasm)
}

/// An imported function that is given 64-bit integers: its name, and one letter per parameter (`w` wide, `-` other).
#[derive(Debug, PartialEq)]
pub(crate) struct Wide {
    pub(crate) name: String,
    pub(crate) shape: String,
}

/// The imports that take 64-bit integers. A 64-bit result, or an export with a 64-bit integer, is refused.
pub(crate) fn wide_imports(wasm: &[u8]) -> Result<Vec<Wide>> {
    let mut types = Vec::new();
    let mut functions = Vec::new();
    let mut wide = Vec::new();
    for section in sections(wasm)? {
        let mut at = section.reader(wasm);
        match section.id {
            TYPES => {
                for _ in 0..at.number()? {
                    types.push(at.function_type()?);
                }
            }
            IMPORTS => {
                for _ in 0..at.number()? {
                    let (_, name) = (at.name()?, at.name()?);
                    let Some(kind) = at.function_import()? else {
                        continue;
                    };
                    let (takes, gives) = types.get(kind).context(DAMAGED)?;
                    functions.push(kind);
                    if gives.contains(&I64) {
                        bail!("The engine's import {name} gives a 64-bit integer; {NARROW}");
                    }
                    if takes.contains(&I64) {
                        let shape = takes.iter().map(|kind| if *kind == I64 { 'w' } else { '-' }).collect();
                        wide.push(Wide { name: name.to_owned(), shape });
                    }
                }
            }
            FUNCTIONS => {
                for _ in 0..at.number()? {
                    functions.push(at.number()?);
                }
            }
            EXPORTS => {
                for _ in 0..at.number()? {
                    let name = at.name()?;
                    let (is_function, index) = (at.byte()? == 0, at.number()?);
                    if !is_function {
                        continue;
                    }
                    let kind = functions.get(index).and_then(|kind| types.get(*kind)).context(DAMAGED)?;
                    if kind.0.contains(&I64) || kind.1.contains(&I64) {
                        bail!("The engine's export {name} has a 64-bit integer; {NARROW}");
                    }
                }
            }
            _ => {}
        }
    }
    Ok(wide)
}

const NARROW: &str = "the JavaScript twin cannot carry one there: use f64 or u32 in the wasm crate";
const DAMAGED: &str = "The engine's .wasm file is not well formed; delete target/wasm-mvp and build again";

struct Section {
    id: u8,
    start: usize,
    end: usize,
}

impl Section {
    fn reader<'a>(&self, wasm: &'a [u8]) -> Reader<'a> {
        Reader { bytes: &wasm[..self.end], at: self.start }
    }
}

fn sections(wasm: &[u8]) -> Result<Vec<Section>> {
    if !wasm.starts_with(b"\0asm") {
        bail!(DAMAGED);
    }
    let mut at = Reader { bytes: wasm, at: 8 };
    let mut sections = Vec::new();
    while at.at < wasm.len() {
        let (id, length) = (at.byte()?, at.number()?);
        let start = at.at;
        at.skip(length)?;
        sections.push(Section { id, start, end: at.at });
    }
    Ok(sections)
}

/// Parameters and results of a function.
type FunctionType = (Vec<u8>, Vec<u8>);

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(length).context(DAMAGED)?;
        let taken = self.bytes.get(self.at..end).context(DAMAGED)?;
        self.at = end;
        Ok(taken)
    }

    fn skip(&mut self, length: usize) -> Result<()> {
        self.take(length).map(drop)
    }

    fn byte(&mut self) -> Result<u8> {
        self.take(1).map(|taken| taken[0])
    }

    /// An unsigned LEB128 number.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        bail!(DAMAGED)
    }

    fn name(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).context(DAMAGED)
    }

    fn function_type(&mut self) -> Result<FunctionType> {
        if self.byte()? != 0x60 {
            bail!(DAMAGED);
        }
        let takes = self.number()?;
        let takes = self.take(takes)?.to_vec();
        let gives = self.number()?;
        Ok((takes, self.take(gives)?.to_vec()))
    }

    /// What follows an import's names: the type of a function, or nothing for a table, memory or global.
    fn function_import(&mut self) -> Result<Option<usize>> {
        match self.byte()? {
            0 => return self.number().map(Some),
            1 => {
                self.skip(1)?;
                self.limits()?;
            }
            2 => self.limits()?,
            3 => self.skip(2)?,
            _ => bail!(DAMAGED),
        }
        Ok(None)
    }

    fn limits(&mut self) -> Result<()> {
        let has_maximum = self.byte()? & 1 == 1;
        self.number()?;
        if has_maximum {
            self.number()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{I64, Result, Wide, wide_imports, without_features};

    const I32: u8 = 0x7f;

    fn module(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        for (id, body) in sections {
            wasm.push(*id);
            wasm.push(u8::try_from(body.len()).unwrap_or(u8::MAX));
            wasm.extend(body);
        }
        wasm
    }

    fn named(prefix: &[u8], name: &str) -> Vec<u8> {
        let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
        [prefix, &[length], name.as_bytes()].concat()
    }

    #[test]
    fn a_feature_is_taken_out_and_the_others_stay() -> Result<()> {
        let list =
            [named(b"", "target_features"), vec![2], named(b"+", "multivalue"), named(b"+", "sign-ext")].concat();
        let before = module(&[(0, named(b"", "producers")), (0, list)]);
        let after = without_features(before.clone(), &["multivalue", "reference-types"])?;
        let text = String::from_utf8_lossy(&after).into_owned();
        assert!(text.contains("-\u{a}multivalue") && text.contains("+\u{8}sign-ext"), "{text}");
        assert_eq!(before.len(), after.len());
        Ok(())
    }

    #[test]
    fn what_is_not_a_module_or_has_no_list_is_an_error_and_no_panic() {
        for wasm in [&b""[..], b"\0asm\x01\0\0\0", b"\0asm\x01\0\0\0\x00\xff\xff\xff\xff\xff\x0f", b"<html>"] {
            assert!(without_features(wasm.to_vec(), &[]).is_err(), "{wasm:?}");
        }
    }

    fn with_border(import: [Vec<u8>; 2], export: u8) -> Vec<u8> {
        let [takes, gives] = import;
        let count = |list: &Vec<u8>| u8::try_from(list.len()).unwrap_or(u8::MAX);
        let first = [vec![0x60, count(&takes)], takes.clone(), vec![count(&gives)], gives.clone()].concat();
        let types = [vec![2], first, vec![0x60, 1, export, 0]].concat();
        let imports = [vec![1], named(b"", "m"), named(b"", "f"), vec![0, 0]].concat();
        let exports = [vec![1], named(b"", "e"), vec![0, 1]].concat();
        module(&[(1, types), (2, imports), (3, vec![1, 1]), (7, exports)])
    }

    #[test]
    fn wide_integers_at_the_border_are_seen() -> Result<()> {
        assert_eq!(wide_imports(&with_border([vec![I32], vec![I32]], I32))?, []);
        let wide = wide_imports(&with_border([vec![I32, I64], vec![]], I32))?;
        assert_eq!(wide, [Wide { name: "f".to_owned(), shape: "-w".to_owned() }]);
        assert!(wide_imports(&with_border([vec![], vec![I64]], I32)).is_err());
        assert!(wide_imports(&with_border([vec![], vec![]], I64)).is_err());
        Ok(())
    }
}
