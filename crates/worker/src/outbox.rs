//! Delivers what runs have left to be sent: at least once, with the same bytes and the same key on each attempt.

mod attempt;
mod begin;
mod endpoint_turned;
mod outcome;
mod turn;

use std::sync::Arc;
use std::time::Duration;

use cuebook_effects::kinds;
use cuebook_store::{ClaimedSend, SendKinds, SendsWanted, StoreError};

pub(crate) use self::begin::give_back_what_came_late;
use self::begin::{FULL, begin_all, given};
use crate::back_off::BackOff;
use crate::doubt::Doubt;
use crate::runs::Closing;
use crate::worker::Shared;

/// So many sends that are no mails are under way at most.
pub(crate) const IN_HAND: u32 = 200;
/// So many times as many are in hand at most, with those whose outcome is about to be recorded.
pub(crate) const IN_ALL: u32 = 4;
/// How long a missed wake-up can go unnoticed.
const POLL: Duration = Duration::from_secs(5);
/// Delivers until the worker stops.
///
/// Mails and other sends have places of their own, so that a mail server that stalls holds up no webhook. What is claimed
/// begins at once, or within a moment where its host is full and moves; a send whose host is full and does not is given back
/// instead of holding a place.
pub(crate) async fn work(shared: Arc<Shared>) {
    let mut back_off = BackOff::default();
    let mut doubt = Doubt::default();
    // How many were given back one after the other.
    let mut refused: u32 = 0;
    let Shared {
        parts,
        mails,
        sends,
        stopping,
        ..
    } = &*shared;
    let hands = parts.store.hands();
    hands.know_mails(kinds::MAIL);
    let (mail_hand, send_hand) = (Closing(&hands.mails), Closing(&hands.sends));
    // What came to the hands of one that has failed.
    begin_all(&shared, given(hands), &mut refused).await;
    loop {
        tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            _ = mails.room() => {}
            _ = sends.room() => {}
        }
        let wanted = [
            SendsWanted {
                kinds: SendKinds::Only(kinds::MAIL),
                limit: mails.free(),
            },
            SendsWanted {
                kinds: SendKinds::AllBut(kinds::MAIL),
                limit: sends.free(),
            },
        ];
        // A claim is never given up half-way: what it took must come into our hands.
        if mail_hand.0.takes_doubt() | send_hand.0.takes_doubt() {
            doubt.after(&StoreError::Unavailable(None));
        }
        let release = async || {
            // What is on its way to the hands is no stray.
            mail_hand.0.close();
            send_hand.0.close();
            parts.store.catch_up().await?;
            begin_all(&shared, given(hands), &mut refused).await;
            let in_hand = mails.list().into_iter().chain(sends.list());
            parts.store.release_sends_except(in_hand).await
        };
        let claimed = match doubt.settle(release).await {
            Ok(()) => parts.store.claim_sends_of(wanted.to_vec()).await,
            Err(error) => Err(error),
        };
        let claimed = match claimed {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(%error, "sends cannot be claimed for now");
                doubt.after(&error);
                back_off.pause().await;
                continue;
            }
        };
        back_off = BackOff::default();
        let count = |mail: bool| claimed.iter().filter(|send| is_mail(send) == mail).count();
        let [mails_full, sends_full] = [(true, wanted[0]), (false, wanted[1])]
            .map(|(mail, wanted)| count(mail) >= wanted.limit as usize);
        let mut all_begun = begin_all(&shared, claimed, &mut refused).await;
        let poll = tokio::time::sleep(if all_begun { POLL } else { FULL });
        tokio::pin!(poll);
        loop {
            // First come, first served; and what could not begin would only have to be given back.
            let places = |is_open: bool, free: u32| if is_open { free as usize } else { 0 };
            mail_hand
                .0
                .open(places(all_begun && !mails_full, mails.free()));
            send_hand
                .0
                .open(places(all_begun && !sends_full, sends.free()));
            tokio::select! {
                () = stopping.cancelled() => return,
                _ = mails.room(), if mails_full => break,
                _ = sends.room(), if sends_full => break,
                () = parts.store.wakes().sends.notified() => break,
                () = &mut poll => break,
                () = mail_hand.0.came() => {}
                () = send_hand.0.came() => {}
            }
            all_begun &= begin_all(&shared, given(hands), &mut refused).await;
        }
    }
}

fn is_mail(send: &ClaimedSend) -> bool {
    send.kind == kinds::MAIL
}
