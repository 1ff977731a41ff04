//! The form in which the answer to a step is stored.

use serde_json::Error;

use super::StepAnswer;

/// The answer to a step as a database holds it: whether it threw, and the answer's or the error's JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredAnswer {
    /// Whether it is an error. `None` where there is no answer.
    pub threw: Option<bool>,
    /// The JSON.
    pub bytes: Option<Vec<u8>>,
}

impl StoredAnswer {
    /// The form of an answer, or of none.
    ///
    /// # Errors
    /// Where JSON cannot hold it; none of our values is so.
    pub fn of(answer: Option<&StepAnswer>) -> Result<Self, Error> {
        let (threw, bytes) = match answer {
            None => return Ok(Self::default()),
            Some(Ok(value)) => (false, serde_json::to_vec(value)?),
            Some(Err(error)) => (true, serde_json::to_vec(error)?),
        };
        Ok(Self {
            threw: Some(threw),
            bytes: Some(bytes),
        })
    }

    /// The answer that was stored.
    ///
    /// # Errors
    /// Where this version cannot read it.
    pub fn read(threw: Option<bool>, bytes: Option<&[u8]>) -> Result<Option<StepAnswer>, Error> {
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        Ok(Some(if threw == Some(true) {
            Err(serde_json::from_slice(bytes)?)
        } else {
            Ok(serde_json::from_slice(bytes)?)
        }))
    }
}
