//! Table: the diagnostic codes of reading.

use crate::tree::CodeDoc;

/// Codes of this stage.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "yaml-syntax",
        summary: "text that is no YAML",
        explanation: "The parser cannot go on in this document; what follows the next `---` is read again. \
                      Most often an indentation is off, or a value has to be quoted.",
    },
    CodeDoc {
        code: "yaml-value",
        summary: "YAML that no Kubernetes object can hold",
        explanation: "Kubernetes objects are JSON: keys are text, numbers are finite, and nothing contains itself. \
                      kubectl refuses such a document as well.",
    },
    CodeDoc {
        code: "yaml-tag",
        summary: "an unknown YAML tag",
        explanation: "Tags such as `!Ref` or `!vault` belong to other tools. kubectl ignores them without a word, and the \
                      value is then rarely what was meant.",
    },
    CodeDoc {
        code: "yaml-dialect",
        summary: "a value that kubectl and kustomize read differently",
        explanation: "kubectl and Argo CD read YAML with go-yaml v2, kustomize with go-yaml v3. They differ on `yes`, `no`, \
                      `on`, `off`, `y`, `n`, on unquoted dates, on keys that are no text and on the order of merge keys. \
                      This tool reads as kubectl does. Quote the value, and both agree.",
    },
    CodeDoc {
        code: "yaml-limit",
        summary: "a document that is too large, too deep or multiplies itself",
        explanation: "Files are read up to 1 GiB, nesting up to 128 levels, and aliases may add 4 MiB and four times the \
                      file's size to a document. No real manifest comes near these bounds.",
    },
    CodeDoc {
        code: "outside-root",
        summary: "a path or link that leads out of the repository",
        explanation: "What input names (`inputs`, `values`, `certs.file`, parameters of an Application, includes, pod templates, \
                      links) is read only below the root: the repository that the input is part of, or the input's folder where \
                      there is no repository; in Argo CD the copy of the repository that the plugin is given. So a branch or a \
                      tenant cannot show files of somebody else. Arguments of the command line may name any file, and \
                      `--allow-outside` lifts the bound for input that you trust.",
    },
    CodeDoc {
        code: "special-file",
        summary: "a device, pipe or socket where a file is expected",
        explanation: "Only regular files are read where input names one: a device or a pipe may have no end.",
    },
    CodeDoc {
        code: "not-utf8",
        summary: "bytes that are no UTF-8",
        explanation: "Manifests are UTF-8. Files written by PowerShell's `>` are UTF-16: save them again.",
    },
    CodeDoc {
        code: "control-character",
        summary: "an invisible character that YAML does not allow",
        explanation: "kubectl refuses such a file as well. The character can be written as an escape in double quotes.",
    },
    CodeDoc {
        code: "duplicate-key",
        summary: "a key that is given twice in one mapping",
        explanation: "kubectl takes the last one without a word, kustomize refuses the file, and the reader of the file \
                      sees only one of them. Keep one. With the same value both times it is a warning.",
    },
    CodeDoc {
        code: "unfilled-placeholder",
        summary: "a placeholder of a template engine that was never filled in",
        explanation: "`{{ … }}` and `{% … %}` belong to Helm, Jinja or Airflow, `${VAR}` to envsubst, Terraform or Flux. \
                      Spark and the operator fill none of them but `{{APP_ID}}`, `{{EXECUTOR_ID}}` and `{{$appName}}` and \
                      its kin. In free text such as arguments this is a warning only.",
    },
    CodeDoc {
        code: "not-an-object",
        summary: "a document that is no Kubernetes object",
        explanation: "It has no `apiVersion` and `kind`, and cannot be passed through. Move the file out of the folder, or \
                      name the files to be read.",
    },
    CodeDoc {
        code: "unknown-spark-kind",
        summary: "an object that was meant for the Spark operator but is none of its kinds",
        explanation: "The group, version or kind is mistyped, or unknown. Passing the object through would look like success \
                      while nothing runs, so this is an error.",
    },
    CodeDoc {
        code: "old-api-version",
        summary: "a version of the resource that current operators no longer serve",
        explanation: "`v1beta1` is read as `v1beta2`; fields that differ are reported as unknown.",
    },
    CodeDoc {
        code: "foreign-operator",
        summary: "a resource of another Spark operator",
        explanation: "Several operators have a kind `SparkApplication`. Only that of sparkoperator.k8s.io is rendered; others \
                      pass through unchanged.",
    },
];
