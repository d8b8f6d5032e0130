"""What Spark draws anew in each submission, replaced by fixed words."""
import re

TEXTS = [(re.compile(pattern, flags), word) for pattern, flags, word in (
    (r"spark-[0-9a-f]{32}", 0, "spark-APPID"),
    (r"/var/data/spark-[0-9a-f-]{36}", 0, "/var/data/spark-UUID"),
    (r"spark-upload-[0-9a-f-]{36}", 0, "spark-upload-UUID"),
    (r"^#(Mon|Tue|Wed|Thu|Fri|Sat|Sun) .*$", re.M, "#DATE"),
    (r"spark\.app\.submitTime=\d+", 0, "spark.app.submitTime=TIME"),
    (r"spark\.app\.startTime=\d+", 0, "spark.app.startTime=TIME"),
    (r"\b(spark-exec|spark-drv)-[0-9a-f]{16}", 0, r"\1-HASH"),
    (r"-[0-9a-f]{16}(?=-|$|\.|\b)", 0, "-HASH"),
    (r"\bx?[0-9a-f]{15,16}(?=-(?:driver|exec|hadoop|kerberos|krb5|kubernetes|policy))", 0, "HASH"),
    (r"\bspark-[0-9a-f]{16}", 0, "spark-HASH"),
    (r"http(s?)(\\?):(//)127\.0\.0\.1(\\?):\d+", 0, r"http\1\2:\g<3>127.0.0.1\4:PORT"),
)]


def text(value):
    for pattern, word in TEXTS:
        value = pattern.sub(word, value)
    return value


def normal(value, key=None):
    if isinstance(value, dict):
        if value.get("name") == "_SPARK_AUTH_SECRET" and "value" in value:
            value = dict(value, value="<secret>")
        return {text(k): "<%s>" % k if k in ("uid", "resourceVersion", "creationTimestamp") else normal(v, k)
                for k, v in value.items()}
    if isinstance(value, list):
        return [normal(v) for v in value]
    if isinstance(value, str):
        if key == "spark.properties":  # the order of its lines is a hash order of what is drawn
            lines = text(value).split("\n")
            return "\n".join([l for l in lines if l.startswith("#")] + sorted(l for l in lines if not l.startswith("#")))
        return text(value)
    return value
