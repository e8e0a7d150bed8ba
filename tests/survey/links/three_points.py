"""The beginning of a small questionnaire with a scale of three points."""

HEAD = """
id = "kinds"
version = 1
languages = ["vi"]
title = { vi = "Phiếu" }
[scale]
points = [1, 2, 3]
satisfied = 3
labels.vi = ["Kém", "Vừa", "Tốt"]
"""
