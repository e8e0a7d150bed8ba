"""Marks by which files of SPSS, Stata and Parquet are known as exports of ours."""

FILE_LABEL = "sipas export"
PARQUET_MARK = b"sipas"
