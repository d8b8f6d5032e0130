//! Work on many items with all cores, results in the items' order, bounded memory: at most [`WINDOW`] portions for
//! each thread wait for an earlier one.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex},
};

/// Items that a thread takes at a time, at most: threads that wait for each other after every item do little else.
pub const PORTION: usize = 16;
/// Portions that may wait, for each thread.
const WINDOW: usize = 4;

struct State<R> {
    next_portion: usize,
    consumed: usize,
    done: BTreeMap<usize, Vec<R>>,
    stopped: bool,
}

/// Calls `work` on every item, on `threads` threads, and `consume` on every result in order, on this thread.
/// When `consume` fails, work stops and the error is returned.
///
/// # Errors
/// The first error of `consume`.
pub fn ordered_map<T: Sync, R: Send, E>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
    consume: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    ordered_portions(items, threads, |portion| portion.iter().map(&work).collect(), consume)
}

/// [`ordered_map`] for work that is cheaper for several items at once: `work` gets up to [`PORTION`] items and gives
/// as many results.
///
/// # Errors
/// The first error of `consume`.
pub fn ordered_portions<T: Sync, R: Send, E>(
    items: &[T],
    threads: usize,
    work: impl Fn(&[T]) -> Vec<R> + Sync,
    mut consume: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.clamp(1, items.len().max(1));
    if threads == 1 {
        return items.chunks(PORTION).try_for_each(|portion| work(portion).into_iter().try_for_each(&mut consume));
    }
    let portions: Vec<&[T]> = items.chunks((items.len() / (threads * WINDOW)).clamp(1, PORTION)).collect();
    let window = threads * WINDOW;
    let state = Mutex::new(State { next_portion: 0, consumed: 0, done: BTreeMap::new(), stopped: false });
    let changed = Condvar::new();
    let lock = || state.lock().expect("no thread panics while it holds the lock");
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = {
                        let mut state = lock();
                        while !state.stopped && state.next_portion >= state.consumed + window {
                            state = changed.wait(state).expect("no thread panics while it holds the lock");
                        }
                        if state.stopped || state.next_portion == portions.len() {
                            return;
                        }
                        state.next_portion += 1;
                        state.next_portion - 1
                    };
                    // A panic must reach the consumer, which would otherwise wait for ever.
                    let guard = StopOnPanic { state: &state, changed: &changed };
                    let results = work(portions[index]);
                    std::mem::forget(guard);
                    lock().done.insert(index, results);
                    changed.notify_all();
                }
            });
        }
        let mut outcome = Ok(());
        for index in 0..portions.len() {
            let mut state = lock();
            let results = loop {
                if let Some(results) = state.done.remove(&index) {
                    break results;
                }
                if state.stopped {
                    break Vec::new();
                }
                state = changed.wait(state).expect("no thread panics while it holds the lock");
            };
            state.consumed = index + 1;
            drop(state);
            changed.notify_all();
            outcome = results.into_iter().try_for_each(&mut consume);
            if outcome.is_err() {
                break;
            }
        }
        lock().stopped = true;
        changed.notify_all();
        outcome
    })
}

struct StopOnPanic<'a, R> {
    state: &'a Mutex<State<R>>,
    changed: &'a Condvar,
}

impl<R> Drop for StopOnPanic<'_, R> {
    fn drop(&mut self) {
        if let Ok(mut state) = self.state.lock() {
            state.stopped = true;
        }
        self.changed.notify_all();
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
}
