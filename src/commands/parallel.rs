//! Work on many items with all cores, results in the items' order, bounded memory: at most `window` results
//! wait for an earlier one.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex},
};

struct State<R> {
    next_item: usize,
    consumed: usize,
    done: BTreeMap<usize, R>,
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
    mut consume: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.clamp(1, items.len().max(1));
    if threads == 1 {
        return items.iter().try_for_each(|item| consume(work(item)));
    }
    let window = threads * 8;
    let state = Mutex::new(State { next_item: 0, consumed: 0, done: BTreeMap::new(), stopped: false });
    let changed = Condvar::new();
    let lock = || state.lock().expect("no thread panics while it holds the lock");
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = {
                        let mut state = lock();
                        while !state.stopped && state.next_item >= state.consumed + window {
                            state = changed.wait(state).expect("no thread panics while it holds the lock");
                        }
                        if state.stopped || state.next_item == items.len() {
                            return;
                        }
                        state.next_item += 1;
                        state.next_item - 1
                    };
                    // A panic must reach the consumer, which would otherwise wait for ever.
                    let guard = StopOnPanic { state: &state, changed: &changed };
                    let result = work(&items[index]);
                    std::mem::forget(guard);
                    lock().done.insert(index, result);
                    changed.notify_all();
                }
            });
        }
        let mut outcome = Ok(());
        for index in 0..items.len() {
            let mut state = lock();
            let result = loop {
                if let Some(result) = state.done.remove(&index) {
                    break Some(result);
                }
                if state.stopped {
                    break None;
                }
                state = changed.wait(state).expect("no thread panics while it holds the lock");
            };
            state.consumed = index + 1;
            drop(state);
            changed.notify_all();
            outcome = result.map_or(Ok(()), &mut consume);
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
