//! The threads that scripts run on: their stacks are big, since scripts run on the stack.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use crate::engine::Engine;
use crate::pass::{OwnedInput, Pass};
use crate::program::Program;
use crate::stack::STACK;

/// Called with the pass and its input, on the script's thread.
pub type Reply = Box<dyn FnOnce(Pass, OwnedInput) + Send>;

/// Threads with 64 MiB stacks that advance runs.
pub struct ScriptPool {
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

struct Job {
    program: Arc<Program>,
    input: OwnedInput,
    reply: Reply,
}

impl ScriptPool {
    /// Starts `threads` threads, one at least.
    pub fn new(engine: Engine, threads: usize) -> io::Result<Self> {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let threads = std::iter::repeat_n(engine, threads.max(1))
            .enumerate()
            .map(|(number, engine)| {
                let queue = Arc::clone(&queue);
                Builder::new()
                    .name(format!("script-{number}"))
                    .stack_size(STACK)
                    .spawn(move || work(&engine, &queue))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            jobs: Some(jobs),
            threads,
        })
    }

    /// Advances a run on one of the threads and hands the pass and its input to `reply` there.
    pub fn advance(&self, program: Arc<Program>, input: OwnedInput, reply: Reply) {
        let job = Job {
            program,
            input,
            reply,
        };
        if let Some(jobs) = &self.jobs {
            // The threads live as long as the pool, and outlive what panics in a reply.
            let _ = jobs.send(job);
        }
    }
}

impl Drop for ScriptPool {
    /// Waits for the jobs that were handed over.
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn work(engine: &Engine, queue: &Mutex<Receiver<Job>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job {
            program,
            input,
            reply,
        }) = job
        else {
            return;
        };
        // A job that panics beyond what `advance` catches takes its reply with it, and not the thread.
        let answer = std::panic::AssertUnwindSafe(|| {
            let pass = engine.advance(&program, &input);
            reply(pass, input);
        });
        let _ = std::panic::catch_unwind(answer);
    }
}
