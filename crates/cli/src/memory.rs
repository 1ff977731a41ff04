//! The allocator, which counts what each thread holds: so the sandbox can bound the memory of a script.

use alloc_metrics::{MetricAlloc, thread_metrics};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MetricAlloc<MiMalloc> = MetricAlloc::new(MiMalloc);

/// How a thread stands that holds nothing. A thread may give back more than it took, since others hand it theirs; the
/// differences are what matters, so all is counted from here.
const NOTHING: i64 = 1 << 60;

/// How many bytes the current thread took beyond what it gave back, counted from a fixed number.
pub(crate) fn held() -> u64 {
    let bytes = i64::try_from(thread_metrics().allocated_bytes).unwrap_or(0);
    NOTHING.saturating_add(bytes).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_holds_grows_and_shrinks_with_it() {
        let before = held();
        let block = vec![1_u8; 1_000_000];
        assert!(held() - before >= 1_000_000);
        drop(block);
        assert!(held() - before < 1_000_000);
    }

    #[test]
    fn giving_back_what_another_thread_took_is_counted_below_nothing() {
        let block = vec![1_u8; 1_000_000];
        let (before, after) = std::thread::spawn(move || {
            let before = held();
            drop(block);
            (before, held())
        })
        .join()
        .unwrap();
        assert!(before - after >= 1_000_000);
    }
}
