//! What the engine does not count: how much a value makes when it is written, and how deep it nests. Values may share
//! their parts, so that a few steps make a list that takes for ever to print.

use std::{io, sync::Arc};

use minijinja::{Environment, Error, ErrorKind, Output, State, Value, escape_formatter, value::ValueKind};

use crate::tree::limits::{DEPTH, TEMPLATE_BYTES, TEMPLATE_PIECES};

/// A writer that fails where a template has made too much.
#[derive(Default)]
pub(crate) struct Bounded {
    bytes: Vec<u8>,
    /// Whether more was to be written than there may be.
    pub exceeded: bool,
}

impl Bounded {
    /// What was written. Templates write text.
    pub(crate) fn into_text(self) -> String {
        String::from_utf8(self.bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

impl io::Write for &mut Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > TEMPLATE_BYTES {
            self.exceeded = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Measures what is written, by an expression or by a filter that makes text of a whole value, before it is.
pub(crate) fn install(environment: &mut Environment<'_>) {
    environment.set_formatter(|output: &mut Output, state: &mut State, value: &Value| {
        check(value)?;
        escape_formatter(output, state, value)
    });
    environment.add_filter("pprint", |value: &Value| {
        check(value)?;
        Ok::<_, Error>(minijinja::filters::pprint(value))
    });
    environment.add_filter("string", |state: &State, value: &Value| {
        check(value)?;
        minijinja::filters::string(state, value)
    });
    environment.add_filter("join", |state: &mut State, value: &Value, joiner: Option<Value>| {
        check(value)?;
        let between = joiner.as_ref().and_then(Value::as_str).map_or(0, str::len);
        if value.len().unwrap_or(0).saturating_mul(between) > TEMPLATE_BYTES {
            return Err(too_much());
        }
        state.apply_filter("builtin_join", &[Some(value.clone()), joiner].into_iter().flatten().collect::<Vec<_>>())
    });
    environment.add_filter("builtin_join", minijinja::filters::join);
    environment.add_filter("split", |value: &Value, by: Option<Arc<str>>, most: Option<i64>| {
        check_divisible(value)?;
        minijinja::filters::split(value, by, most)
    });
    environment.add_filter("lines", |value: &Value| {
        check_divisible(value)?;
        minijinja::filters::lines(value)
    });
}

/// The engine counts the pieces of a text when they are all there.
fn check_divisible(value: &Value) -> Result<(), Error> {
    let length = value.as_str().map_or(0, str::len);
    if length <= TEMPLATE_PIECES {
        return Ok(());
    }
    let message = format!("a text of {length} bytes is not split; {TEMPLATE_PIECES} are the most");
    Err(Error::new(ErrorKind::InvalidOperation, message))
}

fn too_much() -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("the text of the value is longer than {TEMPLATE_BYTES} bytes"))
}

fn check(value: &Value) -> Result<(), Error> {
    measure(value, DEPTH, &mut { TEMPLATE_BYTES })
}

/// Takes what `value` makes from `left`.
fn measure(value: &Value, depth: usize, left: &mut usize) -> Result<(), Error> {
    let size = value.as_str().map_or(1, |text| text.len() + 1);
    *left = left.checked_sub(size).ok_or_else(too_much)?;
    if !matches!(value.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::Iterable) {
        return Ok(());
    }
    if depth == 0 {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("the value nests more than {DEPTH} levels deep")));
    }
    for item in value.try_iter()? {
        if value.kind() == ValueKind::Map {
            measure(&value.get_item(&item)?, depth - 1, left)?;
        }
        measure(&item, depth - 1, left)?;
    }
    Ok(())
}
