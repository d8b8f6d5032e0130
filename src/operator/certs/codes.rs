//! Table: the codes of this module.

use crate::tree::CodeDoc;

/// Codes of this module.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "certificate-secret-empty",
        summary: "the Secret for the webhook's certificate has no content",
        explanation: "Charts 1.4 render it with empty values, and a GitOps host that \"heals\" the Secret writes the empty values back over \
                      what the operator made: the webhook then fails, and where its failurePolicy is Ignore, pods start without their env.",
    },
    CodeDoc {
        code: "certificate-key-missing",
        summary: "one of the Secret's keys is missing or empty",
        explanation: "Operators from 2.0 on then make a new authority and overwrite the Secret; older ones cannot start.",
    },
    CodeDoc {
        code: "certificate-not-base64",
        summary: "a value of the Secret is no base64",
        explanation: "The API server refuses such a Secret.",
    },
    CodeDoc {
        code: "certificate-not-pem",
        summary: "a value of the Secret holds no PEM block",
        explanation: "The operator ends with an error when it reads it.",
    },
    CodeDoc {
        code: "certificate-several-blocks",
        summary: "a value of the Secret holds several PEM blocks",
        explanation: "The operator reads the first block only: bundles of old and new authorities, and chains, do not work.",
    },
    CodeDoc {
        code: "certificate-unreadable",
        summary: "a certificate cannot be read",
        explanation: "The PEM block holds something else than an X.509 certificate.",
    },
    CodeDoc {
        code: "certificate-key-unreadable",
        summary: "a private key cannot be read",
        explanation: "The PEM block holds something else than a private key.",
    },
    CodeDoc {
        code: "certificate-key-not-pkcs1",
        summary: "a private key is not PKCS#1 RSA",
        explanation: "Operators from 2.0 on parse the keys with Go's x509.ParsePKCS1PrivateKey: EC keys and PKCS#8 end the process.",
    },
    CodeDoc {
        code: "certificate-key-mismatch",
        summary: "a private key does not belong to its certificate",
        explanation: "The webhook cannot serve such a pair. (The authority's key is not used by the operator, but `certs rotate` needs it.)",
    },
    CodeDoc {
        code: "certificate-other-authority",
        summary: "the server's certificate is not signed by the Secret's authority",
        explanation: "The operator writes the Secret's authority into the webhooks' caBundle; the API server then refuses the server.",
    },
    CodeDoc {
        code: "certificate-no-authority",
        summary: "the authority's certificate may not sign",
        explanation: "Its basic constraints or key usage do not allow it to sign certificates.",
    },
    CodeDoc {
        code: "certificate-unchecked-signature",
        summary: "a signature was not checked",
        explanation: "RSA with SHA-2 and ECDSA on P-256 are checked; for others use `openssl verify`.",
    },
    CodeDoc {
        code: "certificate-wrong-name",
        summary: "the server's certificate is for another name",
        explanation: "The API server calls the webhook as `<service>.<namespace>.svc`, which must be among the subject's alternative names; \
                      a common name does not count.",
    },
    CodeDoc {
        code: "certificate-name-unchecked",
        summary: "the certificate's name was not checked",
        explanation: "The Service follows from `--service`, from the annotation that `certs init` writes, or from a Secret named \
                      `<webhook>-certs` as the chart names it; none of them was there.",
    },
    CodeDoc {
        code: "certificate-wrong-usage",
        summary: "the server's certificate is not for servers",
        explanation: "Its extended key usage lacks serverAuth.",
    },
    CodeDoc {
        code: "certificate-weak-key",
        summary: "the RSA key is short",
        explanation: "Fewer than 2,048 bits are not safe any more, and newer Go versions refuse fewer than 1,024.",
    },
    CodeDoc {
        code: "certificate-expired",
        summary: "a certificate is no longer valid",
        explanation: "Operators from 2.2 on replace it at their next start; earlier ones go on to use it, and the API server refuses it.",
    },
    CodeDoc {
        code: "certificate-not-yet-valid",
        summary: "a certificate is not valid yet",
        explanation: "The API server refuses it until then.",
    },
    CodeDoc {
        code: "certificate-expires-soon",
        summary: "a certificate ends soon",
        explanation: "Operators from 2.2 on verify the certificate for 180 days ahead, and replace one that ends earlier. Where git owns the \
                      Secret, operator and GitOps host then overwrite each other: rotate before that day.",
    },
    CodeDoc {
        code: "certificate-never-read",
        summary: "the operator of this version never reads the Secret",
        explanation: "Operators of the charts 1.4 make a certificate in memory at each start of each replica. With several replicas the \
                      last one's authority is in the caBundle, and calls to the others fail. Run one replica, or upgrade to 2.2, or render.",
    },
    CodeDoc {
        code: "certificate-secret-type",
        summary: "the Secret has an unexpected type",
        explanation: "The operator makes the Secret as `Opaque`, cert-manager as `kubernetes.io/tls`; the type of a Secret cannot be changed.",
    },
    CodeDoc {
        code: "certificate-string-data",
        summary: "the certificate is in `stringData`",
        explanation: "With RespectIgnoreDifferences, Argo CD restores ignored values of `data` only, and writes `stringData` over them.",
    },
    CodeDoc {
        code: "certificate-encrypted",
        summary: "the Secret is encrypted and cannot be checked",
        explanation: "`certs init` counts it as present. To check it, decrypt it into a pipe, or read it from the cluster.",
    },
    CodeDoc {
        code: "certificate-file",
        summary: "a file that should hold the certificate Secret holds something else",
        explanation: "`certs` commands read a Secret, a SealedSecret, or a Secret encrypted by SOPS, alone or among other documents; and \
                      `certs init --renew` replaces only a file with nothing else in it.",
    },
    CodeDoc {
        code: "certificate-config",
        summary: "the configuration of the certificate is incomplete or contradicts itself",
        explanation: "`certs.file` adopts a Secret manifest; `certs.certManager` makes cert-manager resources and needs `service`, \
                      `namespace` and `secretName`. `owner` is `git` or `cluster`.",
    },
    CodeDoc {
        code: "certificate-two-owners",
        summary: "the certificate Secret has two owners",
        explanation: "Two writers undo each other's work: the certificate changes at random moments, and calls to the webhook fail. Keep one.",
    },
    CodeDoc {
        code: "webhook-ignores-failures",
        summary: "the operator's webhook has failurePolicy Ignore",
        explanation: "When the webhook cannot be reached (an expired certificate, an empty Secret, a restart), pods start without env, \
                      volumes and everything else that it would have added, and nobody is told. `Fail` makes the submission fail instead.",
    },
    CodeDoc {
        code: "webhook-other-authority",
        summary: "the webhook's caBundle is not the authority of the certificate Secret",
        explanation: "The API server then refuses the webhook's certificate. Render both from the same Secret, or leave caBundle out.",
    },
    CodeDoc {
        code: "missing-respect-ignore-differences",
        summary: "an Application ignores differences, but a sync overwrites them",
        explanation: "`ignoreDifferences` concerns the comparison only. Without the sync option `RespectIgnoreDifferences=true` the next sync of \
                      anything in the Application writes the rendered values over the live ones.",
    },
    CodeDoc {
        code: "ignore-matches-nothing",
        summary: "an entry of `ignoreDifferences` matches nothing",
        explanation: "The core group is written as an empty group, kinds are case-sensitive, JSON pointers escape `/` as `~1`, and list items \
                      have indexes in pointers. An entry that matches nothing is ignored silently by Argo CD.",
    },
];
