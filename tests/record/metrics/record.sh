#!/usr/bin/env bash
# Records into fixtures/metrics:
#
#   beans.txt      what Spark's JmxSink registers in driver and executor, of two Spark releases
#   operator.txt   the samples that the JMX exporter makes of it by the operator's own rules; the operator is in Go's
#                  module cache or is fetched
#   operator-2.txt the same for MBeans without a type, as Spark 2.4 registers them
#
# Needs Java, Maven, Go and Python. tests/metrics.rs compares our rules with the two.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
here=tests/record/metrics
out=fixtures/metrics
operator=github.com/kubeflow/spark-operator/v2@v2.5.2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
agent=$(tests/tools/install.sh jmx-exporter)

# Every MBean becomes a sample with its own name as label.
cat >"$work/all.yaml" <<'YAML'
rules:
- pattern: '(metrics<.*><>(?:Count|Value)): .*'
  name: bean
  labels: {bean: "$1"}
  value: 1
YAML
for release in pyspark-3.5 pyspark-4; do
    SPARK_HOME=$(tests/tools/install.sh "$release")
    export SPARK_HOME
    option() { echo "-javaagent:$agent=$1:$work/all.yaml"; }
    PYTHONPATH=$SPARK_HOME/python:$(echo "$SPARK_HOME"/python/lib/py4j*.zip) \
        "$SPARK_HOME/bin/spark-submit" --master 'local-cluster[1,1,900]' --driver-memory 700m \
        --conf spark.executor.memory=700m --conf spark.sql.streaming.metricsEnabled=true \
        --conf "spark.metrics.conf=$PWD/templates/prometheus/metrics.properties" \
        --conf spark.metrics.namespace=jobs.prometheus-names \
        --conf "spark.driver.extraJavaOptions=$(option 19190)" \
        --conf "spark.executor.extraJavaOptions=$(option 19191)" \
        "$here/beans.py" 19190 19191 >>"$work/beans.txt"
done
{
    echo "# MBeans of a driver and an executor of two Spark releases, as the JMX exporter spells them, with the attributes that"
    echo "# rules ask for. The three of DStreams are written after Spark's StreamingSource. Made by $here/record.sh."
    # A local cluster has a master and a worker beside them.
    {
        grep 'name=jobs\.' "$work/beans.txt"
        for metric in lastCompletedBatch_processingDelay receivers totalProcessedRecords; do
            echo "metrics<name=jobs.prometheus-names.driver.Ingest.StreamingMetrics.streaming.$metric, type=gauges><>Value"
        done
    } | LC_ALL=C sort -u
} >"$out/beans.txt"

source=$(go mod download -json "$operator" | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])')
sed -n '/^const DefaultPrometheusConfiguration/,/^`/p' "$source/pkg/common/prometheus.go" | sed '1d;$d' >"$work/operator.yaml"
sed -E 's/, type=[a-z]+//' "$out/beans.txt" >"$work/without-types.txt"
samples() { java "-javaagent:$agent=19192:$work/operator.yaml" "$here/Beans.java" "$1" 19192; }
samples "$out/beans.txt" >"$out/operator.txt"
samples "$work/without-types.txt" >"$out/operator-2.txt"
wc -l "$out"/*.txt
