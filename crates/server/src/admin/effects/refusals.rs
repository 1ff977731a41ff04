//! What the operations on effects refuse.

use crate::problem::refusals;

refusals! {
    /// `GET /effects`
    ListRefusals = [InvalidParameter];
    /// `GET /effects/{id}`
    ShowRefusals = [InvalidId, NotFound];
    /// `GET /effects/{id}/message`
    MessageRefusals = [InvalidId, PersonalData, NotFound, Expired];
}
