#!/usr/bin/env python3
"""Counts what run.sh wrote: passed, and failed by reason. wine.tsv has the reasons: a regular expression, a tab, the reason."""
import collections, os, re, sys

folder, reasons_file = sys.argv[1:]
reasons = [line.rstrip("\n").split("\t") for line in open(reasons_file) if line.strip() and not line.startswith("#")]
passed, excused, unexplained = 0, collections.Counter(), []


def judge(name, said):
    for pattern, reason in reasons:
        if re.search(pattern, f"{name} {said}"):
            excused[reason] += 1
            return
    unexplained.append(f"{name}: {said[:600]}")


classes, current, complete, again = {}, None, False, 0
for line in open(os.path.join(folder, "unit.tsv"), encoding="utf-8"):
    kind, name, said = line.rstrip("\n").split("\t")
    if kind == "CLASS":
        # A class that is begun again counts from the start.
        current = classes[name] = [("CRASH", name, "the process ended in this class, three times")]
    elif kind == "END":
        current.pop(0)
    elif kind == "ALL":
        complete = True
    elif kind == "AGAIN":
        again += 1
    else:
        current.append((kind, name, said))

for kind, name, said in (row for rows in classes.values() for row in rows):
    if kind == "PASS":
        passed += 1
    elif kind != "SKIP" or not said.startswith("On purpose:"):
        judge(name, f"{kind}: {said}")
if not complete:
    unexplained.append("The unit tests did not come to their end.")

for name, end in ("scene.txt", "passed"), ("quickstart.txt", "Done."):
    text, errors = (open(os.path.join(folder, file), encoding="utf-8", errors="replace").read().strip() for file in (name, f"{name}.errors"))
    if text.endswith(end):
        passed += 1
    else:
        judge(name, " ".join(f"{text} {errors}".split()))

for reason, count in excused.most_common():
    print(f"{count:5} failed because of Wine: {reason}")
for failure in unexplained:
    print(f"FAILED {failure}")
print(f"{again} classes were tried once more because a test in them failed.")
print(f"{passed} passed, {len(unexplained)} failed, {sum(excused.values())} failed because of Wine")
sys.exit(1 if unexplained else 0)
