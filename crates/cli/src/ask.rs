//! Asks a person for something that must not be seen.

use std::io::{self, BufRead, IsTerminal};

use anyhow::{Context as _, anyhow};
use cuebook_core::secret::SecretText;

/// What is typed at a terminal, without echo; otherwise the first line of stdin.
pub(crate) fn secret(prompt: &str) -> anyhow::Result<SecretText> {
    let text = if io::stdin().is_terminal() {
        rpassword::prompt_password(prompt).context("cannot read from the terminal")?
    } else {
        let mut line = String::new();
        io::stdin()
            .lock()
            .read_line(&mut line)
            .context("cannot read from stdin")?;
        line.trim_end_matches(['\n', '\r']).to_owned()
    };
    if text.is_empty() {
        return Err(anyhow!("nothing was given"));
    }
    Ok(SecretText::new(text))
}
