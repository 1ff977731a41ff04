//! The checks: each a query for what should not be. Written as SQL that both databases take; each row is an id and what
//! else there is to say.

/// A query for what should not be.
pub(super) struct Check {
    /// A stable word.
    pub(super) code: &'static str,
    /// What a row of it means.
    pub(super) meaning: &'static str,
    /// The query.
    pub(super) query: &'static str,
}

/// All checks.
pub(super) const ALL: &[Check] = &[
    Check {
        code: "event_without_state",
        meaning: "the event is in none of the states that an event can be in",
        query: "SELECT id, disposition FROM events \
                WHERE disposition NOT IN ('queued', 'no_rule', 'rejected', 'confirming', 'held')",
    },
    Check {
        code: "event_without_run",
        meaning: "the event was accepted for a rule and has no run",
        query: "SELECT e.id, e.origin FROM events e WHERE e.disposition = 'queued' \
                AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.event_id = e.id)",
    },
    Check {
        code: "event_with_needless_run",
        meaning: "the event was accepted for no rule and has a run all the same",
        query: "SELECT e.id, e.disposition FROM events e WHERE e.disposition <> 'queued' \
                AND EXISTS (SELECT 1 FROM runs r WHERE r.event_id = e.id)",
    },
    Check {
        code: "confirming_for_ever",
        meaning: "the event waits for Ticketpark's answer, and nobody would ever ask",
        query: "SELECT e.id, e.origin FROM events e WHERE e.disposition = 'confirming' \
                AND NOT EXISTS (SELECT 1 FROM confirmations c WHERE c.event_id = e.id)",
    },
    Check {
        code: "confirmation_of_no_waiting_event",
        meaning: "Ticketpark would be asked about the event, but it does not wait for that",
        query: "SELECT c.event_id, e.disposition FROM confirmations c JOIN events e ON e.id = c.event_id \
                WHERE e.disposition <> 'confirming'",
    },
    Check {
        code: "rejected_without_reason",
        meaning: "the event was rejected without a reason",
        query: "SELECT id, origin FROM events WHERE disposition = 'rejected' AND reason IS NULL",
    },
    Check {
        code: "run_without_event",
        meaning: "the run's event is not there",
        query: "SELECT r.id, r.rule FROM runs r \
                WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.id = r.event_id)",
    },
    Check {
        code: "run_without_state",
        meaning: "the run is in none of the states that a run can be in",
        query: "SELECT id, state FROM runs WHERE state NOT IN ('ready', 'running', 'waiting', \
                'completed', 'skipped', 'failed', 'blocked', 'cancelled')",
    },
    Check {
        code: "running_without_holder",
        meaning: "the run is running and no process has it",
        query: "SELECT id, rule FROM runs WHERE state = 'running' AND holder IS NULL",
    },
    Check {
        code: "held_without_running",
        meaning: "a process has the run though it is not running",
        query: "SELECT id, state FROM runs WHERE state <> 'running' AND holder IS NOT NULL",
    },
    Check {
        code: "waiting_for_nothing",
        meaning: "the run waits, and nothing would ever wake it",
        query: "SELECT id, rule FROM runs WHERE state = 'waiting' AND wake_at IS NULL",
    },
    Check {
        code: "wait_of_no_waiting_run",
        meaning: "an event would be given to the run, but it does not wait",
        query: "SELECT w.run_id, w.path FROM waits w JOIN runs r ON r.id = w.run_id \
                WHERE r.state <> 'waiting'",
    },
    Check {
        code: "ended_without_time",
        meaning: "the run is over, and nobody knows since when",
        query: "SELECT id, state FROM runs WHERE ended_at IS NULL \
                AND state IN ('completed', 'skipped', 'failed', 'blocked', 'cancelled')",
    },
    Check {
        code: "ended_without_reason",
        meaning: "the run did not complete, and nobody knows why",
        query: "SELECT id, state FROM runs WHERE reason IS NULL AND code IS NULL \
                AND state IN ('skipped', 'failed', 'blocked', 'cancelled')",
    },
    Check {
        code: "effect_without_run",
        meaning: "the effect's run is not there",
        query: "SELECT f.id, f.kind FROM effects f WHERE f.endpoint_id IS NULL \
                AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = f.run_id)",
    },
    Check {
        code: "effect_without_state",
        meaning: "the effect is in none of the states that an effect can be in",
        query: "SELECT id, state FROM effects WHERE state NOT IN ('pending', 'done', 'failed', \
                'unknown', 'held', 'captured', 'discarded')",
    },
    Check {
        code: "open_call_of_ended_run",
        meaning: "the call is open, but its run is over: nobody will settle it",
        query: "SELECT f.id, f.kind FROM effects f JOIN runs r ON r.id = f.run_id \
                WHERE f.state = 'pending' AND f.due_at IS NULL \
                AND r.state IN ('completed', 'skipped', 'failed', 'blocked', 'cancelled')",
    },
    Check {
        code: "open_call_without_step",
        meaning: "the call is open, but its run's journal has no open step for it",
        query: "SELECT f.id, f.kind FROM effects f JOIN runs r ON r.id = f.run_id \
                WHERE f.state = 'pending' AND f.due_at IS NULL \
                AND r.state IN ('ready', 'running', 'waiting') \
                AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.run_id = f.run_id \
                AND s.generation = r.generation AND s.path = f.path AND s.answer IS NULL)",
    },
    Check {
        code: "send_without_body",
        meaning: "the send is to be done, but what it carries is not there",
        query: "SELECT f.id, f.kind FROM effects f WHERE f.state = 'pending' \
                AND f.due_at IS NOT NULL \
                AND NOT EXISTS (SELECT 1 FROM effect_bodies b WHERE b.effect_id = f.id) \
                AND NOT (f.endpoint_id IS NOT NULL \
                AND EXISTS (SELECT 1 FROM events e WHERE e.id = f.event_id))",
    },
    Check {
        code: "delivery_without_endpoint",
        meaning: "the event is to be forwarded, but there was never such an endpoint",
        query: "SELECT f.id, f.target FROM effects f WHERE f.endpoint_id IS NOT NULL \
                AND NOT EXISTS (SELECT 1 FROM endpoints p WHERE p.id = f.endpoint_id)",
    },
    Check {
        code: "delivery_due_never",
        meaning: "the event is to be forwarded, and nothing would ever do it",
        query: "SELECT f.id, f.target FROM effects f WHERE f.endpoint_id IS NOT NULL \
                AND f.state = 'pending' AND f.due_at IS NULL",
    },
    Check {
        code: "settled_without_time",
        meaning: "the effect has come to its state, and nobody knows when",
        query: "SELECT id, state FROM effects WHERE settled_at IS NULL \
                AND state IN ('done', 'failed', 'unknown', 'captured', 'discarded')",
    },
    Check {
        code: "settled_and_due",
        meaning: "the effect has come to its state and is still due",
        query: "SELECT id, state FROM effects WHERE due_at IS NOT NULL AND state NOT IN ('pending', 'held')",
    },
    Check {
        code: "step_without_run",
        meaning: "the step's run is not there",
        query: "SELECT s.run_id, s.path FROM steps s \
                WHERE NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = s.run_id)",
    },
];
