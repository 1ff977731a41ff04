//! Who may connect: a limited number at once. When all seats are taken, the connection that has been idle longest is
//! asked to leave, so that many idle or slow clients cannot keep out one that has something to say.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::activity::Activity;

/// How long a connection must have been idle before it may be asked to leave.
const SETTLED: Duration = Duration::from_millis(50);

/// The seats of the server.
pub(crate) struct Admission {
    free: Arc<Semaphore>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    next: u64,
    guests: BTreeMap<u64, Guest>,
}

#[derive(Clone)]
struct Guest {
    activity: Arc<Activity>,
    leave: CancellationToken,
}

/// A seat, free again when dropped.
pub(crate) struct Seat {
    /// What the connection does.
    pub(crate) activity: Arc<Activity>,
    /// Is cancelled when the connection should make room.
    pub(crate) leave: CancellationToken,
    number: u64,
    admission: Arc<Admission>,
    _permit: OwnedSemaphorePermit,
}

impl Admission {
    /// `seats` seats, all free.
    pub(crate) fn new(seats: usize) -> Arc<Self> {
        Arc::new(Self {
            free: Arc::new(Semaphore::new(seats)),
            taken: Mutex::default(),
        })
    }

    /// Waits for a seat; where there is none, asks somebody idle to leave.
    pub(crate) async fn admit(self: &Arc<Self>) -> Seat {
        loop {
            if let Ok(permit) = self.free.clone().try_acquire_owned() {
                return self.seat(permit);
            }
            self.ask_one_to_leave();
            let next = tokio::time::timeout(SETTLED, self.free.clone().acquire_owned()).await;
            if let Ok(Ok(permit)) = next {
                return self.seat(permit);
            }
        }
    }

    /// How many seats are taken.
    pub(crate) fn taken(&self) -> usize {
        self.lock().guests.len()
    }

    fn seat(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> Seat {
        let guest = Guest {
            activity: Arc::new(Activity::new()),
            leave: CancellationToken::new(),
        };
        let mut taken = self.lock();
        let number = taken.next;
        taken.next += 1;
        taken.guests.insert(number, guest.clone());
        Seat {
            activity: guest.activity,
            leave: guest.leave,
            number,
            admission: Arc::clone(self),
            _permit: permit,
        }
    }

    fn ask_one_to_leave(&self) {
        let now = Instant::now();
        let taken = self.lock();
        let idlest = taken
            .guests
            .values()
            .filter(|guest| !guest.activity.is_busy() && !guest.leave.is_cancelled())
            .filter(|guest| now.duration_since(guest.activity.idle_since()) >= SETTLED)
            .min_by_key(|guest| guest.activity.idle_since());
        if let Some(guest) = idlest {
            guest.leave.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.admission.lock().guests.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn when_all_seats_are_taken_the_idlest_is_asked_to_leave_and_never_a_busy_one() {
        let admission = Admission::new(2);
        let busy = admission.admit().await;
        busy.activity.begin();
        let idle = admission.admit().await;
        tokio::time::advance(SETTLED * 2).await;
        let third = async {
            let admitted = admission.admit().await;
            drop(admitted);
        };
        let leaving = async {
            idle.leave.cancelled().await;
            drop(idle);
        };
        tokio::join!(third, leaving);
        assert!(!busy.leave.is_cancelled());
        assert_eq!(admission.taken(), 1);
    }
}
