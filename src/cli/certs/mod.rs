//! `certs`: the webhook certificate Secret, once.
//!
//! Findings of these commands are never shown with source lines: those lines hold private keys.

pub(crate) mod args;
mod check;
mod init;
mod print;
mod rotate;

use std::path::Path;

use self::args::CertsCommand;
use super::{ExitStatus, reporter::Reporter};
use crate::{
    operator::certs::{self, FindError},
    text::read::{self, Input},
    tree::{Diagnostic, Diagnostics, Node, Sources, failure::Failure, printers::DiagnosticFormat},
};

/// Runs the command.
///
/// # Errors
/// When something cannot be read or written, or flags contradict each other.
pub(crate) fn run(command: &CertsCommand, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let format = match reporter.format {
        DiagnosticFormat::Full => DiagnosticFormat::Concise,
        format => format,
    };
    let reporter = Reporter { format, ..reporter };
    let mut diagnostics = Diagnostics::new();
    command
        .operator()
        .and_then(|args| args.operator_version.note())
        .into_iter()
        .for_each(|note| diagnostics.push(note));
    reporter.findings(&diagnostics, &Sources::new());
    match command {
        CertsCommand::Init(args) => init::run(args, reporter),
        CertsCommand::Check(args) => check::run(args, reporter),
        CertsCommand::Rotate(args) => rotate::run(args, reporter),
        CertsCommand::Webhook(args) => print::webhook(args, reporter),
        CertsCommand::IgnoreDifferences(args) => print::ignore_differences(args, reporter),
    }
}

/// What a file holds.
enum Content {
    /// Encrypted as a whole.
    Encrypted,
    /// Nothing but white space.
    Empty,
    /// Documents.
    Documents(Vec<Node>),
    /// No YAML; the diagnostics say why.
    Unreadable,
}

/// A file, its documents and the complaints about them.
struct File {
    name: String,
    sources: Sources,
    diagnostics: Diagnostics,
    content: Content,
}

impl File {
    /// Reads `path` (`-`: standard input).
    fn read(path: &Path) -> Result<Self, Failure> {
        let input = Input::named(path);
        let bytes = input.bytes()?;
        Ok(Self::parse(input.name(), bytes))
    }

    fn parse(name: String, bytes: Vec<u8>) -> Self {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let content = if certs::is_encrypted_file(&bytes) {
            Content::Encrypted
        } else if bytes.trim_ascii().is_empty() {
            Content::Empty
        } else {
            match read::add(name.clone(), bytes, &mut sources, &mut diagnostics) {
                Some(id) => {
                    let documents = crate::operator::documents::parse(id, &sources, &mut diagnostics);
                    let nodes = documents.into_iter().map(read::Document::into_node).collect();
                    if diagnostics.has_errors() { Content::Unreadable } else { Content::Documents(nodes) }
                }
                None => Content::Unreadable,
            }
        };
        Self { name, sources, diagnostics, content }
    }

    /// The Secret; that there is none is reported.
    fn secret(&mut self, name: Option<&str>) -> Option<&Node> {
        let problem = match &self.content {
            Content::Documents(documents) => match certs::find(documents, name) {
                Ok(secret) => return Some(secret),
                Err(problem) => problem.to_string(),
            },
            Content::Empty => "it is empty".to_owned(),
            Content::Encrypted => "it is encrypted as a whole".to_owned(),
            Content::Unreadable => return None,
        };
        let mut diagnostic =
            Diagnostic::error("certificate-file", format!("`{}` holds no certificate Secret: {problem}", self.name));
        if let Content::Documents(documents) = &self.content
            && matches!(certs::find(documents, name), Err(FindError::Several(_) | FindError::OtherName(_)))
        {
            diagnostic = diagnostic.hint("name one of them with `--secret-name`");
        }
        self.diagnostics.push(diagnostic);
        None
    }
}

/// The findings that are worth an exit status: all but notes.
fn status(diagnostics: &Diagnostics) -> ExitStatus {
    let noteworthy = |diagnostic: &Diagnostic| diagnostic.severity > crate::tree::Severity::Note;
    if diagnostics.iter().any(noteworthy) { ExitStatus::Findings } else { ExitStatus::Done }
}

/// Refuses to write private keys where git could commit them.
fn guard_plaintext(place: &certs::SecretFile, allowed: bool) -> Result<(), Failure> {
    if allowed {
        return Ok(());
    }
    let state = match certs::tracking(place) {
        certs::Tracking::Outside | certs::Tracking::Ignored => return Ok(()),
        certs::Tracking::Committable => "is in a git work tree and not ignored",
        certs::Tracking::Unknown => "is in a git work tree, and git could not be asked whether it is ignored",
    };
    Err(Failure::Usage(format!(
        "{} {state}: private keys would be one `git add` away from everybody. Write the file outside the work tree \
         and encrypt it into the tree (`sops --encrypt`, `kubeseal`): an encrypted file counts as present. Or ignore \
         the file, or say `--allow-plaintext`",
        place.path().display()
    )))
}
