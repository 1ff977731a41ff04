//! Everything that reads, one file a resource. Nothing here changes anything or waits for the writer.

mod access;
mod audit;
mod books;
mod counts;
mod effects;
mod effects_done;
mod events;
mod integrity;
mod journal;
mod ledger;
mod next_due;
mod page;
mod rule_history;
mod rule_sets;
mod run_view;
mod runs;
mod search;
mod secrets;
pub(crate) mod state;
mod timetables;

pub(crate) use access::token_id;
pub use access::{ApiKeyRow, HookToken, HookTokenRow};
pub use audit::{AuditFilter, AuditRow};
pub use books::{Balance, Books, Finding};
pub use counts::Counts;
pub use effects::{EffectBody, EffectFilter};
pub use events::{EventFilter, EventView, RunBrief};
pub(crate) use journal::read_journal;
pub use next_due::NextDue;
pub use page::{Listed, Page};
pub use rule_history::{RuleSetRow, RuleVersionRow};
pub use run_view::{RunView, StepView};
pub use runs::RunFilter;
pub use search::SearchIn;
pub use secrets::SecretRow;
pub use timetables::TimetableDue;
