//! How far long work is, on a terminal that somebody watches. Piped standard error stays empty.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Terminal;

/// Work on fewer files is over before anybody has read a line about it.
const FEW: usize = 100;

/// A line on standard error that counts files. It goes when it is dropped.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Begins to count `total` files. `doing` says what is done to them.
    #[must_use]
    pub(crate) fn new(terminal: Terminal, doing: &'static str, total: usize) -> Self {
        // On a pipe, and where `TERM` is `dumb`, this target draws nothing either.
        let target = if terminal.interactive { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self::on(target, doing, total)
    }

    fn on(target: ProgressDrawTarget, doing: &'static str, total: usize) -> Self {
        let target = if total < FEW { ProgressDrawTarget::hidden() } else { target };
        let bar = ProgressBar::with_draw_target(u64::try_from(total).ok(), target);
        let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} files").expect("a valid template");
        bar.set_style(style.progress_chars("=> "));
        bar.set_prefix(doing);
        Self(bar)
    }

    /// Counts a file.
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }

    /// Does something that writes to the terminal: the line makes room for it.
    pub(crate) fn aside(&self, write: impl FnOnce()) {
        self.0.suspend(write);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use indicatif::TermLike;

    use super::*;

    /// Remembers what is written.
    #[derive(Debug, Clone, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl Screen {
        fn add(&self, text: &str) {
            self.0.lock().unwrap().push_str(text);
        }

        fn text(&self) -> String {
            self.0.lock().unwrap().clone()
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.add(text);
            Ok(())
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.add(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.add("<clear>");
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn progress(total: usize) -> (Progress, Screen) {
        let screen = Screen::default();
        (Progress::on(ProgressDrawTarget::term_like(Box::new(screen.clone())), "rendering", total), screen)
    }

    #[test]
    fn many_files_are_counted_on_a_line_that_goes_at_the_end() {
        let (progress, screen) = progress(200);
        (0..5).for_each(|_| progress.step());
        assert!(screen.text().contains("rendering [>                             ] 5/200 files"), "{}", screen.text());
        drop(progress);
        assert!(screen.text().ends_with("<clear>"), "{}", screen.text());
    }

    #[test]
    fn what_is_written_meanwhile_stands_on_a_line_of_its_own() {
        let (progress, screen) = progress(200);
        progress.step();
        progress.aside(|| screen.add("a warning\n"));
        assert!(screen.text().contains("<clear>a warning\n"), "{}", screen.text());
    }

    #[test]
    fn few_files_are_not_worth_a_line() {
        let (progress, screen) = progress(99);
        (0..99).for_each(|_| progress.step());
        drop(progress);
        assert_eq!(screen.text(), "");
    }
}
