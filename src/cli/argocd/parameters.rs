//! `argocd parameters`, and how an Application's parameters are read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::here;
use crate::{
    cli::{ArgoCdEnvironment, ExitStatus, args::ShapeArgs, reporter::Reporter, settings},
    render::config::texts::{self, Text},
    tree::{Diagnostics, Sources, failure::Failure},
};

/// An element of `ARGOCD_APP_PARAMETERS` (argo-cd, ApplicationSourcePluginParameter).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameter {
    name: String,
    string: Option<String>,
    array: Option<Vec<String>>,
    map: Option<BTreeMap<String, String>>,
}

/// Reads `ARGOCD_APP_PARAMETERS`; `null` and the empty list are none.
///
/// # Errors
/// A sentence about what is wrong.
pub fn read(json: &str) -> Result<Vec<(String, Text)>, String> {
    if json.trim().is_empty() {
        return Ok(Vec::new());
    }
    let parameters: Option<Vec<Parameter>> =
        serde_json::from_str(json).map_err(|error| format!("`ARGOCD_APP_PARAMETERS` cannot be read: {error}"))?;
    let text = |parameter: Parameter| {
        let name = parameter.name;
        match (parameter.string, parameter.array, parameter.map) {
            (Some(text), None, None) => Ok((name, Text::One(text))),
            (None, Some(items), None) => Ok((name, Text::List(items))),
            (None, None, Some(entries)) => Ok((name, Text::Map(entries))),
            (None, None, None) => Err(format!("parameter `{name}` has no value: give `string`, `array` or `map`")),
            _ => Err(format!("parameter `{name}` has more than one of `string`, `array` and `map`")),
        }
    };
    parameters.unwrap_or_default().into_iter().map(text).collect()
}

/// An announcement (argo-cd, ParameterAnnouncement).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Announcement {
    name: String,
    title: String,
    tooltip: String,
    collection_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    string: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    array: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    map: Option<BTreeMap<String, String>>,
}

/// Prints the announcements, with the values of the directory's own configuration.
pub(crate) fn run(environment: &ArgoCdEnvironment, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let shape = ShapeArgs::default();
    let configured = settings::configuration(&shape, Some(&here(environment)?), &mut sources, &mut diagnostics)?;
    let configuration = configured.and_then(|one| one.layers.decode(&mut diagnostics)).unwrap_or_default();
    // A broken configuration is `generate`'s to refuse; the form is shown all the same.
    reporter.findings(&diagnostics, &sources);
    let spec = serde_json::to_value(configuration.spec).expect("plain data always serialises");
    let announcements: Vec<Announcement> =
        texts::fields().into_iter().map(|field| announcement(field, &spec)).collect();
    let mut text = serde_json::to_string(&announcements).expect("plain data always serialises");
    text.push('\n');
    reporter.terminal.data(text.as_bytes())?;
    Ok(ExitStatus::Done)
}

fn announcement(field: texts::Field, spec: &Value) -> Announcement {
    let value = field.path.split('.').try_fold(spec, |value, key| value.get(key));
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut announcement = Announcement {
        title: field.path.clone(),
        name: field.path,
        tooltip: field.description,
        collection_type: field.collection,
        string: None,
        array: None,
        map: None,
    };
    match field.collection {
        "array" => announcement.array = Some(value.and_then(Value::as_array).into_iter().flatten().map(text).collect()),
        "map" => {
            let entries = value.and_then(Value::as_object).into_iter().flatten();
            announcement.map = Some(entries.map(|(key, value)| (key.clone(), text(value))).collect());
        }
        _ => announcement.string = Some(value.map_or_else(String::new, text)),
    }
    announcement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_null_and_empty_parameters_are_none() {
        for json in ["", "null", "[]"] {
            assert_eq!(read(json), Ok(Vec::new()), "{json}");
        }
    }

    #[test]
    fn parameters_of_all_kinds_are_read() {
        let json = r#"[{"array":["a","b"],"name":"inputs"},{"map":{"k":"\u003cv\u003e"},"name":"set"},{"name":"target","string":"job"}]"#;
        let expected = vec![
            ("inputs".to_owned(), Text::List(vec!["a".to_owned(), "b".to_owned()])),
            ("set".to_owned(), Text::Map([("k".to_owned(), "<v>".to_owned())].into())),
            ("target".to_owned(), Text::One("job".to_owned())),
        ];
        assert_eq!(read(json), Ok(expected));
        assert!(read(r#"[{"name":"x"}]"#).unwrap_err().contains("`x` has no value"));
        assert!(read("{").unwrap_err().contains("cannot be read"));
    }
}
