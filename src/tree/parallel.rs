//! Work on many items with all cores, results in the items' order, bounded memory: at most [`WINDOW`] portions for
//! each thread wait for an earlier one.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard},
};

/// Items that a thread takes at a time, at most: threads that wait for each other after every item do little else.
const PORTION: usize = 16;
/// Portions that may wait, for each thread.
const WINDOW: usize = 4;

/// Calls `work` on every item, on `threads` threads, and `consume` on every result in order, on this thread.
/// When `consume` fails, work stops and the error is returned.
///
/// # Errors
/// The first error of `consume`.
pub(crate) fn ordered_map<T: Sync, R: Send, E>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
    mut consume: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.clamp(1, items.len().max(1));
    if threads == 1 {
        return items.iter().try_for_each(|item| consume(work(item)));
    }
    let queue = Queue::new(items, threads, |portion: &[T]| portion.iter().map(&work).collect());
    std::thread::scope(|scope| {
        // This thread is one of them: it works while the result that it wants is not there.
        // So the run goes on, only slower, where the system starts no more.
        for _ in 1..threads {
            let _ = std::thread::Builder::new().spawn_scoped(scope, || queue.work());
        }
        // Whatever becomes of this thread, the others end.
        let _stop = Stop(&queue);
        (0..queue.portions.len()).try_for_each(|index| queue.results(index).into_iter().try_for_each(&mut consume))
    })
}

/// Portions on their way through several threads.
struct Queue<'a, T, R, W> {
    portions: Vec<&'a [T]>,
    /// Portions that may be taken beyond the last one that was consumed.
    window: usize,
    work: W,
    state: Mutex<State<R>>,
    changed: Condvar,
}

struct State<R> {
    /// The next portion to take.
    next: usize,
    /// The next portion to consume.
    wanted: usize,
    done: BTreeMap<usize, Vec<R>>,
    stopped: bool,
}

impl<'a, T, R, W: Fn(&[T]) -> Vec<R>> Queue<'a, T, R, W> {
    fn new(items: &'a [T], threads: usize, work: W) -> Self {
        let (mut portions, mut rest) = (Vec::with_capacity(items.len() / PORTION + 8 * threads), items);
        while !rest.is_empty() {
            // The last ones are small, so that no thread works alone for long.
            let (portion, after) = rest.split_at((rest.len() / (2 * threads)).clamp(1, PORTION));
            portions.push(portion);
            rest = after;
        }
        let state = State { next: 0, wanted: 0, done: BTreeMap::new(), stopped: false };
        Self { portions, window: threads * WINDOW, work, state: Mutex::new(state), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().expect("no thread panics while it holds the lock")
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State<R>>) -> MutexGuard<'s, State<R>> {
        self.changed.wait(state).expect("no thread panics while it holds the lock")
    }

    /// A portion to work on, if there is one that may be taken now.
    fn take(&self, state: &mut State<R>) -> Option<usize> {
        let end = self.portions.len().min(state.wanted + self.window);
        (!state.stopped && state.next < end).then(|| {
            state.next += 1;
            state.next - 1
        })
    }

    fn process(&self, index: usize) {
        // A panic must reach the consumer, which would otherwise wait for ever.
        let stop = Stop(self);
        let results = (self.work)(self.portions[index]);
        std::mem::forget(stop);
        self.lock().done.insert(index, results);
        self.changed.notify_all();
    }

    /// Works until nothing is left.
    fn work(&self) {
        let mut state = self.lock();
        while !state.stopped && state.next < self.portions.len() {
            state = match self.take(&mut state) {
                Some(index) => {
                    drop(state);
                    self.process(index);
                    self.lock()
                }
                None => self.wait(state),
            };
        }
    }

    /// The results of a portion, none if another thread has panicked. Works on other portions until they are there.
    fn results(&self, index: usize) -> Vec<R> {
        let mut state = self.lock();
        loop {
            if let Some(results) = state.done.remove(&index) {
                state.wanted = index + 1;
                drop(state);
                self.changed.notify_all();
                return results;
            }
            if state.stopped {
                return Vec::new();
            }
            state = match self.take(&mut state) {
                Some(other) => {
                    drop(state);
                    self.process(other);
                    self.lock()
                }
                None => self.wait(state),
            };
        }
    }
}

/// Ends the work of all threads when it is dropped.
struct Stop<'q, 'a, T, R, W>(&'q Queue<'a, T, R, W>);

impl<T, R, W> Drop for Stop<'_, '_, T, R, W> {
    fn drop(&mut self) {
        if let Ok(mut state) = self.0.state.lock() {
            state.stopped = true;
        }
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..500).collect();
        for threads in [1, 2, 7] {
            let mut seen = Vec::new();
            let work = |item: &u64| {
                std::thread::yield_now();
                item * 2
            };
            let outcome: Result<(), ()> = ordered_map(&items, threads, work, |result| {
                seen.push(result);
                Ok(())
            });
            assert_eq!(outcome, Ok(()));
            assert_eq!(seen, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_error_ends_the_work() {
        let items: Vec<u64> = (0..500).collect();
        let outcome = ordered_map(&items, 3, |item| *item, |result| if result == 40 { Err(result) } else { Ok(()) });
        assert_eq!(outcome, Err(40));
    }

    #[test]
    fn a_panic_of_any_thread_ends_the_work() {
        let items: Vec<u64> = (0..500).collect();
        for bad in [0, 250, 499] {
            let work = |item: &u64| if *item == bad { panic!("a bug") } else { *item };
            let run = || ordered_map(&items, 3, work, |_| Ok::<(), ()>(()));
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err(), "{bad}");
        }
    }
}
