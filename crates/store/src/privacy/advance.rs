//! Carries a request out, a few batches at a time. Each call begins where the last commit left it, whoever made that.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::clean;
use super::looking::Matcher;
use super::progress::{FOLLOW, Keep, Progress, Stage, VERIFY};
use super::request::PrivacyState;
use super::search::{
    BlankAudit, ForgetAnswers, LOOSE, RemoveLoose, look_at_deliveries, look_at_events,
    look_at_runs, named_answers, named_audit_rows, named_copies, named_rows,
};
use super::terms::NameHasher;
use crate::entities::privacy_requests;
use crate::error::StoreError;
use crate::store::Store;

/// So many batches are looked at between two commits, if they name nobody.
const BATCHES: usize = 20;
/// So many rows without an id of their own are overwritten in one transaction.
const TOGETHER: usize = 100;
/// So often it is looked at most whether anything is left, where runs go on to write it.
const LOOKS: i32 = VERIFY + 3;

impl Store {
    /// Goes on with a request that this process has claimed. Gives whether there is more to do: not if it is over, was
    /// stopped, or belongs to another process by now.
    pub async fn advance_privacy(&self, id: Uuid) -> Result<bool, StoreError> {
        let row = privacy_requests::Entity::find_by_id(id)
            .filter(privacy_requests::Column::State.eq(PrivacyState::Running.as_str()))
            .one(self.readers())
            .await?;
        let Some(row) = row else {
            return Ok(false);
        };
        let keep = match self.next(Progress::of(&row)?).await {
            Ok(keep) => keep,
            Err(StoreError::Fenced) => return Ok(false),
            Err(error) => return Err(error),
        };
        let is_over = keep.end.is_some();
        match self.inner.writer.submit(keep).await {
            Ok(()) => Ok(!is_over),
            Err(StoreError::Fenced) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives a request up that cannot be carried out.
    pub async fn fail_privacy(&self, id: Uuid, error: &str) -> Result<(), StoreError> {
        let Some(row) = privacy_requests::Entity::find_by_id(id)
            .one(self.readers())
            .await?
        else {
            return Ok(());
        };
        let mut keep = Keep::of(Progress::of(&row)?);
        keep.end = Some((PrivacyState::Failed, Some(error.to_owned())));
        match self.inner.writer.submit(keep).await {
            Err(StoreError::Fenced) => Ok(()),
            other => other,
        }
    }

    async fn next(&self, progress: Progress) -> Result<Keep, StoreError> {
        match progress.stage {
            Stage::Events | Stage::Runs | Stage::Deliveries => self.search(progress).await,
            Stage::Loose => self.search_loose(progress).await,
            Stage::Gather => self.gather(progress).await,
            Stage::Erase => self.erase(progress).await,
            Stage::Clean => self.clean(progress).await,
        }
    }

    fn matcher(&self, progress: &Progress) -> Matcher {
        let hasher = NameHasher::new(&self.inner.secret_key);
        Matcher::new(hasher, progress.wanted())
    }

    async fn search(&self, mut progress: Progress) -> Result<Keep, StoreError> {
        let matcher = self.matcher(&progress);
        let stage = progress.stage;
        let mut named = BTreeSet::new();
        for _ in 0..BATCHES {
            let (after, cutoff) = (progress.after, progress.cutoff);
            let batch = match stage {
                Stage::Events => look_at_events(self, &matcher, after, cutoff).await?,
                Stage::Runs => look_at_runs(self, &matcher, after, cutoff).await?,
                _ => look_at_deliveries(self, &matcher, after, cutoff).await?,
            };
            let Some(last) = batch.last else {
                progress.go_to(match stage {
                    Stage::Events => Stage::Runs,
                    Stage::Runs => Stage::Deliveries,
                    _ => Stage::Loose,
                });
                break;
            };
            progress.after = Some(last);
            progress.searched += i64::try_from(batch.looked).unwrap_or(i64::MAX);
            named.extend(batch.named);
            if progress.pass < FOLLOW {
                progress.followed.extend(batch.bookings);
            }
        }
        let mut keep = Keep::of(progress);
        match stage {
            Stage::Events => keep.events = named,
            Stage::Runs => keep.runs = named,
            _ => keep.deliveries = named,
        }
        Ok(keep)
    }

    /// What has no id of its own is only counted here, and found again when it is erased.
    async fn search_loose(&self, mut progress: Progress) -> Result<Keep, StoreError> {
        if progress.pass < VERIFY {
            let matcher = self.matcher(&progress);
            for table in LOOSE {
                let rows = named_rows(self, &matcher, table).await?;
                count(&mut progress, table.table, rows.len());
            }
            let answers = named_answers(self, &matcher).await?;
            count(&mut progress, "kept_answers", answers.len());
            let audit = named_audit_rows(self, &matcher).await?;
            count(&mut progress, "audit_rows", audit.len());
        }
        progress.go_to(Stage::Gather);
        Ok(Keep::of(progress))
    }

    /// Adds the runs of the events that were found, and what was copied of either meanwhile; then decides how it goes on.
    async fn gather(&self, mut progress: Progress) -> Result<Keep, StoreError> {
        let more = self.runs_to_add(progress.id).await?;
        let (matcher, cutoff) = (self.matcher(&progress), progress.cutoff);
        let copies = named_copies(self, &matcher, progress.id, cutoff).await?;
        if !more.is_empty() || !copies.is_empty() {
            let mut keep = Keep::of(progress);
            keep.runs = more;
            keep.events = copies;
            return Ok(keep);
        }
        if progress.pass < FOLLOW && !progress.followed.is_empty() {
            progress.pass = FOLLOW;
            progress.go_to(Stage::Events);
        } else if !progress.erases {
            return self.end(progress).await;
        } else if progress.pass < VERIFY || self.is_any_left(progress.id).await? {
            // Before the first row is touched, so that a restored copy of the database is erased again in any case.
            self.note_erasure(&progress).await?;
            progress.go_to(Stage::Erase);
        } else {
            progress.go_to(Stage::Clean);
        }
        Ok(Keep::of(progress))
    }

    async fn erase(&self, mut progress: Progress) -> Result<Keep, StoreError> {
        if !self.erase_some(progress.id).await? {
            self.erase_loose(&progress).await?;
            progress.pass = (progress.pass + 1).max(VERIFY);
            let again = progress.pass <= LOOKS;
            progress.go_to(if again { Stage::Events } else { Stage::Clean });
        }
        Ok(Keep::of(progress))
    }

    async fn erase_loose(&self, progress: &Progress) -> Result<(), StoreError> {
        let writer = &self.inner.writer;
        let matcher = self.matcher(progress);
        for table in LOOSE {
            for rows in named_rows(self, &matcher, table).await?.chunks(TOGETHER) {
                let rows = rows.to_vec();
                writer.submit(RemoveLoose { table, rows }).await?;
            }
        }
        let answers = named_answers(self, &matcher).await?;
        if !answers.is_empty() {
            writer.submit(ForgetAnswers(answers)).await?;
        }
        for rows in named_audit_rows(self, &matcher).await?.chunks(TOGETHER) {
            let (matcher, rows) = (matcher.clone(), rows.to_vec());
            writer.submit(BlankAudit { matcher, rows }).await?;
        }
        Ok(())
    }

    async fn clean(&self, mut progress: Progress) -> Result<Keep, StoreError> {
        let found = self.count_found(&progress).await?;
        if found.values().any(|count| *count > 0) {
            progress.cleaned = Some(clean::forget_what_was_freed(self).await?);
        }
        self.end(progress).await
    }

    async fn end(&self, mut progress: Progress) -> Result<Keep, StoreError> {
        progress.counts = Some(self.count_found(&progress).await?);
        let mut keep = Keep::of(progress);
        keep.end = Some((PrivacyState::Completed, None));
        Ok(keep)
    }
}

fn count(progress: &mut Progress, what: &str, rows: usize) {
    let rows = u64::try_from(rows).unwrap_or(u64::MAX);
    // A second pass finds what the first did, and more.
    progress.loose.insert(what.to_owned(), rows);
}
