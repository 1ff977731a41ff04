//! Tells the service manager how it stands, where one wants to know (`NOTIFY_SOCKET`, systemd's `Type=notify`).

#[cfg(unix)]
use sd_notify::NotifyState;

/// Webhooks are received from now on.
pub(super) fn ready() {
    #[cfg(unix)]
    tell(NotifyState::Ready);
}

/// The end has begun.
pub(super) fn stopping() {
    #[cfg(unix)]
    tell(NotifyState::Stopping);
}

#[cfg(unix)]
fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "the service manager could not be told how it stands");
    }
}
