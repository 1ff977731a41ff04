//! The whole of Cuebook: what its crates may know of each other, and stories from the webhook to the end.

#[cfg(test)]
mod aftermath;
#[cfg(test)]
mod arrows;
#[cfg(test)]
mod crashing_everywhere;
#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod stories;
