//! One request in a transaction of its own, without the writer's loop: for a database that is not in use yet.

use tokio::sync::oneshot;

use super::batch::{AnyBatch, Batch};
use super::connection::WriterConnection;
use super::group::Group;
use super::transition::Transition;
use crate::error::StoreError;

/// Has `request` committed on `connection`.
pub(crate) async fn commit_alone<T: Transition>(
    connection: &WriterConnection,
    request: T,
) -> Result<T::Output, StoreError> {
    let (reply, answer) = oneshot::channel();
    let one: Box<dyn AnyBatch> = Box::new(Batch::one(request, reply));
    let mut group = Group::of([one]);
    connection.commit(&mut group).await?;
    group.answer();
    answer.await.unwrap_or(Err(StoreError::Closed))
}
