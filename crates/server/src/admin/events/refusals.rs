//! What the operations on events refuse.

use crate::problem::refusals;

refusals! {
    /// `GET /events`
    ListRefusals = [InvalidParameter];
    /// `GET /events/{id}`
    ShowRefusals = [InvalidId, NotFound];
    /// `GET /events/{id}/raw`
    RawRefusals = [InvalidId, PersonalData, NotFound, Expired];
    /// `POST /events`
    InjectRefusals = [InvalidValue, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
}
