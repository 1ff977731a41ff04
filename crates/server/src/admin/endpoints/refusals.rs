//! What the operations on endpoints refuse.

use crate::problem::refusals;

refusals! {
    /// `GET /endpoints`
    ListRefusals = [InvalidParameter];
    /// `GET /endpoints/{id}` and what takes no body
    ShowRefusals = [InvalidId, NotFound];
    /// `POST /endpoints`
    CreateRefusals = [UrlRefused, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `PATCH /endpoints/{id}`
    UpdateRefusals = [InvalidId, NotFound, UrlRefused, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `POST /endpoints/{id}/disable` and what else may have a body
    OperateRefusals = [InvalidId, NotFound, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `GET /endpoints/{id}/deliveries`
    DeliveriesRefusals = [InvalidParameter, InvalidId, NotFound];
    /// `POST /endpoints/{id}/deliveries/{delivery}/resend`
    ResendRefusals = [InvalidId, NotFound, WrongState];
}
