"""Spark: a function for `DataFrame.mapInArrow`, and a job for `spark-submit`.

    spark-submit detector/adapters/spark.py s3a://bucket/corpus/*.parquet s3a://bucket/clean --text-field text

writes the table, judged, as Parquet, a folder a verdict, and prints the account. Each executor needs this package.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from detector.adapters.rows import COLUMNS, Rows, account
from detector.corpus import Judging, Tally

__all__ = ["judge", "main", "map_in_arrow", "schema"]

_ROWS = 256


def schema(frame: Any, prefix: str = "detector_") -> Any:  # noqa: ANN401 - Spark has no types here
    """The schema of a table with our columns, for `mapInArrow`, in Spark's own words."""
    from pyspark.sql.types import StructType, _parse_datatype_string  # noqa: PLC0415 - the rim

    added: Any = _parse_datatype_string(", ".join(f"`{prefix}{name}` {kind}" for name, kind in COLUMNS.items()))
    return StructType([*frame.schema.fields, *added.fields])


def map_in_arrow(
    text_field: str = "text", judging: Judging | None = None, *, keep: Sequence[str] = ()
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What adds our columns (see `rows.COLUMNS`) to the batches of a table."""
    rows = Rows(judging, keep=keep)

    def add(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa  # noqa: PLC0415 - on the executor

        kinds = {"string": pa.string(), "double": pa.float64(), "long": pa.int64()}
        for batch in batches:
            for start in range(0, batch.num_rows, _ROWS):
                piece = batch.slice(start, _ROWS)
                found = rows.columns(piece.column(text_field).to_pylist())
                added = [pa.array(v, kinds[k]) for v, k in zip(found.values(), COLUMNS.values(), strict=True)]
                yield pa.RecordBatch.from_arrays([*piece.columns, *added], names=[*piece.schema.names, *found])

    return add


def judge(
    frame: Any,  # noqa: ANN401
    text_field: str = "text",
    judging: Judging | None = None,
    *,
    keep: Sequence[str] = (),
) -> Any:  # noqa: ANN401
    """A table with our columns."""
    return frame.mapInArrow(map_in_arrow(text_field, judging, keep=keep), schema(frame))


def account_of(frame: Any) -> Tally:  # noqa: ANN401
    """The account of a table that was judged, counted where it lies."""
    from pyspark.sql import functions as f  # noqa: PLC0415 - the rim

    first = f.get_json_object("detector_reasons", "$[0].code")
    groups = (
        frame.groupBy("detector_verdict", "detector_ran", first.alias("code"))
        .agg(f.count("*").alias("count"), f.sum("detector_removed").alias("detector_removed"))
        .collect()
    )
    rows = []
    for group in groups:
        row = group.asDict()
        rows.append({**row, "detector_reasons": json.dumps([{"code": row["code"]}] if row["code"] else [])})
    return account(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge a table: the job for `spark-submit`."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - the rim

    parser = argparse.ArgumentParser(description="Judge the texts of a table.")
    parser.add_argument("source")
    parser.add_argument("out")
    parser.add_argument("--text-field", default="text")
    parser.add_argument("--format", default="parquet", help="of the source: parquet or json")
    asked = parser.parse_args(arguments)
    spark = SparkSession.builder.appName("detector").getOrCreate()
    frame = spark.read.format(asked.format).load(asked.source)
    judge(frame, asked.text_field).write.partitionBy("detector_verdict").parquet(asked.out)
    done = spark.read.parquet(asked.out)
    sys.stdout.write(json.dumps(account_of(done).as_json()) + "\n")
    spark.stop()


if __name__ == "__main__":
    main()
