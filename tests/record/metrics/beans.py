"""Runs a query and a stream, and prints the MBeans of driver and executor: their exporters' ports are the arguments."""

import re
import sys
import time
import urllib.request

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
spark.range(100000).selectExpr("id % 10 as k", "id as v").groupBy("k").sum("v").collect()
rate = spark.readStream.format("rate").option("rowsPerSecond", 5).load()
stream = rate.writeStream.queryName("orders").format("memory").start()
time.sleep(12)
for port in sys.argv[1:]:
    text = urllib.request.urlopen(f"http://localhost:{port}/metrics").read().decode()
    for name in re.findall(r'^bean\{bean="(.*)",\} ', text, re.M):
        print(name.replace('\\"', '"'))
stream.stop()
spark.stop()
