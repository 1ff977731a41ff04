//! The functions that belong to a run: what it asks for, how it ends, what it logs.
