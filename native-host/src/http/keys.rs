//! Who has been let in: a token of 256 random bits in the fragment of the address, which no browser sends along; and a ticket that is
//! traded for it once, for the way over another program's command line.

use prompt_runner_core::refusal::{Code, Refusal};
use runner::hex::hex;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;

pub(super) struct Keys {
    token: String,
    first_ticket: String,
    /// Nothing once it was traded.
    ticket: Mutex<Option<String>>,
}

impl Keys {
    pub(super) fn new() -> Result<Self, Refusal> {
        let ticket = random()?;
        Ok(Self { token: random()?, first_ticket: ticket.clone(), ticket: Mutex::new(Some(ticket)) })
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    pub(super) fn ticket(&self) -> &str {
        &self.first_ticket
    }

    /// In a time that says nothing about where the two differ.
    pub(super) fn fits(&self, token: &[u8]) -> bool {
        self.token.as_bytes().ct_eq(token).into()
    }

    /// The token, for a ticket that was not traded yet.
    pub(super) fn trade(&self, ticket: &str) -> Option<&str> {
        let mut left = self.ticket.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = left.as_ref().is_some_and(|left| left.as_bytes().ct_eq(ticket.as_bytes()).into());
        fits.then(|| {
            *left = None;
            self.token()
        })
    }
}

fn random() -> Result<String, Refusal> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Refusal::new(Code::SetupBroken, format!("The system gives no random numbers: {error}.")))?;
    Ok(hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_256_bits_and_fits_itself_alone() {
        let keys = Keys::new().unwrap();
        assert_eq!(keys.token().len(), 64);
        assert!(keys.fits(keys.token().as_bytes()));
        assert!(!keys.fits(&keys.token().as_bytes()[..63]));
        assert!(!keys.fits(Keys::new().unwrap().token().as_bytes()));
        assert!(!keys.fits(keys.ticket().as_bytes()));
    }

    #[test]
    fn a_ticket_is_good_once() {
        let keys = Keys::new().unwrap();
        assert_eq!(keys.trade("no ticket"), None);
        let ticket = keys.ticket().to_owned();
        assert_eq!(keys.trade(&ticket), Some(keys.token()));
        assert_eq!(keys.trade(&ticket), None);
    }
}
