#!/usr/bin/env python3
"""Writes the fault variants of the corpus as JSON lines for the example `corpus`.

usage: CORPUS_OUT=... corpus_variants.py CORPUS DEST

CORPUS is the folder with mutate.py and faults.jsonl; DEST gets variants.{pg,sqlite,mysql}.jsonl.
Variants were made on each history's clean prefix, so only that is written.
"""
import json
import os
import sys

corpus, dest = sys.argv[1], sys.argv[2]
sys.dont_write_bytecode = True
sys.path.insert(0, corpus)
from mutate import mutated  # noqa: E402

out = os.environ["CORPUS_OUT"]
histories, files = {}, {}
for line in open(os.path.join(corpus, "faults.jsonl")):
    fault = json.loads(line)
    name = fault["corpus"]
    if name not in histories:
        index = json.load(open(f"{out}/{name}/index.json"))
        prefix = json.load(open(f"{out}/{name}/apply.json"))["prefix"]
        names = [migration["file"] for migration in index["migrations"]][:prefix]
        texts = {file: open(f"{out}/{name}/up/{file}", newline="").read() for file in names}
        histories[name] = (names, texts)
    names, texts = histories[name]
    changed_names, changed, _ = mutated(list(names), dict(texts), fault)
    record = {key: fault.get(key) for key in ("id", "corpus", "kind", "target", "result", "code", "msg", "at")}
    record["files"] = [
        [file, None if changed[file] == texts.get(file) else changed[file]] for file in changed_names
    ]
    if fault["db"] not in files:
        files[fault["db"]] = open(f"{dest}/variants.{fault['db']}.jsonl", "w")
    files[fault["db"]].write(json.dumps(record) + "\n")
