//! Budgets of mails: part of the transaction that ends a segment.
//!
//! A rule may send so many mails in so much time. What is over begins `held`: it stands in the ledger and is not sent until
//! a person approves it. The count is exact, also where several nodes commit at the very same moment: each takes the rule's
//! lock until its transaction ends, and counts then.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use cuebook_core::effect::EffectState;
use cuebook_core::rule::Budget;
use cuebook_core::send::Route;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use sha2::{Digest, Sha256};

use super::segment::Segment;
use crate::entities::{effects, runs};
use crate::error::StoreError;
use crate::statements::word;
use crate::writer::Tx;

/// The function whose sends count.
const MAIL: &str = "email::send";

/// The first key of the locks of budgets, the second being a number that stands for account and rule.
const LOCKS: i32 = 0x6375_6562;

/// How many mails of each account and rule have gone through, those of this batch included.
#[derive(Default)]
pub(super) struct Budgets<'a>(BTreeMap<(&'a str, &'a str), u64>);

impl<'a> Budgets<'a> {
    /// Counts what has gone through lately, for the segments that send mails.
    pub(super) async fn load(
        tx: &Tx<'_>,
        segments: &[(&'a runs::Model, &'a Segment)],
    ) -> Result<Self, StoreError> {
        let mut budgets = BTreeMap::new();
        for (run, segment) in segments {
            if let Some(budget) = segment.budget.filter(|_| sends_mails(segment)) {
                let key = (run.account.as_str(), run.rule.as_str());
                budgets.entry(key).or_insert(budget);
            }
        }
        if tx.is_shared()
            && let Some(statement) = locks(budgets.keys())
        {
            tx.db.execute_unprepared(&statement).await?;
        }
        let mut counts = BTreeMap::new();
        for (key, budget) in budgets {
            counts.insert(key, sent(tx, key, budget).await?);
        }
        Ok(Self(counts))
    }

    /// The state that a send of `run` begins in, which would else be `state`.
    pub(super) fn begins_as(
        &mut self,
        run: &'a runs::Model,
        budget: Option<Budget>,
        (function, route): (&str, Route),
        state: EffectState,
    ) -> EffectState {
        let is_mail = function == MAIL && route == Route::Outbox && state == EffectState::Pending;
        let Some(budget) = budget.filter(|_| is_mail) else {
            return state;
        };
        let count = self
            .0
            .entry((run.account.as_str(), run.rule.as_str()))
            .or_default();
        if *count >= u64::from(budget.emails) {
            return EffectState::Held;
        }
        *count += 1;
        state
    }
}

/// One statement for the locks of all these, always in the same order; what others commit is seen by the statements after it.
fn locks<'a>(keys: impl Iterator<Item = &'a (&'a str, &'a str)>) -> Option<String> {
    let numbers: BTreeSet<i32> = keys.map(number).collect();
    let mut statement = String::new();
    for number in numbers {
        let begin = if statement.is_empty() { "SELECT" } else { "," };
        // Writing to a text of our own cannot fail.
        let _ = write!(
            statement,
            "{begin} pg_advisory_xact_lock({LOCKS}, {number})"
        );
    }
    (!statement.is_empty()).then_some(statement)
}

/// The number that stands for an account's rule, the same in each process. Two may share one.
fn number((account, rule): &(&str, &str)) -> i32 {
    let hash = Sha256::digest(format!("{account}\u{1f}{rule}").as_bytes());
    i32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

fn sends_mails(segment: &Segment) -> bool {
    let is_mail = |function: &str, state| function == MAIL && state == EffectState::Pending;
    segment
        .sends
        .iter()
        .any(|(send, state)| is_mail(&send.question.function, *state))
}

async fn sent(
    tx: &Tx<'_>,
    (account, rule): (&str, &str),
    budget: Budget,
) -> Result<u64, StoreError> {
    let micros = i64::try_from(budget.per.as_micros()).unwrap_or(i64::MAX);
    let since = tx.now_micros().saturating_sub(micros);
    let went_through = Expr::col(effects::Column::State).is_not_in([
        word("held"),
        word("captured"),
        word("discarded"),
    ]);
    let count = effects::Entity::find()
        .filter(effects::Column::Rule.eq(rule))
        .filter(effects::Column::Account.eq(account))
        .filter(Expr::col(effects::Column::Kind).eq(word(MAIL)))
        .filter(went_through)
        .filter(effects::Column::CreatedAt.gt(since))
        .count(tx.db)
        .await?;
    Ok(count)
}
