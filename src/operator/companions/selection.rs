//! Whom an application's Services, NetworkPolicies and budgets select. A running driver outlives a sync that changes
//! its application: its Pod or Job is refused as immutable, what selects it is updated. So a name that stays stands over
//! a selector that stays, and a selector that follows the content over a name that does.

use crate::{
    map,
    operator::{
        names::{APP_NAME_LABEL, limited},
        rule,
    },
    spark::names::{APP_SELECTOR_LABEL, ROLE_LABEL},
    tree::{Node, Origin, Sourced},
};

/// How the pods of an application are found.
#[derive(Debug, Clone)]
pub(crate) enum Selection {
    /// By the application's name, whichever driver runs.
    Application {
        /// The label's value.
        name: Node,
        /// The value that its executors have, where that is another one.
        executors: Option<Node>,
    },
    /// By the application id: one driver and its executors, beside others of the same application.
    Run {
        /// The label's value.
        app_id: Node,
        /// What the names of this driver's own objects end in.
        suffix: Node,
    },
}

impl Selection {
    /// Labels that select the driver.
    pub(crate) fn driver(&self) -> Node {
        with_role(self.all().swap_remove(0), "driver")
    }

    /// Labels that select the executors.
    pub(crate) fn executors(&self) -> Node {
        with_role(self.all().pop().expect("there is one at least"), "executor")
    }

    /// Labels that select all pods: those of the driver, and those of executors with another name.
    pub(crate) fn all(&self) -> Vec<Node> {
        match self {
            Self::Application { name, executors } => {
                let names = std::iter::once(name).chain(executors);
                names.map(|name| map! { APP_NAME_LABEL => name.clone() }).collect()
            }
            Self::Run { app_id, .. } => vec![map! { APP_SELECTOR_LABEL => app_id.clone() }],
        }
    }

    /// `<application>-<what>` for an object that selects by these labels, cut as the operator cuts names; `origin` is
    /// that of a name without suffix.
    pub(crate) fn name(&self, application: &Sourced<String>, what: &str, origin: Origin) -> Node {
        match self {
            Self::Application { .. } => Node::from(limited(application, what)).at(origin),
            Self::Run { suffix, .. } => {
                let what = format!("{what}-{}", suffix.as_str().unwrap_or_default());
                let inputs = [rule::option("nameSuffix"), origin, suffix.origin.clone()];
                Node::from(limited(application, &what)).at(rule::render("nameSuffix", inputs))
            }
        }
    }
}

fn with_role(mut labels: Node, role: &'static str) -> Node {
    labels.as_mapping_mut().expect("made above").insert(ROLE_LABEL, role);
    labels
}
